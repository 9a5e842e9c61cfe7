//! The two ways to store a cell, told apart by their names, and the one form they become.
//!
//! | | PyTorch | Keras | here |
//! |---|---|---|---|
//! | W | `weight_ih` `[g·hidden, in]` | `kernel` `[in, g·hidden]` | `[g·hidden, in]` |
//! | U | `weight_hh` `[g·hidden, hidden]` | `recurrent_kernel` `[hidden, g·hidden]` | `[g·hidden, hidden]` |
//! | biases | `bias_ih`, `bias_hh` | one, or two rows for GRU with reset after | of W, of U |
//! | gates of GRU | r, z, n | z, r, n | r, z, n |
//! | gates of LSTM | i, f, g, o | i, f, g, o | i, f, g, o |

use super::{Cell, Reset};
use crate::description::wrong;
use crate::{Error, Linear, Weights};
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};

/// Takes W and U of one cell with their biases. `side`: `encoder` or `decoder` · `end`: `l0`,
/// `l0_reverse` … · `[width, hidden]`: of what the cell reads, of its state.
pub(super) fn take(
    weights: &mut Weights,
    side: &str,
    end: &str,
    cell: Cell,
    widths: [usize; 2],
) -> Result<[Linear; 2], Error> {
    let name = |tensor: &str| format!("{side}.rnn.{tensor}_{end}");
    if weights.has(&name("kernel")) || weights.has(&name("recurrent_kernel")) {
        return keras(weights, name, cell, widths);
    }
    if cell == Cell::Gru(Reset::Before) && weights.has(&name("weight_ih")) {
        let why =
            "is \"before\", but the weights have the names of PyTorch, whose GRU resets after";
        return wrong(format!("{side}.reset"), why.into());
    }
    pytorch(weights, name, cell, widths)
}

fn pytorch(
    weights: &mut Weights,
    name: impl Fn(&str) -> String,
    cell: Cell,
    [width, hidden]: [usize; 2],
) -> Result<[Linear; 2], Error> {
    let rows = cell.gates() * hidden;
    let biased = weights.has(&name("bias_ih")) || weights.has(&name("bias_hh"));
    let mut linear = |what: &str, columns| {
        let weight = weights.matrix(&name(&format!("weight_{what}")), [rows, columns])?;
        let bias = || weights.vector(&name(&format!("bias_{what}")), rows);
        Ok(Linear { weight, bias: biased.then(bias).transpose()? })
    };
    Ok([linear("ih", width)?, linear("hh", hidden)?])
}

fn keras(
    weights: &mut Weights,
    name: impl Fn(&str) -> String,
    cell: Cell,
    [width, hidden]: [usize; 2],
) -> Result<[Linear; 2], Error> {
    let columns = cell.gates() * hidden;
    let kernel = weights.matrix(&name("kernel"), [width, columns])?;
    let recurrent = weights.matrix(&name("recurrent_kernel"), [hidden, columns])?;
    let biases = match (weights.has(&name("bias")), cell) {
        (false, _) => [None, None],
        (true, Cell::Gru(Reset::After)) => {
            let both = weights.matrix(&name("bias"), [2, columns])?;
            [0, 1].map(|row| Some(both.row(row).to_owned()))
        }
        (true, _) => [Some(weights.vector(&name("bias"), columns)?), None],
    };
    let [of_input, of_recurrent] = biases.map(|bias| bias.map(|bias| reorder_vector(cell, bias)));
    Ok([
        Linear { weight: reorder(cell, kernel.t()).into_shared(), bias: of_input },
        Linear { weight: reorder(cell, recurrent.t()).into_shared(), bias: of_recurrent },
    ])
}

/// Gates of Keras as gates of PyTorch: `[gates·hidden, in]`.
fn reorder(cell: Cell, weight: ArrayView2<'_, f32>) -> Array2<f32> {
    let hidden = weight.nrows() / cell.gates();
    let order: &[usize] = match cell {
        Cell::Rnn => &[0],
        Cell::Gru(_) => &[1, 0, 2],
        Cell::Lstm => &[0, 1, 2, 3],
    };
    let block = |&gate: &usize| weight.slice(s![gate * hidden..(gate + 1) * hidden, ..]);
    let blocks: Vec<_> = order.iter().map(block).collect();
    concatenate(Axis(0), &blocks).expect("all blocks have the columns of one matrix")
}

/// As [`reorder`], of a bias: `[gates·hidden]`.
fn reorder_vector(cell: Cell, bias: Array1<f32>) -> Array1<f32> {
    reorder(cell, bias.view().insert_axis(Axis(1))).remove_axis(Axis(1))
}
