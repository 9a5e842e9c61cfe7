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

use crate::format::{MAX_HEADS, Model, Role, Stack};
use crate::layer::{Linear, first, first_mut, row_mut};
use crate::number::{Block, round_shift, small_exponent, softmax};

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
    pub(crate) fn own(model: &Model<'m>, stack: Stack, layer: usize) -> Self {
        Self::of(
            model,
            stack,
            layer,
            [Role::SelfQuery, Role::SelfKey, Role::SelfValue, Role::SelfOutput],
        )
    }

    pub(crate) fn cross(model: &Model<'m>, layer: usize) -> Self {
        Self::of(
            model,
            Stack::Decoder,
            layer,
            [Role::CrossQuery, Role::CrossKey, Role::CrossValue, Role::CrossOutput],
        )
    }

    fn of(model: &Model<'m>, stack: Stack, layer: usize, roles: [Role; 4]) -> Self {
        let linear = |role| Linear::of(model, stack, layer, role);
        let [query, key, value, output] = roles;
        Self {
            query: linear(query),
            key: linear(key),
            value: linear(value),
            output: linear(output),
            n_heads: model.dims().n_heads,
            d_head: model.dims().d_head,
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
        let mut exponents = [i8::MIN; MAX_HEADS];
        for (head, head_exponent) in (0..self.n_heads).zip(&mut exponents) {
            let weights = cache.energies(head, query, energies);
            softmax(weights);
            for (sum, &weight) in alignment.iter_mut().zip(&*weights) {
                *sum = sum.wrapping_add(weight);
            }
            let (alpha, exponent) = to_mantissas(energies, cache, head);
            cache.values(head, alpha, row_mut(out, head, self.d_head));
            *head_exponent = small_exponent(exponent);
        }
        let common = exponents.iter().copied().max().unwrap_or(0).into();
        for (head, &exponent) in (0..self.n_heads).zip(&exponents) {
            let down = i32::wrapping_sub(common, exponent.into()) as u32;
            for value in row_mut(out, head, self.d_head) {
                *value = round_shift(*value << CONTEXT_FRACTION, down);
            }
        }
        common.wrapping_sub(CONTEXT_FRACTION + 15)
    }
}

/// Weights in Q15 as mantissas, in place, each brought to the largest exponent of the values that
/// have a weight; zeros behind them. With |v| ≤ 127 and Σα = 1, |Σ α·v| < 2²³.
fn to_mantissas<'e>(
    weights: &'e mut [i32],
    cache: &Cache<'_>,
    head: usize,
) -> (&'e [[i16; 4]], i32) {
    let seen = weights.iter().zip(cache.value_exponents(head)).filter(|&(&weight, _)| weight != 0);
    let largest = seen.map(|(_, exponent)| exponent).max().unwrap_or(0);
    let n = weights.len();
    let halves: &mut [i16] = bytemuck::try_cast_slice_mut(weights).unwrap_or_default();
    let mut exponents = cache.value_exponents(head);
    for position in 0..n {
        // A weight is at most 2¹⁵: its lower half is all of it.
        let weight = halves.get(position.wrapping_mul(2)).map_or(0, |&half| i32::from(half as u16));
        let mantissa = exponents.next().map_or(0, |exponent| {
            round_shift(weight, largest.wrapping_sub(exponent) as u32).min(i16::MAX.into())
        });
        if let Some(place) = halves.get_mut(position) {
            *place = mantissa as i16;
        }
    }
    (first(halves, n).as_chunks().0, largest)
}

/// Digits kept below those of the sum when heads are brought to one exponent.
const CONTEXT_FRACTION: i32 = 8;
