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
use super::starts::Starts;
use crate::Error;
use twin::recurrent::{Cell, Merge, Part, Reset};

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
/// Layers of cells.
const CELLS: [&str; 3] = ["GRU", "LSTM", "SimpleRNN"];
/// Most layers of a side.
const MOST: usize = 64;

/// Words as numbers.
#[derive(Debug)]
pub(super) struct Words {
    /// Of the table in the file; `None`: the layer reads a one for each word.
    pub(super) path: Option<String>,
    pub(super) words: usize,
    pub(super) width: usize,
    /// Whether training left padding out.
    pub(super) masked: bool,
}

/// A layer of cells.
#[derive(Debug)]
pub(super) struct Layer {
    /// Its rows.
    pub(super) at: Ref,
    /// Of each direction.
    pub(super) paths: Vec<String>,
}

/// One side.
#[derive(Debug)]
pub(super) struct Stack {
    pub(super) words: Words,
    pub(super) cell: Cell,
    pub(super) hidden: usize,
    /// Of two directions.
    pub(super) merge: Option<Merge>,
    /// The lowest first.
    pub(super) layers: Vec<Layer>,
}

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
        let output = linear(graph, &at, &["softmax", "linear", "log_softmax"], "the output, a Dense layer,")?;
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
            return Err(graph.unfit(node, "neither attention nor a first state leads to an encoder"));
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
            class if CELLS.contains(&class) => {
                rows = Some(at);
                Part::State
            }
            "Attention" | "AdditiveAttention" => {
                looks = Some(Looks::of(graph, &at)?);
                Part::Context
            }
            "Embedding" | "InputLayer" => Part::Embedding,
            _ => return Err(graph.misfit(node, "rows of the decoder, its attention or its embedding")),
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

impl Stack {
    /// All layers of a side, from its rows back to its words. `rows`: whether those of the last layer
    /// are read, and not its last state alone.
    fn of(graph: &Graph, top: &Ref, mut rows: bool) -> Result<Self, Error> {
        let mut at = top.clone();
        let mut found: Option<Self> = None;
        for _ in 0..MOST {
            let (node, here) = graph.node(&at)?;
            if rows && !is_rows(node) {
                return Err(graph.unfit(node, "`return_sequences` is false, but its rows are read"));
            }
            let (cell, hidden, merge, paths) = cells(graph, node)?;
            let layer = Layer { at: here.rows(), paths };
            match &mut found {
                None => {
                    let words = Words { path: None, words: 0, width: 0, masked: false };
                    found = Some(Self { words, cell, hidden, merge, layers: vec![layer] });
                }
                Some(stack) if (stack.cell, stack.hidden, stack.merge) == (cell, hidden, merge) => {
                    stack.layers.insert(0, layer);
                }
                Some(_) => {
                    let why = "layers of one side must be of one kind, width and merge";
                    return Err(graph.unfit(node, why));
                }
            }
            rows = true;
            at = passed(graph, &first(graph, &here)?)?;
            let (below, _) = graph.node(&at)?;
            if !(is_cells(below) || below.class == "Bidirectional") {
                break;
            }
        }
        let (node, here) = graph.node(&at)?;
        let words = words(graph, node, &here)?;
        match found {
            Some(stack) => Ok(Self { words, ..stack }),
            None => Err(graph.misfit(node, "GRU, LSTM or SimpleRNN")),
        }
    }

    /// Width of a row.
    pub(super) fn width(&self) -> usize {
        if self.merge == Some(Merge::Concat) { 2 * self.hidden } else { self.hidden }
    }
}

/// An `Embedding` of an input, or an input of ones.
fn words(graph: &Graph, node: &Node, at: &Ref) -> Result<Words, Error> {
    let masked = node.flag("mask_zero");
    match node.class.as_str() {
        "Embedding" => {
            let below = passed(graph, &first(graph, at)?)?;
            let (input, _) = graph.node(&below)?;
            if input.class != "InputLayer" {
                return Err(graph.misfit(input, "an input of ids"));
            }
            let (words, width) = (node.size("input_dim"), node.size("output_dim"));
            Ok(Words { path: Some(node.path.clone()), words, width, masked })
        }
        "InputLayer" => {
            let shape = node.config["batch_shape"].as_array();
            let width = shape.filter(|shape| shape.len() == 3).and_then(|shape| shape[2].as_u64());
            let Some(width) = width.and_then(|width| usize::try_from(width).ok()) else {
                return Err(graph.misfit(node, "an Embedding, or an input of one number for each word,"));
            };
            Ok(Words { path: None, words: width, width, masked })
        }
        _ => Err(graph.misfit(node, "GRU, LSTM, SimpleRNN, Bidirectional of one, or an Embedding")),
    }
}

/// What a layer of cells is: cell, width, merge of directions, and the path of each.
fn cells(graph: &Graph, node: &Node) -> Result<(Cell, usize, Option<Merge>, Vec<String>), Error> {
    let unfit = |why: String| graph.unfit(node, &why);
    if is_cells(node) {
        let cell = one_direction(node, false).map_err(unfit)?;
        return Ok((cell, node.size("units"), None, vec![format!("{}/cell", node.path)]));
    }
    if node.class != "Bidirectional" {
        return Err(graph.misfit(node, "GRU, LSTM, SimpleRNN, or Bidirectional of one,"));
    }
    let merge = match node.one_of("merge_mode", &["concat", "sum"]).map_err(unfit)? {
        "sum" => Merge::Sum,
        _ => Merge::Concat,
    };
    let forward = node.inside("layer", "forward_layer");
    let cell = one_direction(&forward, false).map_err(unfit)?;
    if !node.config["backward_layer"].is_null() {
        let backward = node.inside("backward_layer", "backward_layer");
        let other = one_direction(&backward, true).map_err(unfit)?;
        if (other, backward.size("units")) != (cell, forward.size("units")) {
            return Err(unfit("its two directions are of another kind or width".into()));
        }
    }
    let paths = ["forward_layer", "backward_layer"].map(|way| format!("{}/{way}/cell", node.path));
    Ok((cell, forward.size("units"), Some(merge), paths.into()))
}

fn one_direction(node: &Node, backwards: bool) -> Result<Cell, String> {
    node.one_of("activation", &["tanh"])?;
    node.one_of("recurrent_activation", &["sigmoid"])?;
    if node.flag("go_backwards") != backwards {
        return Err(format!("`go_backwards` is {}, which the engine has not", !backwards));
    }
    match node.class.as_str() {
        "GRU" if node.config["reset_after"] == false => Ok(Cell::Gru(Reset::Before)),
        "GRU" => Ok(Cell::Gru(Reset::After)),
        "LSTM" => Ok(Cell::Lstm),
        "SimpleRNN" => Ok(Cell::Rnn),
        other => Err(format!("it is of {other}; GRU, LSTM and SimpleRNN are read")),
    }
}

fn is_cells(node: &Node) -> bool {
    CELLS.contains(&node.class.as_str())
}

fn is_rows(node: &Node) -> bool {
    let inner = &node.config["layer"]["config"]["return_sequences"];
    node.flag("return_sequences") || inner.as_bool() == Some(true)
}

/// Whether output 0 of a layer of cells is its last state.
pub(super) fn is_last(node: &Node) -> bool {
    !is_rows(node)
}

/// The layer of cells that an output is of.
pub(super) fn is_encoder(node: &Node) -> bool {
    is_cells(node) || node.class == "Bidirectional"
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
