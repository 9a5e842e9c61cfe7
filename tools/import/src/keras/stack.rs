//! One side of a functional model: layers of cells above an `Embedding`, or above an input of a one for
//! each word.

use super::graph::{Graph, Node, Ref};
use super::recurrent::{MOST, first, passed};
use crate::Error;
use twin::recurrent::{Cell, Merge, Reset};

/// Layers of cells.
const CELLS: [&str; 3] = ["GRU", "LSTM", "SimpleRNN"];

/// Words as numbers.
#[derive(Debug)]
pub(super) struct Words {
    /// What the lowest cells read.
    pub(super) at: Ref,
    /// The input of the model that it is of.
    pub(super) input: Ref,
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

impl Stack {
    /// All layers of a side, from its rows back to its words. `rows`: whether those of the last layer
    /// are read, and not its last state alone.
    pub(super) fn of(graph: &Graph, top: &Ref, mut rows: bool) -> Result<Self, Error> {
        let mut at = top.clone();
        let mut found: Option<(Cell, usize, Option<Merge>, Vec<Layer>)> = None;
        for _ in 0..MOST {
            let (node, here) = graph.node(&at)?;
            if rows && !is_rows(node) {
                return Err(graph.unfit(node, "`return_sequences` is false, but its rows are read"));
            }
            let (cell, hidden, merge, paths) = cells(graph, node)?;
            let layer = Layer { at: here.rows(), paths };
            match &mut found {
                None => found = Some((cell, hidden, merge, vec![layer])),
                Some((c, h, m, layers)) if (*c, *h, *m) == (cell, hidden, merge) => {
                    layers.insert(0, layer);
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
            Some((cell, hidden, merge, layers)) => Ok(Self { words, cell, hidden, merge, layers }),
            None => Err(graph.misfit(node, "GRU, LSTM or SimpleRNN")),
        }
    }

    /// Width of a row.
    pub(super) fn width(&self) -> usize {
        if self.merge == Some(Merge::Concat) { 2 * self.hidden } else { self.hidden }
    }
}

/// An `Embedding` of an input, or an input of ones.
pub(super) fn words(graph: &Graph, node: &Node, at: &Ref) -> Result<Words, Error> {
    let masked = node.flag("mask_zero");
    match node.class.as_str() {
        "Embedding" => {
            let below = passed(graph, &first(graph, at)?)?;
            let (input, read) = graph.node(&below)?;
            if input.class != "InputLayer" {
                return Err(graph.misfit(input, "an input of ids"));
            }
            let (words, width) = (node.size("input_dim"), node.size("output_dim"));
            let (at, path) = (at.clone(), Some(node.path.clone()));
            Ok(Words { at, input: read, path, words, width, masked })
        }
        "InputLayer" => {
            let shape = node.config["batch_shape"].as_array();
            let width = shape.filter(|shape| shape.len() == 3).and_then(|shape| shape[2].as_u64());
            let Some(width) = width.and_then(|width| usize::try_from(width).ok()) else {
                return Err(
                    graph.misfit(node, "an Embedding, or an input of one number for each word,")
                );
            };
            let (at, input) = (at.clone(), at.clone());
            Ok(Words { at, input, path: None, words: width, width, masked })
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

/// Whether it is a layer of cells in one direction.
pub(super) fn is_cells(node: &Node) -> bool {
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
