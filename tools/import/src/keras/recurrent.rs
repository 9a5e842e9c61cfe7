//! A functional model of two recurrent sides, read from its output back to its inputs.
//!
//! ```text
//! source ─► Embedding ─► [Bidirectional] GRU, LSTM, SimpleRNN ─┬─ rows ──► Attention ◄─┐
//!                                            │ states (Dense)                        │ rows
//! target ─► Embedding ─────────────────────► GRU, LSTM, SimpleRNN ───────────────────┤
//!                                                                                    ▼
//!                        softmax ◄─ Dense ◄─ [Dense tanh] ◄─ Concatenate of rows, context, embedding
//! ```
//! Layers that only training needs (`Dropout`) are passed over. The first layer that does not fit is
//! named. Attention stands behind the step (Luong), since all steps of a layer are one call.

use super::graph::{Graph, Node, Ref};
use super::looks::Looks;
use super::stack::{Stack, Words, is_cells, words};
use super::starts::Starts;
use crate::Error;
use twin::recurrent::Part;

/// Layers that change nothing when nothing is trained.
const IDLE: [&str; 8] = [
    "Dropout",
    "SpatialDropout1D",
    "GaussianDropout",
    "GaussianNoise",
    "AlphaDropout",
    "ActivityRegularization",
    "Identity",
    "Masking",
];
/// Functions behind the output that change no order of words, and so none of the words.
const SOFTMAX: [&str; 3] = ["softmax", "linear", "log_softmax"];
/// Most layers of a side.
pub(super) const MOST: usize = 64;

/// A `Dense`: its tensors, its width, and whether a tanh follows.
#[derive(Clone, Debug)]
pub(super) struct Linear {
    pub(super) path: String,
    pub(super) width: usize,
    pub(super) tanh: bool,
}

/// A model.
pub(crate) struct Model {
    pub(super) encoder: Stack,
    pub(super) decoder: Stack,
    pub(super) starts: Starts,
    pub(super) looks: Option<Looks>,
    /// In the order in which the file has their columns.
    pub(super) parts: Vec<Part>,
    pub(super) readout: Option<Linear>,
    pub(super) output: Linear,
}

impl Model {
    /// Reads the graph.
    pub(super) fn of(graph: &Graph) -> Result<Self, Error> {
        let (mut at, output) = output(graph)?;
        let mut readout = None;
        if is_dense(graph.node(&at)?.0) {
            readout = Some(linear(graph, &at, &["linear", "tanh"], "a Dense layer")?);
            at = passed(graph, &first(graph, &at)?)?;
        }
        let Read { parts, rows: decoder, looks, embedded } = read(graph, &at)?;
        let decoded = Stack::of(graph, &decoder, true)?;
        let own = &decoded.words;
        let other = |words: &Words| (&words.at.layer, &words.input) != (&own.at.layer, &own.input);
        if let Some(words) = embedded.filter(other) {
            let (node, _) = graph.node(&words.at)?;
            return Err(
                graph.unfit(node, "the output reads it, but the decoder's cells read another")
            );
        }
        let starts = Starts::of(graph, &decoded)?;
        let encoder = looks.as_ref().map(|looks| looks.memory.clone()).or_else(|| starts.reads());
        let Some(encoder) = encoder else {
            let (node, _) = graph.node(&decoder)?;
            return Err(
                graph.unfit(node, "neither attention nor a first state leads to an encoder")
            );
        };
        let encoder = Stack::of(graph, &encoder, looks.is_some())?;
        apart(graph, [&encoder.words.input, &decoded.words.input])?;
        for layer in &encoder.layers {
            if !graph.state(&layer.at)?.is_empty() || graph.inputs(&layer.at)?.len() > 1 {
                let why =
                    "it has an `initial_state`, and an encoder of the engine starts from zeros";
                return Err(graph.unfit(graph.node(&layer.at)?.0, why));
            }
        }
        let starts = starts.fit(graph, &encoder, &decoded)?;
        Ok(Self { encoder, decoder: decoded, starts, looks, parts, readout, output })
    }
}

/// The last `Dense`, with one softmax behind it or in it, and what it reads.
pub(super) fn output(graph: &Graph) -> Result<(Ref, Linear), Error> {
    let mut at = passed(graph, &graph.output)?;
    let (node, _) = graph.node(&at)?;
    let softmax = match node.class.as_str() {
        "Softmax" => last_axis(graph, node).map(|()| true)?,
        "Activation" => node.one_of("activation", &SOFTMAX).is_ok(),
        _ => false,
    };
    if softmax {
        at = passed(graph, &first(graph, &at)?)?;
    }
    let output = linear(graph, &at, &SOFTMAX, "the output, a Dense layer,")?;
    Ok((passed(graph, &first(graph, &at)?)?, output))
}

/// Two sides read two inputs: a model that reads one says nothing word by word.
pub(super) fn apart(graph: &Graph, [source, target]: [&Ref; 2]) -> Result<(), Error> {
    if source != target {
        return Ok(());
    }
    Err(graph.unfit(graph.node(source)?.0, "both sides read it; two inputs were expected"))
}

/// What the output reads.
struct Read {
    /// Side by side.
    parts: Vec<Part>,
    /// Of the decoder.
    rows: Ref,
    looks: Option<Looks>,
    /// The embedding among the parts.
    embedded: Option<Words>,
}

fn read(graph: &Graph, at: &Ref) -> Result<Read, Error> {
    let (node, _) = graph.node(at)?;
    let all = if node.class == "Concatenate" { graph.inputs(at)? } else { vec![at.clone()] };
    if node.class == "Concatenate" {
        last_axis(graph, node)?;
    }
    let (mut parts, mut rows, mut looks, mut embedded) = (Vec::new(), None, None, None);
    for one in all {
        let one = passed(graph, &one)?;
        let (node, at) = graph.node(&one)?;
        parts.push(match node.class.as_str() {
            _ if is_cells(node) => {
                rows = Some(at);
                Part::State
            }
            "Attention" | "AdditiveAttention" => {
                looks = Some(Looks::of(graph, &at)?);
                Part::Context
            }
            "Embedding" | "InputLayer" => {
                embedded = Some(words(graph, node, &at)?);
                Part::Embedding
            }
            _ => {
                return Err(
                    graph.misfit(node, "rows of the decoder, its attention or its embedding")
                );
            }
        });
    }
    let asks = looks.as_ref().map(|looks: &Looks| looks.state.clone());
    let (node, _) = graph.node(at)?;
    let Some(rows) = rows.or_else(|| asks.clone()) else {
        return Err(graph.misfit(node, "rows of a decoder of GRU, LSTM or SimpleRNN"));
    };
    if asks.is_some_and(|asks| asks != rows) {
        return Err(graph.unfit(node, "its attention is asked by other rows than it stands beside"));
    }
    Ok(Read { parts, rows, looks, embedded })
}

/// Past layers that change nothing.
pub(super) fn passed(graph: &Graph, at: &Ref) -> Result<Ref, Error> {
    let mut at = at.clone();
    for _ in 0..MOST {
        let (node, here) = graph.node(&at)?;
        let linear = node.class == "Activation" && node.one_of("activation", &["linear"]).is_ok();
        if !linear && !IDLE.contains(&node.class.as_str()) {
            return Ok(here);
        }
        at = first(graph, &here)?;
    }
    Ok(at)
}

/// The first output that a layer reads.
pub(super) fn first(graph: &Graph, at: &Ref) -> Result<Ref, Error> {
    let (node, _) = graph.node(at)?;
    graph.inputs(at)?.into_iter().next().ok_or_else(|| graph.misfit(node, "a layer behind others"))
}

pub(super) fn is_dense(node: &Node) -> bool {
    matches!(node.class.as_str(), "Dense" | "TimeDistributed")
}

/// A `Dense`, also inside `TimeDistributed`.
pub(super) fn linear(
    graph: &Graph,
    at: &Ref,
    allowed: &[&str],
    expected: &str,
) -> Result<Linear, Error> {
    let (node, _) = graph.node(at)?;
    let inner = node.inside("layer", "layer");
    let dense = if node.class == "TimeDistributed" { &inner } else { node };
    if dense.class != "Dense" {
        return Err(graph.misfit(node, expected));
    }
    let function = dense.one_of("activation", allowed).map_err(|why| graph.unfit(node, &why))?;
    Ok(Linear { path: dense.path.clone(), width: dense.size("units"), tanh: function == "tanh" })
}

/// A `Concatenate` of channels.
pub(super) fn last_axis(graph: &Graph, node: &Node) -> Result<(), Error> {
    match node.config["axis"].as_i64() {
        None | Some(-1 | 2) => Ok(()),
        Some(axis) => Err(graph.unfit(node, &format!("`axis` is {axis}; -1 is read"))),
    }
}
