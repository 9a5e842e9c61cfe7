//! Multi-head attention (arXiv 1706.03762, section 3.2.2), one query at a time: its RAM is a number
//! per position.
//!
//! ```text
//! e_j = q·k_j      α = softmax(e)      c = Σ_j α_j·v_j      heads side by side ─► W_o
//! ```
//! What energies are multiplied by, 1/√d_head, and log₂e are folded into the query weights by the converter. Positions beyond `len`
//! count for nothing, which is all that masks do: `len` is the source's real length, or the number
//! of words said so far.

mod apply;
mod cache;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod distances;
mod sublayer;
mod weights;

pub(crate) use apply::Looks;
pub(crate) use cache::{Cache, Caches};
pub(crate) use distances::Distances;
pub(crate) use sublayer::{Sublayer, enter};

use crate::format::{Directory, Role, Stack};
use crate::layer::{Linear, block, first_mut};
use crate::number::Block;
use weights::{Powers, energies};

/// The four matrices of an attention.
pub(crate) struct Attention<'m> {
    pub(crate) query: Linear<'m>,
    pub(crate) key: Linear<'m>,
    pub(crate) value: Linear<'m>,
    pub(crate) output: Linear<'m>,
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
        let d_head = directory.model.dims().d_head;
        let mut next = |role| Linear::next(directory, stack, layer, role);
        let [query, key, value, output] = roles;
        Self {
            query: next(query),
            key: next(key),
            value: next(value),
            output: next(output),
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
    /// `looks.energies`: whole fours for the positions · `looks.alignment`: `[positions]`, where the
    /// weights of all heads are summed up. Returns the exponent of `out`.
    #[inline(never)] // For the flash.
    pub(crate) fn attend(
        &self,
        query: Block<'_>,
        cache: &Cache<'_>,
        looks: &mut Looks<'_>,
        out: &mut [i32],
    ) -> i32 {
        let room = first_mut(looks.energies, cache.len().wrapping_add(3) & !3);
        let mut distances = looks.distances;
        let common = cache.largest();
        let mut rest = query.mantissas;
        for ([keys, values], out) in cache.heads().zip(out.chunks_mut(self.d_head.max(1))) {
            let q = (block(rest, query.exponent), self.d_head);
            let energies = energies(&keys, cache.len(), q, room);
            let powers = Powers::of(distances.add(cache.len(), energies));
            powers.add_to(looks.alignment);
            powers.context(&values, cache.positions(), common, out);
            rest = rest.get(self.d_head..).unwrap_or(&[]);
        }
        i32::from(common).wrapping_sub(14)
    }
}
