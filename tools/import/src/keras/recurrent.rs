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
use super::stack::{Stack, is_cells};
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
        let mut at = passed(graph, &graph.output)?;
        if graph.node(&at)?.0.class == "Softmax" {
            at = passed(graph, &first(graph, &at)?)?;
        }
        let output = linear(
            graph,
            &at,
            &["softmax", "linear", "log_softmax"],
            "the output, a Dense layer,",
        )?;
        at = passed(graph, &first(graph, &at)?)?;
        let mut readout = None;
        if is_dense(graph.node(&at)?.0) {
            readout = Some(linear(graph, &at, &["linear", "tanh"], "a Dense layer")?);
            at = passed(graph, &first(graph, &at)?)?;
        }
        let (parts, decoder, looks) = parts(graph, &at)?;
        let decoded = Stack::of(graph, &decoder, true)?;
        let starts = Starts::of(graph, &decoded)?;
        let encoder = looks.as_ref().map(|looks| looks.memory.clone()).or_else(|| starts.reads());
        let Some(encoder) = encoder else {
            let (node, _) = graph.node(&decoder)?;
            return Err(
                graph.unfit(node, "neither attention nor a first state leads to an encoder")
            );
        };
        let encoder = Stack::of(graph, &encoder, looks.is_some())?;
        let starts = starts.fit(graph, &encoder, &decoded)?;
        Ok(Self { encoder, decoder: decoded, starts, looks, parts, readout, output })
    }
}

/// What the output reads side by side; the rows of the decoder, and its attention.
fn parts(graph: &Graph, at: &Ref) -> Result<(Vec<Part>, Ref, Option<Looks>), Error> {
    let (node, _) = graph.node(at)?;
    let all = if node.class == "Concatenate" { graph.inputs(at)? } else { vec![at.clone()] };
    if node.class == "Concatenate" {
        last_axis(graph, node)?;
    }
    let (mut parts, mut rows, mut looks) = (Vec::new(), None, None);
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
            "Embedding" | "InputLayer" => Part::Embedding,
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
    Ok((parts, rows, looks))
}

/// Past layers that change nothing.
pub(super) fn passed(graph: &Graph, at: &Ref) -> Result<Ref, Error> {
    let mut at = at.clone();
    for _ in 0..MOST {
        let (node, here) = graph.node(&at)?;
        let linear = node.class == "Activation"
            && node.one_of("activation", &["linear", "softmax", "log_softmax"]).is_ok();
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
