//! Softmax in powers of two: α_j = 2^(e_j − max e) / Σ. The converter folds log₂e into what makes
//! energies, so that this is the softmax of the papers.

use crate::kernel::{EXP2_FRACTION, exp2_neg};

/// Fraction bits of energies.
pub const ENERGY_FRACTION: i32 = EXP2_FRACTION;

/// Largest error of a weight of [`softmax`], in units of its last place (2⁻¹⁵); to which each
/// position adds one, for what is 2⁻¹⁵ of the largest weight, or less, may count as nothing.
pub const SOFTMAX_MAX_ERROR: f64 = 3.0;

/// Turns `energies` (Q8, in octaves, |e| ≤ 2²⁶) into weights in Q15 whose sum is 1 up to their
/// rounding. `energies`: `[len]`, len ≤ 1024. An empty row stays empty.
pub fn softmax(energies: &mut [i32]) {
    let best = energies.iter().copied().max().unwrap_or(0);
    let mut sum = 0u32;
    for energy in energies.iter_mut() {
        // 2^(−x) of the largest x is 0, as of all beyond.
        let below = best.wrapping_sub(*energy).clamp(0, u16::MAX.into());
        *energy = exp2_neg(below as u16).into();
        sum = sum.wrapping_add(*energy as u32);
    }
    let share = Share::of(sum);
    for energy in energies {
        *energy = share.weight(*energy);
    }
}

/// What a power of two is of their sum: `1/Σ = reciprocal · 2^(−30 − down)`.
#[derive(Clone, Copy)]
pub(crate) struct Share {
    /// What leaves 16 bits of the sum.
    pub(crate) down: u32,
    /// In 2¹⁴ … 2¹⁵ − 1.
    pub(crate) reciprocal: i32,
}

impl Share {
    /// `sum`: at least 2¹⁵ − 1, or nothing.
    pub(crate) fn of(sum: u32) -> Self {
        let down = 16u32.saturating_sub(sum.leading_zeros());
        let sum = sum >> (down & 31);
        let reciprocal = (1u32 << 30).wrapping_add(sum >> 1).checked_div(sum).unwrap_or(0);
        Self { down, reciprocal: reciprocal.min(0x7FFF) as i32 }
    }

    /// The weight of `power`, in Q15.
    pub(crate) fn weight(self, power: i32) -> i32 {
        let down = self.down.wrapping_add(15) & 31;
        power.wrapping_mul(self.reciprocal).wrapping_add((1 << down) >> 1) >> down
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn check(energies: &[i32]) {
        let mut weights = energies.to_vec();
        softmax(&mut weights);
        let best = f64::from(*energies.iter().max().expect("not empty"));
        let exact: Vec<f64> =
            energies.iter().map(|&e| ((f64::from(e) - best) / 256.0).exp2()).collect();
        let sum: f64 = exact.iter().sum();
        for (&weight, exact) in weights.iter().zip(&exact) {
            let error = (f64::from(weight) - exact / sum * 32768.0).abs();
            let allowed = SOFTMAX_MAX_ERROR + energies.len() as f64;
            assert!(error <= allowed, "{} positions: {weight} is off by {error}", energies.len());
        }
    }

    #[test]
    fn softmax_is_within_its_error() {
        check(&[0]);
        check(&[1 << 26, -(1 << 26)]);
        for len in [2, 3, 15, 16, 17, 48, 1000, 1024] {
            check(&(0..len).map(|j| j * 7919 % 20011 - 9000).collect::<Vec<_>>());
            check(&(0..len).map(|_| -77).collect::<Vec<_>>());
            check(&(0..len).map(|j| j * 100).collect::<Vec<_>>());
            // Many weights that round to nothing one by one, but not together.
            for below in [3750, 3800, 4100, 4250, 5000] {
                check(&(0..len).map(|j| if j == 3 { below } else { 0 }).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn softmax_of_nothing_is_nothing() {
        softmax(&mut []);
    }

    #[test]
    fn a_constant_added_to_all_energies_changes_nothing() {
        let mut a = [100, -4000, 2047];
        let mut b = a.map(|e| e + 123_456);
        softmax(&mut a);
        softmax(&mut b);
        assert_eq!(a, b);
    }
}
