//! `GRU`, `LSTM`, `RNN` of a graph, one layer in one direction or both, as PyTorch has their weights.
//!
//! | there, a row of the first axis per direction | here |
//! |---|---|
//! | W `[directions, g·hidden, in]` | `weight_ih_l{i}`, `weight_ih_l{i}_reverse` |
//! | R `[directions, g·hidden, hidden]` | `weight_hh_…` |
//! | B `[directions, 2·g·hidden]`: of W, then of R | `bias_ih_…`, `bias_hh_…` |
//! | gates of GRU z, r, n; of LSTM i, o, f, g | r, z, n; i, f, g, o |
//!
//! [onnx.ai/onnx/operators](https://onnx.ai/onnx/operators/). Layers of one module follow each other. A state that a
//! layer starts with and that the graph has as numbers must be zeros: the engine has no trained one.

use super::graph::Node;
use super::known::Known;
use super::named::path;
use super::{Named, Order};
use std::collections::HashMap;

/// Which equations.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Gru,
    Lstm,
    Rnn,
}

impl Kind {
    pub(super) fn of(op: &str) -> Option<Self> {
        Some(match op {
            "GRU" => Self::Gru,
            "LSTM" => Self::Lstm,
            "RNN" => Self::Rnn,
            _ => return None,
        })
    }

    /// Places there of the gates in PyTorch's order.
    fn gates(self) -> &'static [usize] {
        match self {
            Self::Gru => &[1, 0, 2],
            Self::Lstm => &[0, 2, 3, 1],
            Self::Rnn => &[0],
        }
    }

    fn activations(self) -> &'static [&'static str] {
        match self {
            Self::Gru => &["Sigmoid", "Tanh"],
            Self::Lstm => &["Sigmoid", "Tanh", "Tanh"],
            Self::Rnn => &["Tanh"],
        }
    }
}

/// The weights of a node. `layers`: how many each module has so far.
pub(super) fn weights(
    known: &Known<'_>,
    node: &Node,
    kind: Kind,
    layers: &mut HashMap<String, usize>,
) -> Result<Vec<Named>, String> {
    let wrong = |why: &str| Err(format!("{} {why}", node.said()));
    let usual = |names: &Vec<String>| {
        names.chunks(kind.activations().len()).all(|chunk| chunk == kind.activations())
    };
    if !usual(&node.activations) {
        return wrong("has other activations than PyTorch's");
    }
    if kind == Kind::Gru && node.number("linear_before_reset") != Some(1) {
        return wrong("has its reset gate before the product, and PyTorch's behind it");
    }
    if node.number("layout").is_some_and(|layout| layout != 0) {
        return wrong("has its batch first, which PyTorch never exports");
    }
    let both = match node.direction.as_deref() {
        None | Some("forward") => 1,
        Some("bidirectional") => 2,
        Some(_) => return wrong("reads backwards alone"),
    };
    let input = |place: usize| {
        let name = node.inputs.get(place).filter(|name| !name.is_empty())?;
        Some(known.initialiser(name).filter(|(_, flipped)| !flipped).map(|(i, _)| i))
    };
    if node.inputs.get(7).is_some_and(|name| !name.is_empty()) {
        return wrong("has peepholes, which PyTorch has not");
    }
    let module = path(node).map(|module| format!("{module}.")).unwrap_or_default();
    let count = layers.entry(module.clone()).or_default();
    let layer = *count;
    *count += 1;
    let gates = kind.gates().len();
    let mut found = Vec::new();
    let mut hidden = None;
    // R says how wide the state is.
    for (place, what) in [(2, "weight_hh"), (1, "weight_ih"), (3, "bias")] {
        let index = match input(place) {
            Some(Some(index)) => index,
            None if place == 3 => continue,
            _ => {
                let why =
                    "reads weights that other nodes compute; export with do_constant_folding=True";
                return wrong(why);
            }
        };
        let size = |axis: usize| {
            let size = known.tensor(index).shape.get(axis);
            size.and_then(|&n| usize::try_from(n).ok()).unwrap_or(usize::MAX)
        };
        let wide = *hidden.get_or_insert_with(|| size(2));
        let rows = wide.saturating_mul(gates);
        let (pieces, shape) = match place {
            3 => (2, vec![rows]),
            _ => (1, vec![rows, size(2)]),
        };
        let fits = size(0) == both && size(1) == rows.saturating_mul(pieces);
        if !fits || known.tensor(index).shape.len() != shape.len() + 1 {
            let shape = &known.tensor(index).shape;
            return wrong(&format!("reads {what} of shape {shape:?}, which it cannot be"));
        }
        let numbers = shape.iter().fold(1u64, |n, &axis| n.saturating_mul(axis as u64));
        for direction in 0..both {
            let end = ["", "_reverse"][direction];
            for piece in 0..pieces {
                let what = if place == 3 { ["bias_ih", "bias_hh"][piece] } else { what };
                found.push(Named {
                    name: format!("{module}{what}_l{layer}{end}"),
                    tensor: index,
                    skip: numbers.saturating_mul((direction * pieces + piece) as u64),
                    shape: shape.clone(),
                    order: Order::Gates(kind.gates()),
                });
            }
        }
    }
    Ok(found)
}

/// The initialisers that a node has as the states it starts with.
pub(super) fn starts(known: &Known<'_>, node: &Node) -> impl Iterator<Item = usize> {
    let states = node.inputs.iter().skip(5).take(2);
    states.filter_map(|name| known.initialiser(name)).map(|(i, _)| i)
}
