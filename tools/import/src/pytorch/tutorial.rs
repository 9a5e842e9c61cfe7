//! The models of PyTorch's own tutorial on sequence to sequence,
//! [NLP From Scratch: Translation](https://docs.pytorch.org/tutorials/intermediate/seq2seq_translation_tutorial.html),
//! saved as `{"encoder": encoder.state_dict(), "decoder": decoder.state_dict()}` or as one module with
//! these two in it.
//!
//! | there | here |
//! |---|---|
//! | `EncoderRNN`: `encoder.embedding`, `encoder.gru` | `encoder.embedding`, `encoder.rnn` |
//! | `AttnDecoderRNN`: `decoder.embedding`, `decoder.gru`, `decoder.out` | `decoder.embedding`, `decoder.rnn`, `output` |
//! | its `decoder.attention.Wa`, `Ua`, `Va` | `decoder.attention.query`, `key`, `energy`; the bias of `Va` adds the same to all energies |
//! | `DecoderRNN`, without attention: `relu(embedding)` | the rows of `decoder.embedding` where they are above 0 |
//!
//! All sizes are seen from the shapes. Its `SOS_token` is 0, its `EOS_token` 1, and it has no padding:
//! nothing of length above one sentence reaches the engine, and 0 stands for it.

use super::gru;
use super::words::Lists;
use crate::container::Store;
use crate::taken::Taken;
use crate::{Error, Request, words};
use ndarray::Ix1;
use twin::recurrent::{
    AttentionConfig, Cell, DecoderConfig, Directions, EncoderConfig, EnergyFunction, EnergyKind,
    Function, Part, Query, Reset, StartKind,
};
use twin::{DecoderKind, Description, EncoderKind, SourceTable, TargetTable, Weights};

const SOS: u32 = 0;
const EOS: u32 = 1;
/// `MAX_LENGTH` of the tutorial, the end mark included.
const LENGTH: usize = 10;

/// Tensors that all of its models have.
const ALL: [&str; 5] = [
    "encoder.embedding.weight",
    "encoder.gru.weight_hh_l0",
    "decoder.embedding.weight",
    "decoder.gru.weight_hh_l0",
    "decoder.out.weight",
];
/// A tensor that the decoder with attention has.
const ATTENTION: &str = "decoder.attention.Wa.weight";
/// And one of the tutorial before 2023, whose attention has a row per place of the source.
const OLD_ATTENTION: &str = "decoder.attn_combine.weight";

/// Sizes of such a model.
pub(crate) struct Tutorial {
    source: usize,
    target: usize,
    d_embedding: usize,
    encoder: usize,
    decoder: usize,
    /// Rows of its attention, if it has one.
    d_attention: Option<usize>,
}

impl Tutorial {
    /// Whether a file holds one, as its names say.
    pub(crate) fn of(store: &Store) -> Result<Option<Self>, Error> {
        if !ALL.iter().all(|name| store.has(name)) {
            return Ok(None);
        }
        for (name, why) in [
            (OLD_ATTENTION, "is of an attention by places of the source, which the engine has not"),
            ("encoder.gru.weight_hh_l1", "is a second layer, which no model of the tutorial has"),
            (
                "encoder.gru.weight_hh_l0_reverse",
                "is a second direction, which no model of the tutorial has",
            ),
            ("decoder.gru.weight_hh_l1", "is a second layer, which no model of the tutorial has"),
        ] {
            if store.has(name) {
                let why = format!("`{name}` {why}; describe the model with --config");
                return Err(Error::Model { path: store.path().into(), why });
            }
        }
        let size = |name: &str, axis| store.size(name, axis);
        Ok(Some(Self {
            source: size(ALL[0], 0),
            target: size(ALL[2], 0),
            d_embedding: size(ALL[0], 1),
            encoder: size(ALL[1], 1),
            decoder: size(ALL[3], 1),
            d_attention: store.has(ATTENTION).then(|| size(ATTENTION, 0)),
        }))
    }

    /// What the shapes say, and what the tutorial does.
    pub(crate) fn description(
        &self,
        request: &Request,
        remarks: &mut Vec<String>,
    ) -> Result<Description, Error> {
        let lists = Lists::read(request, [self.source, self.target], &["SOS", "EOS"], remarks)?;
        let gru = Cell::Gru(Reset::After);
        let attention = self.d_attention.map(|d_attention| AttentionConfig {
            energy: EnergyKind::Additive { d_attention, function: EnergyFunction::Tanh },
            query: Query::Previous,
        });
        let context = attention.is_some().then_some(Part::Context);
        let longest = request.max_source.unwrap_or(LENGTH);
        let made_up = || words::made_up(&lists.source, &[SOS, EOS], longest);
        let selftest = request.selftest.clone().unwrap_or_else(made_up);
        Ok(Description {
            encoder: EncoderKind::Recurrent(EncoderConfig {
                d_embedding: self.d_embedding,
                cell: gru,
                hidden: self.encoder,
                layers: 1,
                directions: Directions::Forward,
            }),
            decoder: DecoderKind::Recurrent(DecoderConfig {
                d_embedding: self.d_embedding,
                cell: gru,
                hidden: self.decoder,
                layers: 1,
                start: StartKind::Last,
                attention,
                context_gate: None,
                cell_reads: [Part::Embedding].into_iter().chain(context).collect(),
                output_reads: vec![Part::State],
                readout: None,
                readout_function: Function::None,
            }),
            tied_output: false,
            max_source_len: longest,
            max_target_len: request.max_target.unwrap_or(LENGTH),
            lowercase: true,
            source: Some(SourceTable {
                words: lists.source,
                pad: SOS,
                bos: None,
                eos: Some(EOS),
                letters: false,
                tokenizer: None,
            }),
            target: TargetTable {
                words: lists.target,
                pad: SOS,
                bos: SOS,
                eos: EOS,
                tokenizer: None,
            },
            selftest,
        })
    }

    /// Everything in the file under our names.
    pub(crate) fn weights(&self, store: Store) -> Result<Weights, Error> {
        let mut taken = Taken::from(store);
        let (d, hidden) = (self.d_embedding, self.decoder);
        taken.carry(ALL[0], ALL[0], &[self.source, d])?;
        gru::take(&mut taken, ["encoder.gru", "encoder.rnn"], "l0", [d, self.encoder])?;
        let gru = ["decoder.gru", "decoder.rnn"];
        let mut embedding = taken.matrix(ALL[2], [self.target, d])?;
        match self.d_attention {
            Some(d_attention) => {
                let linears = [("Wa", "query", hidden), ("Ua", "key", self.encoder)];
                for (theirs, ours, columns) in linears {
                    let theirs = format!("decoder.attention.{theirs}");
                    let ours = format!("decoder.attention.{ours}");
                    taken.linear(&theirs, &ours, [d_attention, columns])?;
                }
                let v = "decoder.attention.Va.weight";
                taken.carry(v, "decoder.attention.energy.weight", &[1, d_attention])?;
                taken.store().take::<Ix1>("decoder.attention.Va.bias", &[1])?;
                gru::take(&mut taken, gru, "l0", [d + self.encoder, hidden])?;
            }
            None => {
                embedding.mapv_inplace(|value| value.max(0.0));
                gru::take(&mut taken, gru, "l0", [d, hidden])?;
            }
        }
        taken.put(ALL[2], embedding);
        taken.linear("decoder.out", "output", [self.target, hidden])?;
        taken.weights()
    }
}
