//! The layers of all models. Each reads a [`Block`], writes wide values and returns their exponent.

mod blocks;
mod embedding;
mod feed_forward;
#[cfg(feature = "variants")]
mod gated;
mod lanes;
mod linear;
mod matrix;
mod norm;

pub(crate) use blocks::Blocks;
pub(crate) use embedding::{Embedding, look_up_anywhere};
pub(crate) use feed_forward::FeedForward;
pub(crate) use lanes::{Lanes, Row};
pub(crate) use linear::{Input, Linear, Pass};
pub(crate) use matrix::Matrix;
pub(crate) use norm::Norm;

use crate::arena::Carver;
use crate::format::Plan;
use crate::number::Block;

/// RAM that is free between layers.
pub(crate) struct Scratch<'a> {
    /// What a layer computes: as long as the widest of them.
    pub(crate) wide: &'a mut [i32],
    /// What the next layer reads: as long, or as a cell and its state.
    pub(crate) narrow: &'a mut [i16],
    /// The residual stream of the token at hand, or its embedding. `[max(d_model, d_embedding)]`
    pub(crate) stream: &'a mut [i16],
    /// Energies, then weights, of one head. `[max(max_source_len, max_target_len)]`
    pub(crate) energies: &'a mut [i32],
    /// Sum over heads of the weights of the alignment layer. `[max_source_len]`
    pub(crate) alignment: &'a mut [i32],
}

impl<'a> Scratch<'a> {
    pub(crate) fn carve(arena: &mut Carver<'a>, plan: &Plan) -> Self {
        Self {
            wide: arena.take(plan.wide),
            narrow: arena.take(plan.narrow),
            stream: arena.take(plan.stream),
            energies: arena.take(plan.energies),
            alignment: arena.take(plan.alignment),
        }
    }
}

/// The first `n`, or all.
pub(crate) fn first<T>(values: &[T], n: usize) -> &[T] {
    values.get(..n).unwrap_or(values)
}

/// The first `n`, or all.
pub(crate) fn first_mut<T>(values: &mut [T], n: usize) -> &mut [T] {
    let n = n.min(values.len());
    values.get_mut(..n).unwrap_or_default()
}

/// Row `i` of rows of `n`; empty if there is none.
pub(crate) fn row<T>(values: &[T], i: usize, n: usize) -> &[T] {
    let start = i.wrapping_mul(n);
    values.get(start..start.wrapping_add(n)).unwrap_or(&[])
}

/// Row `i` of rows of `n`; empty if there is none.
pub(crate) fn row_mut<T>(values: &mut [T], i: usize, n: usize) -> &mut [T] {
    let start = i.wrapping_mul(n);
    values.get_mut(start..start.wrapping_add(n)).unwrap_or_default()
}

/// Mantissas and the exponent they share.
pub(crate) fn block(mantissas: &[i16], exponent: i32) -> Block<'_> {
    Block { mantissas, exponent }
}
