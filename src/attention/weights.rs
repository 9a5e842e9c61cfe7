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

    /// `Σ_j p_j·v_j` of a head, and what it is to be divided by. `out`: `[d_head]`, |out| < 2²³.
    pub(crate) fn values(self, cache: &Cache<'_>, head: usize, out: &mut [i32]) -> Sum {
        let exponent = cache.weigh(head, self.share.down, self.fours);
        cache.values(head, halves(self.fours), out);
        Sum { reciprocal: self.share.reciprocal, exponent }
    }
}

/// The scale of a sum of values.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sum {
    reciprocal: i32,
    pub(crate) exponent: i8,
}

/// Digits that a context gets below those of its sum.
const FRACTION: i32 = 8;

impl Sum {
    /// Divides `values`, the sum, and brings it to the exponent `common`; what it then counts in is
    /// 2^[`Self::LESS`] finer.
    pub(crate) fn divide(self, values: &mut [i32], common: i8) {
        let down = i32::from(common).wrapping_sub(self.exponent.into()) as u32;
        let multiplier = round_shift(self.reciprocal, down) << 16;
        for value in values {
            *value = scale(*value << FRACTION, multiplier);
        }
    }

    /// See [`Self::divide`].
    pub(crate) const LESS: i32 = FRACTION + 14;
}

/// Four halves for two words.
fn halves(fours: &[[i32; 2]]) -> &[[i16; 4]] {
    bytemuck::try_cast_slice(fours).unwrap_or_default()
}
