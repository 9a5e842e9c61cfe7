//! Softmax in powers of two: α_j = 2^(e_j − max e) / Σ. The converter folds log₂e into the queries,
//! so that this is the softmax of the papers.

use super::exp2::{FRACTION, exp2_neg};

/// Fraction bits of energies.
pub const ENERGY_FRACTION: i32 = FRACTION as i32;

/// Turns `energies` (Q11, in octaves, |e| ≤ 2²⁶) into weights in Q15 whose sum is 1 up to their
/// rounding. `energies`: `[len]`, len ≤ 1024. An empty row stays empty.
pub fn softmax(energies: &mut [i32]) {
    let best = energies.iter().copied().max().unwrap_or(0);
    let mut sum = 0u32;
    for energy in energies.iter_mut() {
        let below = best.wrapping_sub(*energy);
        let weight = u16::try_from(below).map_or(0, exp2_neg);
        sum = sum.wrapping_add(weight.into());
        *energy = weight.into();
    }
    // 1/Σ with 16 significant digits: Σ = short · 2^octaves, short in 2¹⁵ … 2¹⁶.
    let octaves = 16u32.saturating_sub(sum.leading_zeros()) & 15;
    let short = sum.wrapping_add((1 << octaves) >> 1) >> octaves;
    let reciprocal = (1u32 << 31).checked_div(short).unwrap_or(0);
    for weight in energies.iter_mut() {
        let product = (*weight as u32).wrapping_mul(reciprocal);
        let down = 16 + octaves;
        *weight = (product.wrapping_add(1 << (down - 1)) >> down) as i32;
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
            assert!(error <= 3.0, "{energies:?}: {weight} is off by {error}");
        }
    }

    #[test]
    fn softmax_is_within_three_last_places() {
        check(&[0]);
        check(&[1 << 26, -(1 << 26)]);
        for len in [2, 3, 15, 16, 17, 48, 1000, 1024] {
            check(&(0..len).map(|j| j * 7919 % 20011 - 9000).collect::<Vec<_>>());
            check(&(0..len).map(|_| -77).collect::<Vec<_>>());
            check(&(0..len).map(|j| j * 100).collect::<Vec<_>>());
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
