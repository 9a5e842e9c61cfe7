//! Softmax in powers of two: α_j = 2^(e_j − max e) / Σ, divided only when the context is there. The
//! converter folds log₂e into the queries, so that this is the softmax of the papers.
//!
//! ```text
//! p_j = 2^(e_j − max e)        c = (Σ_j p_j·v_j) / (Σ_j p_j)
//! ```

use super::cache::Cache;
use crate::kernel::{self, scale};
use crate::number::{Share, round_shift};

/// Numerators of the weights of a head, four in two words.
pub(crate) struct Powers<'e> {
    fours: &'e mut [[i32; 2]],
    share: Share,
}

impl<'e> Powers<'e> {
    /// Of energies in Q8, and the highest of them.
    pub(crate) fn of(highest: i32, energies: &'e mut [[i32; 2]]) -> Self {
        let share = Share::of(kernel::powers(highest, energies));
        Self { fours: energies, share }
    }

    /// Adds the weights, in Q15. `to`: `[positions]` or shorter.
    pub(crate) fn add_to(&self, to: &mut [i32]) {
        for (sum, &power) in to.iter_mut().zip(halves(self.fours).as_flattened()) {
            *sum = sum.wrapping_add(self.share.weight(power.into()));
        }
    }

    /// `Σ_j α_j·v_j` of a head, as fractions of 2^(`common` − 14). `out`: `[d_head]` · `common`: at
    /// least the largest exponent of the values.
    pub(crate) fn values(self, cache: &Cache<'_>, head: usize, common: i32, out: &mut [i32]) {
        let exponent = cache.weigh(head, self.share.down, self.fours);
        cache.values(head, halves(self.fours), out);
        let down = common.wrapping_sub(exponent) as u32;
        let multiplier = round_shift(self.share.reciprocal, down) << 16;
        for value in out {
            *value = scale(*value, multiplier);
        }
    }
}

/// Four halves for two words.
fn halves(fours: &[[i32; 2]]) -> &[[i16; 4]] {
    bytemuck::try_cast_slice(fours).unwrap_or_default()
}
