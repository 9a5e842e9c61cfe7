//! The tensors of Keras' layers as ours.
//!
//! | layer | `vars/0`, `1`, … | here |
//! |---|---|---|
//! | `Dense` | kernel `[in, out]`, bias | `weight` `[out, in]`, `bias` |
//! | cells | kernel, recurrent_kernel, bias | the same, as the twin reads them |
//! | norms | γ, β | `weight`, `bias` |
//! | `MultiHeadAttention` | of `query_dense`, `key_dense`, `value_dense`: kernel `[in, heads, d_head]`, bias `[heads, d_head]`; of `output_dense`: `[heads, d_head, out]`, `[out]` | `query`, `key`, `value`, `output`; the rows of a head follow each other |

use crate::Error;
use crate::taken::Taken;
use ndarray::{Array1, Array2, Ix2, Ix3};
use twin::recurrent::{Cell, Reset};
use twin::transformer::Config;

/// The name of a variable of a layer.
pub(super) fn var(path: &str, number: usize) -> String {
    format!("{path}/vars/{number}")
}

/// Columns as rows, in their order in RAM too.
fn turned(matrix: &Array2<f32>) -> Array2<f32> {
    matrix.t().as_standard_layout().into_owned()
}

/// The matrix of a `Dense` `[out, in]`.
pub(super) fn matrix(
    taken: &mut Taken,
    theirs: &str,
    [out, read]: [usize; 2],
) -> Result<Array2<f32>, Error> {
    Ok(turned(&taken.matrix(&var(theirs, 0), [read, out])?))
}

/// The bias of a `Dense`, if it has one.
pub(super) fn bias(
    taken: &mut Taken,
    theirs: &str,
    out: usize,
) -> Result<Option<Array1<f32>>, Error> {
    let name = var(theirs, 1);
    let there = taken.store().has(&name);
    there.then(|| taken.vector(&name, out)).transpose()
}

/// A `Dense` of `[out, in]`.
pub(super) fn dense(
    taken: &mut Taken,
    theirs: &str,
    ours: &str,
    shape: [usize; 2],
) -> Result<(), Error> {
    let weight = matrix(taken, theirs, shape)?;
    taken.put(format!("{ours}.weight"), weight);
    if let Some(bias) = bias(taken, theirs, shape[0])? {
        taken.put(format!("{ours}.bias"), bias);
    }
    Ok(())
}

/// A cell; `ours`: `encoder.rnn` or `decoder.rnn` · `end`: `l0`, `l0_reverse` … · `[width, hidden]`: of
/// what it reads, of its state.
pub(super) fn cell(
    taken: &mut Taken,
    theirs: &str,
    ours: &str,
    end: &str,
    cell: Cell,
    [width, hidden]: [usize; 2],
) -> Result<(), Error> {
    let columns = cell.gates().saturating_mul(hidden);
    let both = [2, columns];
    let bias = if cell == Cell::Gru(Reset::After) { &both[..] } else { &both[1..] };
    for (number, tensor, shape) in [
        (0, "kernel", &[width, columns][..]),
        (1, "recurrent_kernel", &[hidden, columns]),
        (2, "bias", bias),
    ] {
        let theirs = var(theirs, number);
        if number < 2 || taken.store().has(&theirs) {
            taken.carry(&theirs, format!("{ours}.{tensor}_{end}"), shape)?;
        }
    }
    Ok(())
}

/// A norm. An RMS norm has no β.
pub(super) fn norm(taken: &mut Taken, theirs: &str, ours: &str, width: usize) -> Result<(), Error> {
    taken.carry(&var(theirs, 0), format!("{ours}.weight"), &[width])?;
    let beta = var(theirs, 1);
    if taken.store().has(&beta) {
        taken.carry(&beta, format!("{ours}.bias"), &[width])?;
    }
    Ok(())
}

/// A `MultiHeadAttention`. `memory`: width of what keys and values are made of.
pub(super) fn heads(
    taken: &mut Taken,
    theirs: &str,
    ours: &str,
    c: &Config,
    memory: usize,
) -> Result<(), Error> {
    let (rows, shape) = (c.d_attention(), [c.n_heads, c.d_head]);
    for (part, read) in [("query", c.d_model), ("key", memory), ("value", memory)] {
        let theirs = format!("{theirs}/{part}_dense");
        let name = var(&theirs, 0);
        let kernel = taken.store().take::<Ix3>(&name, &[read, shape[0], shape[1]])?;
        let kernel = kernel.into_shape_with_order((read, rows));
        taken.put(format!("{ours}.{part}.weight"), turned(&kernel.unwrap_or_default()));
        let name = var(&theirs, 1);
        if taken.store().has(&name) {
            let bias = taken.store().take::<Ix2>(&name, &shape)?;
            taken.put(format!("{ours}.{part}.bias"), bias.flatten().into_owned());
        }
    }
    let theirs = format!("{theirs}/output_dense");
    let name = var(&theirs, 0);
    let kernel = taken.store().take::<Ix3>(&name, &[shape[0], shape[1], c.d_model])?;
    let kernel = kernel.into_shape_with_order((rows, c.d_model));
    taken.put(format!("{ours}.output.weight"), turned(&kernel.unwrap_or_default()));
    if let Some(bias) = bias(taken, &theirs, c.d_model)? {
        taken.put(format!("{ours}.output.bias"), bias);
    }
    Ok(())
}
