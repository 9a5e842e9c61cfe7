//! The model of PyTorch's [chatbot tutorial](https://docs.pytorch.org/tutorials/beginner/chatbot_tutorial.html)
//! (attention of arXiv 1508.04025), as its checkpoints have it, or as one module with `encoder` and
//! `decoder` in it.
//!
//! | there | here |
//! |---|---|
//! | `en.embedding`, `de.embedding`, `embedding`: one table | `encoder.embedding`, `decoder.embedding` |
//! | `en.gru`: both directions, of the top layer the sum | `encoder.rnn`, `"sum"` of one layer, else `"concat"` |
//! | `encoder_hidden[:n_layers]` | `"start": "cells"` |
//! | `de.gru` | `decoder.rnn` |
//! | `de.attn.attn`, `de.attn.v` of its methods `general` and `concat` | `decoder.attention.key`; `query`, `key`, `energy` |
//! | `de.concat`, tanh, `de.out` | `decoder.readout`, `output` |
//! | `voc_dict` | the words |
//!
//! Layers above the first read both directions side by side, so a stack's memory has them side by side
//! as well, and what reads it there as f + b reads `[f; b]` here: q·W(f + b) = q·`[W W]·[f; b]`. `dot` of a
//! stack is `general` with W = 1. The bias of `general` adds the same to all energies.
//!
//! Its `PAD_token` is 0, its `SOS_token` 1, its `EOS_token` 2.

use super::gru;
use super::words::Lists;
use crate::container::Store;
use crate::taken::Taken;
use crate::{Error, Request, words};
use ndarray::{Array2, Axis, concatenate, s};
use twin::recurrent::{
    AttentionConfig, Cell, DecoderConfig, Directions, EncoderConfig, EnergyFunction, EnergyKind,
    Function, Merge, Part, Query, Reset, StartKind,
};
use twin::{DecoderKind, Description, EncoderKind, SourceTable, TargetTable, Weights};

const PAD: u32 = 0;
const SOS: u32 = 1;
const EOS: u32 = 2;
/// `MAX_LENGTH` of the tutorial, the end mark included.
const LENGTH: usize = 10;
/// Most layers that are counted: more than the engine has.
const MOST_LAYERS: usize = 64;

/// What the sides are called: in a checkpoint of the tutorial, and in one module.
const SIDES: [[&str; 2]; 2] = [["en", "de"], ["encoder", "decoder"]];
/// The table of words, which a checkpoint has once more.
const TABLE: &str = "embedding.weight";

/// `Attn.method`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Dot,
    General,
    Concat { rows: usize },
}

/// Sizes of such a model.
pub(crate) struct Chatbot {
    sides: [&'static str; 2],
    words: [usize; 2],
    d_embedding: usize,
    hidden: usize,
    /// Of the encoder, of the decoder.
    layers: [usize; 2],
    method: Method,
}

impl Chatbot {
    /// Whether a file holds one, as its names say.
    pub(crate) fn of(store: &Store) -> Result<Option<Self>, Error> {
        let has = |name: String| store.has(&name);
        let both = |[encoder, decoder]: &[&str; 2]| {
            has(format!("{encoder}.gru.weight_hh_l0_reverse"))
                && has(format!("{decoder}.concat.weight"))
                && has(format!("{decoder}.gru.weight_hh_l0"))
        };
        let Some(sides) = SIDES.into_iter().find(both) else { return Ok(None) };
        let size = |name: &str, axis| store.size(name, axis);
        let layers = |side| {
            let there = |layer: &usize| has(format!("{side}.gru.weight_hh_l{layer}"));
            (0..MOST_LAYERS).take_while(there).count()
        };
        let [encoder, decoder] = sides;
        let hidden = size(&format!("{decoder}.gru.weight_hh_l0"), 1);
        let attention = format!("{decoder}.attn.attn.weight");
        let method = match (store.has(&attention), has(format!("{decoder}.attn.v"))) {
            (false, _) => Method::Dot,
            (true, false) => Method::General,
            (true, true) => Method::Concat { rows: size(&attention, 0) },
        };
        Ok(Some(Self {
            sides,
            words: sides.map(|side| size(&format!("{side}.{TABLE}"), 0)),
            d_embedding: size(&format!("{encoder}.{TABLE}"), 1),
            hidden,
            layers: sides.map(layers),
            method,
        }))
    }

    /// Whether the memory has both directions side by side.
    fn doubled(&self) -> bool {
        self.layers[0] > 1
    }

    /// What the shapes say, and what the tutorial does.
    pub(crate) fn description(
        &self,
        store: &Store,
        request: &Request,
        remarks: &mut Vec<String>,
    ) -> Result<Description, Error> {
        remarks.push(
            "by the names of its tensors it is taken to be the chatbot tutorial's: both directions of the \
             encoder added, tanh before the output"
                .into(),
        );
        let [source, target] = self.tables(store, request, remarks)?;
        let cell = Cell::Gru(Reset::After);
        let energy = match self.method {
            Method::Concat { rows } => {
                EnergyKind::Additive { d_attention: rows, function: EnergyFunction::Tanh }
            }
            Method::Dot if !self.doubled() => EnergyKind::Dot,
            Method::Dot | Method::General => EnergyKind::General,
        };
        let longest = request.max_source.unwrap_or(LENGTH);
        let made_up = || words::made_up(&source, &[PAD, SOS, EOS], longest);
        let selftest = request.selftest.clone().unwrap_or_else(made_up);
        Ok(Description {
            encoder: EncoderKind::Recurrent(EncoderConfig {
                d_embedding: self.d_embedding,
                cell,
                hidden: self.hidden,
                layers: self.layers[0],
                directions: Directions::Both(match self.doubled() {
                    true => Merge::Concat,
                    false => Merge::Sum,
                }),
            }),
            decoder: DecoderKind::Recurrent(DecoderConfig {
                d_embedding: self.d_embedding,
                cell,
                hidden: self.hidden,
                layers: self.layers[1],
                start: StartKind::Cells,
                attention: Some(AttentionConfig { energy, query: Query::Current }),
                context_gate: None,
                cell_reads: vec![Part::Embedding],
                output_reads: vec![Part::State, Part::Context],
                readout: Some(self.hidden),
                readout_function: Function::Tanh,
            }),
            tied_output: false,
            max_source_len: longest,
            max_target_len: request.max_target.unwrap_or(LENGTH),
            lowercase: true,
            source: Some(SourceTable {
                words: source,
                pad: PAD,
                bos: None,
                eos: Some(EOS),
                letters: false,
                tokenizer: None,
            }),
            target: TargetTable { words: target, pad: PAD, bos: SOS, eos: EOS, tokenizer: None },
            selftest,
        })
    }

    /// The words of both sides: a list that was given is of both, and goes before the file's own.
    fn tables(
        &self,
        store: &Store,
        request: &Request,
        remarks: &mut Vec<String>,
    ) -> Result<[Vec<String>; 2], Error> {
        let given = request.source_words.as_ref().or(request.target_words.as_ref());
        if given.is_none()
            && let Some(own) = store.words_of("voc_dict")?
        {
            if self.words.iter().any(|&size| size != own.len()) {
                let why = format!(
                    "`voc_dict` has {} words, but the embeddings have {} and {} rows; a list that fits can be \
                     given with --source-words",
                    own.len(),
                    self.words[0],
                    self.words[1]
                );
                return Err(Error::Model { path: store.path().into(), why });
            }
            words::possible("source", own.len())?;
            let own = words::distinct(own, "source", remarks);
            return Ok([own.clone(), own]);
        }
        let request = Request {
            source_words: request.source_words.as_ref().or(given).cloned(),
            target_words: request.target_words.as_ref().or(given).cloned(),
            ..Request::default()
        };
        let lists = Lists::read(&request, self.words, &["PAD", "SOS", "EOS"], remarks)?;
        Ok([lists.source, lists.target])
    }

    /// Everything in the file under our names.
    pub(crate) fn weights(&self, store: Store) -> Result<Weights, Error> {
        let mut taken = Taken::from(store);
        let ([encoder, decoder], d, hidden) = (self.sides, self.d_embedding, self.hidden);
        for ((theirs, ours), words) in
            [(encoder, "encoder"), (decoder, "decoder")].into_iter().zip(self.words)
        {
            let ours = format!("{ours}.{TABLE}");
            taken.carry(&format!("{theirs}.{TABLE}"), ours, &[words, d])?;
        }
        if taken.store().has(TABLE) {
            taken.matrix(TABLE, [self.words[0], d])?;
        }
        for layer in 0..self.layers[0] {
            let read = if layer == 0 { d } else { hidden.saturating_mul(2) };
            for end in [format!("l{layer}"), format!("l{layer}_reverse")] {
                let modules = [&format!("{encoder}.gru"), "encoder.rnn"];
                gru::take(&mut taken, modules, &end, [read, hidden])?;
            }
        }
        for layer in 0..self.layers[1] {
            let read = if layer == 0 { d } else { hidden };
            let modules = [&format!("{decoder}.gru"), "decoder.rnn"];
            gru::take(&mut taken, modules, &format!("l{layer}"), [read, hidden])?;
        }
        self.attention(&mut taken)?;
        let concat = taken.matrix(&format!("{decoder}.concat.weight"), [hidden, 2 * hidden])?;
        let (state, context) = concat.view().split_at(Axis(1), hidden);
        let context = self.reading(context.to_owned());
        taken.put("decoder.readout.weight", side_by_side(&state.to_owned(), &context));
        let bias = format!("{decoder}.concat.bias");
        taken.carry(&bias, "decoder.readout.bias", &[hidden])?;
        taken.linear(&format!("{decoder}.out"), "output", [self.words[1], hidden])?;
        taken.weights()
    }

    /// A matrix that reads the sum of both directions, as one that reads the memory.
    fn reading(&self, matrix: Array2<f32>) -> Array2<f32> {
        if self.doubled() { side_by_side(&matrix, &matrix) } else { matrix }
    }

    fn attention(&self, taken: &mut Taken) -> Result<(), Error> {
        let (theirs, h) = (format!("{}.attn.attn", self.sides[1]), self.hidden);
        let key = "decoder.attention.key.weight";
        match self.method {
            Method::Dot if !self.doubled() => {}
            Method::Dot => taken.put(key, self.reading(Array2::eye(h))),
            Method::General => {
                let matrix = taken.matrix(&format!("{theirs}.weight"), [h, h])?;
                taken.put(key, self.reading(matrix));
                taken.vector(&format!("{theirs}.bias"), h)?;
            }
            Method::Concat { rows } => {
                let both = taken.matrix(&format!("{theirs}.weight"), [rows, 2 * h])?;
                taken.put("decoder.attention.query.weight", both.slice(s![.., ..h]).to_owned());
                taken.put(key, self.reading(both.slice(s![.., h..]).to_owned()));
                let bias = format!("{theirs}.bias");
                taken.carry(&bias, "decoder.attention.query.bias", &[rows])?;
                let v = taken.vector(&format!("{}.attn.v", self.sides[1]), rows)?;
                taken.put("decoder.attention.energy.weight", v.insert_axis(Axis(0)));
            }
        }
        Ok(())
    }
}

/// `[rows, a]`, `[rows, b]` → `[rows, a + b]`; of matrices with as many rows.
fn side_by_side(a: &Array2<f32>, b: &Array2<f32>) -> Array2<f32> {
    concatenate![Axis(1), *a, *b]
}
