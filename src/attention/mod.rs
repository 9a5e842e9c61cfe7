//! Multi-head attention (arXiv 1706.03762, section 3.2.2), one query at a time: its RAM is a number
//! per position.
//!
//! ```text
//! e_j = q·k_j      α = softmax(e)      c = Σ_j α_j·v_j      heads side by side ─► W_o
//! ```
//! 1/√d_head and log₂e are folded into the query weights by the converter. Positions beyond `len`
//! are never read, which is all that masks do: `len` is the source's real length, or the number
//! of words said so far.

mod apply;
mod cache;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod sublayer;

pub(crate) use apply::Looks;
pub(crate) use cache::{Cache, Caches};
pub(crate) use sublayer::{Sublayer, enter};

use crate::format::{Dims, Directory, MAX_HEADS, Role, Stack};
use crate::layer::{Linear, first, first_mut, row_mut};
use crate::number::{Block, round_shift, small_exponent, softmax_below};
use core::cell::Cell;

/// The four matrices of an attention.
pub(crate) struct Attention<'m> {
    pub(crate) query: Linear<'m>,
    pub(crate) key: Linear<'m>,
    pub(crate) value: Linear<'m>,
    pub(crate) output: Linear<'m>,
    pub(crate) n_heads: usize,
    pub(crate) d_head: usize,
}

impl<'m> Attention<'m> {
    /// Self-attention, next in a directory.
    pub(crate) fn own(directory: &mut Directory<'_, 'm>, stack: Stack, layer: usize) -> Self {
        let roles = [Role::SelfQuery, Role::SelfKey, Role::SelfValue, Role::SelfOutput];
        Self::next(directory, stack, layer, roles)
    }

    /// Cross-attention, next in a directory.
    pub(crate) fn cross(directory: &mut Directory<'_, 'm>, layer: usize) -> Self {
        let roles = [Role::CrossQuery, Role::CrossKey, Role::CrossValue, Role::CrossOutput];
        Self::next(directory, Stack::Decoder, layer, roles)
    }

    #[inline(never)] // For the flash.
    fn next(
        directory: &mut Directory<'_, 'm>,
        stack: Stack,
        layer: usize,
        roles: [Role; 4],
    ) -> Self {
        let Dims { n_heads, d_head, .. } = *directory.model.dims();
        let mut next = |role| Linear::next(directory, stack, layer, role);
        let [query, key, value, output] = roles;
        Self {
            query: next(query),
            key: next(key),
            value: next(value),
            output: next(output),
            n_heads,
            d_head,
        }
    }

    /// Mantissa bits of queries: |q·k| < 2²³ for any int8 key, as for any other matrix.
    pub(crate) fn query_bits(&self) -> u32 {
        let sum = (self.d_head as u32).wrapping_mul(127).max(1);
        23u32.wrapping_sub(sum.ilog2()).clamp(8, 14)
    }

    /// The context of `query` over the positions of `cache`. `query`: `[n_heads·d_head]`, and three
    /// numbers behind · `out`: `[n_heads·d_head]` ·
    /// `energies`: whole fours for the positions · `alignment`: `[positions]`, where the weights of
    /// all heads are summed up. Returns the exponent of `out`.
    #[inline(never)] // For the flash.
    pub(crate) fn attend(
        &self,
        query: Block<'_>,
        cache: &Cache<'_>,
        energies: &mut [i32],
        alignment: &mut [i32],
        out: &mut [i32],
    ) -> i32 {
        let energies = first_mut(energies, cache.rounded());
        let mut exponents = [0; MAX_HEADS];
        let mut common = i8::MIN;
        for (head, head_exponent) in (0..self.n_heads).zip(&mut exponents) {
            let (weights, highest) = cache.energies(head, query, energies);
            softmax_below(highest, weights);
            for (sum, &weight) in alignment.iter_mut().zip(&*weights) {
                *sum = sum.wrapping_add(weight);
            }
            let (alpha, exponent) = to_mantissas(energies, cache, head);
            cache.values(head, alpha, row_mut(out, head, self.d_head));
            *head_exponent = small_exponent(exponent);
            common = common.max(*head_exponent);
        }
        for (head, &exponent) in (0..self.n_heads).zip(&exponents) {
            let down = i32::from(common).wrapping_sub(exponent.into());
            raise(row_mut(out, head, self.d_head), CONTEXT_FRACTION.wrapping_sub(down));
        }
        i32::from(common).wrapping_sub(CONTEXT_FRACTION + 15)
    }
}

/// Weights in Q15 as mantissas, in place, each brought to the largest exponent of the values that
/// have a weight; zeros behind them. With |v| ≤ 127 and Σα = 1, |Σ α·v| < 2²³.
fn to_mantissas<'e>(
    weights: &'e mut [i32],
    cache: &Cache<'_>,
    head: usize,
) -> (&'e [[i16; 4]], i32) {
    let exponents = cache.value_exponents(head);
    let mut largest = i8::MIN;
    for (&weight, &exponent) in weights.iter().zip(exponents) {
        if weight != 0 && exponent > largest {
            largest = exponent;
        }
    }
    for behind in weights.get_mut(exponents.len()..).unwrap_or_default() {
        *behind = 0;
    }
    let mut exponents = exponents.iter();
    let mut mantissa = |weight: &Cell<i32>| {
        let down = exponents.next().map_or(0, |&e| i32::from(largest).wrapping_sub(e.into()));
        round_shift(weight.get(), down as u32).min(i16::MAX.into())
    };
    // Two words of mantissas take the place of four weights that were read before.
    let (n, cells) = (weights.len() / 4, Cell::from_mut(&mut *weights).as_slice_of_cells());
    let (fours, places) = (cells.as_chunks::<4>().0, cells.as_chunks::<2>().0);
    for ([a, b, c, d], [ab, cd]) in fours.iter().zip(places) {
        let [a, b, c, d] = [mantissa(a), mantissa(b), mantissa(c), mantissa(d)];
        ab.set(a | b << 16);
        cd.set(c | d << 16);
    }
    let halves: &[i16] = bytemuck::try_cast_slice(weights).unwrap_or_default();
    (first(halves.as_chunks().0, n), largest.into())
}

/// `values · 2^by`, rounded if that is to the right; |values| < 2²³, `by` ≤ 8.
fn raise(values: &mut [i32], by: i32) {
    if by < 0 {
        for value in values {
            *value = round_shift(*value, by.unsigned_abs());
        }
    } else {
        for value in values {
            *value <<= by & 31;
        }
    }
}

/// Digits kept below those of the sum when heads are brought to one exponent.
const CONTEXT_FRACTION: i32 = 8;
