//! Softmax in powers of two: α_j = 2^(e_j − max e) / Σ. The converter folds log₂e into the queries,
//! so that this is the softmax of the papers.

use super::exp2::{FRACTION, RESULT_FRACTION, exp2_neg};
use super::round_shift;

/// Fraction bits of energies.
pub const ENERGY_FRACTION: i32 = FRACTION as i32;

/// Largest error of a weight of [`softmax`], in units of its last place (2⁻¹⁵); to which each
/// position adds 1/64, for it may round half a 2⁻²⁰ away.
pub const SOFTMAX_MAX_ERROR: f64 = 3.0;

/// Turns `energies` (Q11, in octaves, |e| ≤ 2²⁶) into weights in Q15 whose sum is 1 up to their
/// rounding. `energies`: `[len]`, len ≤ 1024. An empty row stays empty.
pub fn softmax(energies: &mut [i32]) {
    softmax_below(energies.iter().copied().max().unwrap_or(0), energies);
}

/// The same where the largest energy is known.
pub(crate) fn softmax_below(best: i32, energies: &mut [i32]) {
    let mut sum = 0u32;
    for energy in energies.iter_mut() {
        // 2^(−x) of the largest x is 0, as of all beyond.
        let below = best.wrapping_sub(*energy).clamp(0, u16::MAX.into());
        *energy = exp2_neg(below as u16);
        sum = sum.wrapping_add(*energy as u32);
    }
    // 1/Σ with 16 significant digits: Σ = short · 2^octaves, short in 2¹⁵ … 2¹⁶.
    let octaves = 16u32.saturating_sub(sum.leading_zeros());
    let short = round_shift(sum as i32, octaves) as u32;
    let reciprocal = (1u32 << 31).checked_div(short).unwrap_or(0);
    let down = octaves.wrapping_add(31 - RESULT_FRACTION) & 31;
    let half = (1 << down) >> 1;
    for weight in energies.iter_mut() {
        // 15 digits of the weight times 16 of the reciprocal fit 32 bits.
        const DIGITS: u32 = RESULT_FRACTION - 15;
        let short = (*weight as u32).wrapping_add(1 << (DIGITS - 1)) >> DIGITS;
        *weight = (short.wrapping_mul(reciprocal).wrapping_add(half) >> down) as i32;
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
            energies.iter().map(|&e| ((f64::from(e) - best) / 2048.0).exp2()).collect();
        let sum: f64 = exact.iter().sum();
        for (&weight, exact) in weights.iter().zip(&exact) {
            let error = (f64::from(weight) - exact / sum * 32768.0).abs();
            let allowed = SOFTMAX_MAX_ERROR + energies.len() as f64 / 64.0;
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
            for below in [30_000, 31_000, 32_829, 34_000, 40_000] {
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
