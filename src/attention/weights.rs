//! Softmax in powers of two: α_j = 2^(e_j − max e) / Σ, divided only when the context is there. The
//! converter folds log₂e into the queries, so that this is the softmax of the papers.
//!
//! ```text
//! e_j = q·k_j ─► p_j = 2^(e_j − max e) ─► c = (Σ_j p_j·v_j) / (Σ_j p_j)
//! ```

use super::cache::Head;
use crate::kernel::{self, scale};
use crate::layer::{first, first_mut};
use crate::number::{Block, ENERGY_FRACTION, Share, round_shift, shift, small_exponent};

/// Numerators of the weights of a head, four in two words.
pub(crate) struct Powers<'e> {
    fours: &'e mut [[i32; 2]],
    share: Share,
}

/// The products of a query with `len` keys in Q8, in octaves, and the highest; beyond 128 octaves they
/// saturate. Places behind the last position are so far below that they count nothing.
///
/// `query`: the first `d_head` numbers, and up to three behind · `room`: whole fours for `len`.
#[inline(always)] // For the flash.
pub(crate) fn energies<'e>(
    keys: &Head<'_>,
    len: usize,
    (query, d_head): (Block<'_>, usize),
    room: &'e mut [i32],
) -> (i32, &'e mut [[i32; 2]]) {
    let q = first(query.mantissas.as_chunks().0, d_head.div_ceil(4));
    kernel::dots(keys.words, d_head, q, room);
    let (sums, behind) = room.split_at_mut_checked(len).unwrap_or_default();
    behind.fill(sums.last().copied().unwrap_or(0));
    let (common, largest) =
        ((-ENERGY_FRACTION).saturating_sub(query.exponent), keys.largest.into());
    if common < largest {
        // So large a query that its digits are coarser than those of energies.
        for sum in &mut *room {
            *sum = shift(*sum, largest.saturating_sub(common));
        }
    }
    let highest = kernel::energies(room, keys.exponents, small_exponent(common.max(largest)));
    let n = room.len() / 2;
    let (fours, _) = first_mut(room, n).as_chunks_mut();
    let halves: &mut [i16] = bytemuck::try_cast_slice_mut(fours).unwrap_or_default();
    for behind in halves.get_mut(len..).unwrap_or_default() {
        *behind = highest.wrapping_add(1) as i16;
    }
    (highest, fours)
}

impl<'e> Powers<'e> {
    /// Of energies, and the highest of them.
    #[inline(always)] // For the flash.
    pub(crate) fn of((highest, fours): (i32, &'e mut [[i32; 2]])) -> Self {
        let share = Share::of(kernel::powers(highest, fours));
        Self { fours, share }
    }

    /// Adds the weights, in Q15. `to`: `[positions]` or shorter.
    pub(crate) fn add_to(&self, to: &mut [i32]) {
        for (sum, &power) in to.iter_mut().zip(halves(self.fours).as_flattened()) {
            *sum = sum.wrapping_add(self.share.weight(power.into()));
        }
    }

    /// `Σ_j α_j·v_j`, as fractions of 2^(`common` − 14), of values in a matrix of `columns`.
    ///
    /// `out`: `[d_head]` · `common`: at least the largest exponent of the values.
    pub(crate) fn context(self, values: &Head<'_>, columns: usize, common: i8, out: &mut [i32]) {
        let largest = i32::from(values.largest);
        let cut = small_exponent(largest.wrapping_add(self.share.down as i32));
        kernel::mantissas(self.fours, values.exponents, cut);
        kernel::dots(values.words, columns, halves(self.fours), out);
        let down = i32::from(common).wrapping_sub(largest) as u32;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::bare_words;
    use crate::layer::block;

    #[test]
    fn energies_are_products_in_octaves_whatever_the_exponents_and_saturate() {
        let keys = [[100, 27, -3], [-128, 90, 5], [1, 0, 0], [0, 0, -1], [64, 64, 64]];
        let mut words = vec![0xA5A5_A5A5; bare_words(keys.len(), 3)];
        for (position, key) in keys.iter().enumerate() {
            kernel::put_row(&mut words, 3, position, &key.map(|k: i32| 4 * k), 2);
        }
        let exponents = [[-3, -2, -2, -5], [-4; 4]];
        let head = Head { words: &words, exponents: &exponents, largest: -2 };
        let q = [1000, -700, 31, 0];
        for exponent in [-30, -18, -7, -6, -5, 0, 3, 40] {
            let mut room = [0; 8];
            let query = (block(&q, exponent), 3);
            let (highest, fours) = energies(&head, keys.len(), query, &mut room);
            let found: &[i16] = bytemuck::cast_slice(fours);
            for ((key, k), &found) in keys.iter().zip(exponents.as_flattened()).zip(found) {
                let kept = key.map(|k| k.max(-127));
                let sum: i32 = kept.iter().zip(q).map(|(&k, q)| k * i32::from(q)).sum();
                let exact = f64::from(sum) * f64::from(exponent + i32::from(*k) + 8).exp2();
                let exact = exact.floor().clamp(-32768.0, 32767.0);
                assert_eq!(f64::from(found), exact, "exponent {exponent}");
            }
            assert_eq!(highest, found[..keys.len()].iter().copied().max().unwrap().into());
            assert!(found[keys.len()..].iter().all(|&e| e == (highest + 1) as i16));
        }
    }
}
