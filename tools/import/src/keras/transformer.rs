//! keras.io's "English-to-Spanish translation with a sequence-to-sequence Transformer": a functional
//! model of three classes of one's own.
//!
//! ```text
//! ids ─► PositionalEmbedding ─► TransformerEncoder … ──────────┐
//! ids ─► PositionalEmbedding ─► TransformerDecoder … ◄─────────┴─► Dropout ─► Dense ─► softmax
//! ```
//! Sizes are those of the tensors. What the classes compute, the file does not say: norms behind, relu,
//! trained positions, embeddings as they are, and Keras' ε of 1e-3 are what keras.io has, and a remark
//! says that this is taken.

use super::blocks::{Block, blocks, sizes};
use super::graph::{Graph, Node, Ref};
use super::layers::{dense, var};
use super::recurrent::{Linear, apart, first, output, passed};
use super::said::Tables;
use crate::container::Store;
use crate::hugging_face::USUAL_LENGTH;
use crate::taken::Taken;
use crate::{Error, Request};
use ndarray::{Array2, s};
use twin::transformer::{Activation, Config, NormKind, NormPlace, Positions};
use twin::{DecoderKind, Description, EncoderKind, Weights};

/// ε of Keras' `LayerNormalization`.
const EPSILON: f32 = 1e-3;
const WORDS: &str = "token_embeddings";
const PLACES: &str = "position_embeddings";

/// Such a model.
pub(crate) struct Transformer {
    /// The lowest first.
    encoder: Vec<Block>,
    decoder: Vec<Block>,
    /// Paths of what embeds source and target.
    embeddings: [String; 2],
    output: Linear,
}

impl Transformer {
    /// Reads the graph, if it has such layers.
    pub(super) fn of(graph: &Graph, store: &Store) -> Result<Option<Self>, Error> {
        let [encoder, decoder] = blocks(store);
        let is = |all: &[Block], node: &Node| all.iter().find(|b| b.path == node.path).cloned();
        if !graph.nodes().any(|node| is(&decoder, node).is_some()) {
            return Ok(None);
        }
        let (mut at, output) = output(graph)?;
        let (mut above, mut memory): (_, Option<Ref>) = (Vec::new(), None);
        while let Some(block) = is(&decoder, graph.node(&at)?.0) {
            let (node, here) = graph.node(&at)?;
            let [rows, reads] = &graph.inputs(&here)?[..] else {
                return Err(graph.unfit(node, "it must read its own rows and those of the encoder"));
            };
            let reads = passed(graph, reads)?;
            if memory.as_ref().is_some_and(|memory| *memory != reads) {
                return Err(graph.unfit(node, "it reads other rows than the layer above it"));
            }
            memory = Some(reads);
            push(graph, node, &mut above, block)?;
            at = passed(graph, rows)?;
        }
        let (target, said) = embedding(graph, store, &at)?;
        let Some(mut at) = memory else {
            return Err(graph.misfit(graph.node(&at)?.0, "TransformerDecoder"));
        };
        let mut below = Vec::new();
        while let Some(block) = is(&encoder, graph.node(&at)?.0) {
            let (node, here) = graph.node(&at)?;
            push(graph, node, &mut below, block)?;
            at = passed(graph, &first(graph, &here)?)?;
        }
        if below.is_empty() {
            return Err(graph.misfit(graph.node(&at)?.0, "TransformerEncoder"));
        }
        let (source, read) = embedding(graph, store, &at)?;
        apart(graph, [&read, &said])?;
        let (encoder, decoder) = (below, above);
        Ok(Some(Self { encoder, decoder, embeddings: [source, target], output }))
    }

    /// What the shapes say, and what keras.io computes.
    pub(super) fn description(
        &self,
        store: &Store,
        request: &Request,
        remarks: &mut Vec<String>,
    ) -> Result<Description, Error> {
        remarks.push(
            "its classes TransformerEncoder, TransformerDecoder and PositionalEmbedding are taken to \
             compute what keras.io's do; what they do, the file does not say"
                .into(),
        );
        let rows = |path: &str, part: &str| store.size(&var(&format!("{path}/{part}"), 0), 0);
        let config = |blocks: &[Block]| {
            let [d_model, n_heads, d_head, d_ff] =
                blocks.first().map_or([0; 4], |b| sizes(store, b));
            Config {
                layers: blocks.len(),
                d_model,
                n_heads,
                d_head,
                d_ff,
                norm: NormPlace::Post,
                norm_kind: NormKind::Layer,
                norm_epsilon: EPSILON,
                last_norm: false,
                embedding_norm: false,
                activation: Activation::Relu,
                gated: false,
                positions: Positions::Learned,
                embedding_scale: 1.0,
                attention_scale: Config::usual_attention_scale(d_head.max(1)),
            }
        };
        let length = |asked: Option<usize>, side: usize| {
            asked.unwrap_or_else(|| rows(&self.embeddings[side], PLACES).min(USUAL_LENGTH))
        };
        let (longest, most) = (length(request.max_source, 0), length(request.max_target, 1));
        let sizes = [rows(&self.embeddings[0], WORDS), rows(&self.embeddings[1], WORDS)];
        let tables = Tables::read(request, sizes, longest, remarks)?;
        Ok(Description {
            encoder: EncoderKind::Transformer(config(&self.encoder)),
            decoder: DecoderKind::Transformer {
                config: config(&self.decoder),
                alignment_layer: self.decoder.len() - 1,
            },
            tied_output: false,
            max_source_len: longest,
            max_target_len: most,
            lowercase: tables.lowercase,
            source: Some(tables.source),
            target: tables.target,
            selftest: tables.selftest,
        })
    }

    /// Everything in the file under our names.
    pub(super) fn weights(&self, store: Store, d: &Description) -> Result<Weights, Error> {
        let mut taken = Taken::from(store);
        let (Some(encoder), Some(decoder)) = (d.encoder.transformer(), d.decoder.transformer())
        else {
            return taken.weights();
        };
        for (side, blocks, config) in [(0, &self.encoder, encoder), (1, &self.decoder, decoder)] {
            for (i, block) in blocks.iter().enumerate() {
                block.take(&mut taken, i, config, encoder.d_model)?;
            }
            let (ours, path) = (["encoder", "decoder"][side], &self.embeddings[side]);
            let source = d.source.as_ref().map_or(0, |source| source.words.len());
            let words = [source, d.target.words.len()][side];
            let name = format!("{path}/{WORDS}");
            taken.carry(
                &var(&name, 0),
                format!("{ours}.embedding.weight"),
                &[words, config.d_model],
            )?;
            let places = [d.max_source_len, d.max_target_len][side];
            positions(&mut taken, &format!("{path}/{PLACES}"), ours, [places, config.d_model])?;
        }
        let shape = [d.target.words.len(), decoder.d_model];
        dense(&mut taken, &self.output.path, "output", shape)?;
        taken.weights()
    }
}

/// A layer is used once: of a shared one there would be two here.
fn push(graph: &Graph, node: &Node, blocks: &mut Vec<Block>, block: Block) -> Result<(), Error> {
    if blocks.iter().any(|other| other.path == block.path) {
        return Err(graph.unfit(node, "it is used twice"));
    }
    blocks.insert(0, block);
    Ok(())
}

/// Trained rows of places: more than are needed may be there.
pub(super) fn positions(
    taken: &mut Taken,
    theirs: &str,
    ours: &str,
    [places, width]: [usize; 2],
) -> Result<(), Error> {
    let name = var(theirs, 0);
    let rows = taken.store().shape(&name).and_then(|shape| shape.first()).copied();
    let rows = rows.unwrap_or(places).max(places);
    let table: Array2<f32> = taken.store().take(&name, &[rows, width])?;
    taken.put(format!("{ours}.position.weight"), table.slice(s![..places, ..]).to_owned());
    Ok(())
}

/// The path of a layer that embeds words and their places, and the input that it reads.
fn embedding(graph: &Graph, store: &Store, at: &Ref) -> Result<(String, Ref), Error> {
    let (node, _) = graph.node(at)?;
    let has = |part: &str| {
        let name = var(&format!("{}/{part}", node.path), 0);
        store.shape(&name).is_some_and(|shape| shape.len() == 2)
    };
    if !has(WORDS) || !has(PLACES) {
        let expected = "TransformerEncoder, TransformerDecoder or a PositionalEmbedding with \
                        `token_embeddings` and `position_embeddings`, as keras.io has them,";
        return Err(graph.misfit(node, expected));
    }
    let below = passed(graph, &first(graph, at)?)?;
    match graph.node(&below)? {
        (input, read) if input.class == "InputLayer" => Ok((node.path.clone(), read)),
        (other, _) => Err(graph.misfit(other, "an input of ids")),
    }
}
