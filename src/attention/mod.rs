//! Multi-head attention (arXiv 1706.03762, section 3.2.2), one query at a time.
//!
//! ```text
//! e_j = q·k_j      α = softmax(e)      c = Σ_j α_j·v_j      heads side by side ─► W_o
//! ```
//! 1/√d_head and log₂e are folded into the query weights by the converter. Positions beyond `len`
//! are never read, which is all that masks do: `len` is the source's real length, or the number
//! of words said so far.

mod apply;
mod cache;
mod sublayer;

pub(crate) use cache::{Cache, Caches};
pub(crate) use sublayer::{Sublayer, enter};

use crate::format::{MAX_HEADS, Model, Role, Stack};
use crate::kernel;
use crate::layer::{Linear, row, row_mut};
use crate::number::{Block, ENERGY_FRACTION, round_shift, shift, small_exponent, softmax};

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

    /// The context of `query` over the first `len` positions. `query`, `out`: `[n_heads·d_head]` ·
    /// `energies`: `[len]` or more · `alignment`: `[len]`, where the weights of all heads are
    /// summed up. Returns the exponent of `out`.
    pub(crate) fn attend(
        &self,
        query: Block<'_>,
        cache: &Cache<'_>,
        energies: &mut [i32],
        mut alignment: Option<&mut [i32]>,
        out: &mut [i32],
    ) -> i32 {
        let mut exponents = [i8::MIN; MAX_HEADS];
        for (head, head_exponent) in (0..self.n_heads).zip(&mut exponents) {
            let q = row(query.mantissas, head, self.d_head);
            self.weigh(Block { mantissas: q, exponent: query.exponent }, head, cache, energies);
            if let Some(sums) = alignment.as_deref_mut() {
                for (sum, &weight) in sums.iter_mut().zip(&*energies) {
                    *sum = sum.wrapping_add(weight);
                }
            }
            let out = row_mut(out, head, self.d_head);
            *head_exponent = self.gather(head, cache, energies, out);
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

    /// Energies of one head, then their softmax, in place.
    fn weigh(&self, q: Block<'_>, head: usize, cache: &Cache<'_>, energies: &mut [i32]) {
        for (position, energy) in energies.iter_mut().enumerate() {
            let (key, exponent) = cache.key(position, head);
            let product = kernel::dot(key, q.mantissas);
            *energy =
                shift(product, q.exponent.wrapping_add(exponent).wrapping_add(ENERGY_FRACTION));
        }
        softmax(energies);
    }

    /// `Σ_j α_j·v_j` of one head. Returns its exponent, less the 15 of the weights.
    fn gather(&self, head: usize, cache: &Cache<'_>, weights: &[i32], out: &mut [i32]) -> i8 {
        let seen = || {
            let all = (0..weights.len()).zip(weights).filter(|&(_, &weight)| weight != 0);
            all.map(|(position, &weight)| (weight, cache.value(position, head)))
        };
        let largest = seen().map(|(_, (_, exponent))| exponent).max().unwrap_or(0);
        out.fill(0);
        for (weight, (value, exponent)) in seen() {
            let weight = round_shift(weight, largest.wrapping_sub(exponent) as u32);
            kernel::accumulate(out, weight, value);
        }
        small_exponent(largest)
    }
}

/// Digits kept below those of the sum when heads are brought to one exponent.
const CONTEXT_FRACTION: i32 = 8;
