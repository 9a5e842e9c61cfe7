//! What attention does between its two products. Halves lie in words, the first in the lower half, two
//! words for four of them; so do exponents, a byte each.
//!
//! ```text
//! energies    e_j = ⌊s_j / 2^(c − k_j)⌋          of products s and the exponents k of keys; saturates
//! powers      p_j = 2^(e_j − max e)              in Q15
//! mantissas   m_j = ⌊p_j / 2^(c − v_j)⌋          for values of exponents v
//! ```

use crate::kernel::exp2::exp2_neg;
use core::cell::Cell;

/// Turns `sums` into energies of 16 bits in its first half, and returns the highest.
///
/// `sums`: whole fours, or the rest stays · `exponents`: as many; 0 ≤ `common` − exponent < 256.
pub fn energies(sums: &mut [i32], exponents: &[[i8; 4]], common: i8) -> i32 {
    let mut highest = i32::from(i16::MIN);
    // Two words take the place of four sums that were read before.
    let cells = Cell::from_mut(sums).as_slice_of_cells();
    let (fours, places) = (cells.as_chunks::<4>().0, cells.as_chunks::<2>().0);
    for (([a, b, c, d], [ab, cd]), &[k, l, m, n]) in fours.iter().zip(places).zip(exponents) {
        let mut energy = |sum: &Cell<i32>, exponent: i8| {
            let energy = sum.get() >> distance(common, exponent);
            let energy = energy.clamp(i16::MIN.into(), i16::MAX.into());
            highest = highest.max(energy);
            energy
        };
        let [a, b, c, d] = [energy(a, k), energy(b, l), energy(c, m), energy(d, n)];
        ab.set(pack(a, b));
        cd.set(pack(c, d));
    }
    highest
}

/// Turns energies in Q8, in octaves, into powers of two below `highest`, and returns their sum.
pub fn powers(highest: i32, energies: &mut [[i32; 2]]) -> u32 {
    let mut sum = 0u32;
    for word in energies.as_flattened_mut() {
        let mut power = |energy: i32| {
            let power = exp2_neg(highest.wrapping_sub(energy) as u16);
            sum = sum.wrapping_add(power.into());
            i32::from(power)
        };
        *word = pack(power(*word), power(*word >> 16));
    }
    sum
}

/// Turns `powers` into mantissas for values that have these exponents; 0 ≤ `common` − exponent < 256.
pub fn mantissas(powers: &mut [[i32; 2]], exponents: &[[i8; 4]], common: i8) {
    for ([ab, cd], &[k, l, m, n]) in powers.iter_mut().zip(exponents) {
        let cut = |power: i32, exponent: i8| (power & 0xFFFF) >> distance(common, exponent);
        *ab = pack(cut(*ab, k), cut(*ab >> 16, l));
        *cd = pack(cut(*cd, m), cut(*cd >> 16, n));
    }
}

/// The shift from one exponent to another; further ones leave a sign.
#[inline(always)]
fn distance(common: i8, exponent: i8) -> u32 {
    u32::from(common.wrapping_sub(exponent) as u8).min(31)
}

#[inline(always)]
fn pack(low: i32, high: i32) -> i32 {
    low & 0xFFFF | high << 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energies_are_floors_of_products_at_one_scale() {
        let sums = [1000, -1000, 8_388_607, -8_388_608, 5, -5, 0, i32::MIN];
        let exponents = [[-14, -15, -10, -12], [-128, -128, -9, -8]];
        let mut found = sums;
        let highest = energies(&mut found, &exponents, -8);
        let halves: &[i16] = bytemuck::cast_slice(&found[..4]);
        for ((&half, &sum), &exponent) in halves.iter().zip(&sums).zip(exponents.as_flattened()) {
            let exact = f64::from(sum) * f64::from(i32::from(exponent) + 8).exp2();
            let exact = exact.floor().clamp(-32768.0, 32767.0);
            assert_eq!(f64::from(half), exact, "{sum}, {exponent}");
        }
        assert_eq!(highest, 32767);
    }

    #[test]
    fn powers_are_those_of_the_distance_to_the_highest_and_mantissas_are_cut_to_their_exponent() {
        let mut fours = [[pack(100, 100 - 256), pack(100 - 512, 100 - 128)]];
        assert_eq!(powers(100, &mut fours), 32767 + 16383 + 8191 + 23170);
        assert_eq!(fours, [[pack(32767, 16383), pack(8191, 23170)]]);
        mantissas(&mut fours, &[[-3, -3, -4, -128]], -3);
        assert_eq!(fours, [[pack(32767, 16383), pack(4095, 0)]]);
    }
}
