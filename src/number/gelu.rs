//! Activations of the feed-forward layer: ReLU, and GELU(x) = x·Φ(x) (arXiv 1606.08415), where Φ,
//! the normal distribution function, is a table of 32 steps a unit, interpolated linearly.

use super::shift;
use crate::kernel::{self, scale};

const FRACTION: i32 = 12;
const STEP_BITS: u32 = 7;
pub(super) const STEPS: usize = 128;

/// Largest error of [`phi`], in units of its last place (2⁻¹⁵).
pub const PHI_MAX_ERROR: f64 = 2.1;

/// Largest error of [`gelu`] relative to max(1, |x|), beside the rounding of its last place.
pub const GELU_MAX_ERROR: f64 = 1.6e-4;

/// Φ(i/32) in Q15, from the series of the error function.
#[allow(clippy::float_arithmetic, reason = "evaluated by the compiler")]
const TABLE: [u16; STEPS + 1] = {
    let mut table = [0; STEPS + 1];
    let mut i = 0;
    while i <= STEPS {
        let x = i as f64 / 32.0;
        // Φ(x) = ½ + φ(0) · Σ (−1)ⁿ x^(2n+1) / (n! 2ⁿ (2n+1))
        let (mut sum, mut term, mut n) = (0.0, x, 0.0);
        while n < 60.0 {
            sum += term / (2.0 * n + 1.0);
            n += 1.0;
            term = -term * x * x / (2.0 * n);
        }
        let phi = 0.5 + sum * 0.398_942_280_401_432_7;
        table[i] = (phi * 32768.0 + 0.5) as u16;
        i += 1;
    }
    table
};

/// Φ(x) in Q15, for `x` in Q3.12; at most 32767.
#[inline]
#[must_use]
pub fn phi(x: i16) -> u16 {
    share(x, &TABLE)
}

/// What `x`, in Q3.12, is multiplied by, in Q15; at most 32767. `table`: of x = i/32; that of −x is
/// what is left to 1.
#[inline]
pub(super) fn share(x: i16, table: &[u16; STEPS + 1]) -> u16 {
    let magnitude = u32::from(x.unsigned_abs());
    let index = (magnitude >> STEP_BITS) as usize;
    let upper = match (table.get(index), table.get(index.wrapping_add(1))) {
        (Some(&here), Some(&next)) => {
            let rise =
                u32::from(next.wrapping_sub(here)).wrapping_mul(magnitude % (1 << STEP_BITS));
            u32::from(here).wrapping_add(rise.wrapping_add(1 << (STEP_BITS - 1)) >> STEP_BITS)
        }
        _ => 32768,
    };
    if x < 0 { 32768u32.wrapping_sub(upper) as u16 } else { upper.min(32767) as u16 }
}

/// GELU of a wide vector, in place. Returns the new exponent. `wide`: `[n]`.
pub fn gelu(wide: &mut [i32], exponent: i32) -> i32 {
    multiply(wide, exponent, phi)
}

/// Multiplies each number by its share, in place. Returns the new exponent.
#[inline]
pub(super) fn multiply(wide: &mut [i32], exponent: i32, share: impl Fn(i16) -> u16) -> i32 {
    for value in wide.iter_mut() {
        // Q12, clamped to ±8, where Φ is 0 or 1.
        let x = shift(*value, exponent.saturating_add(FRACTION));
        let x = x.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        *value = scale(*value, i32::from(share(x)) << 16);
    }
    exponent.saturating_add(1)
}

/// ReLU of a wide vector, in place. `wide`: `[n]`. Returns its
/// [`magnitude_bits`](super::magnitude_bits).
pub fn relu(wide: &mut [i32]) -> u32 {
    32 - kernel::relu(wide).leading_zeros()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Largest error of an activation relative to max(1, |x|), beside the rounding of its last place: of
    /// every 16-bit value in six exponents.
    pub(in crate::number) fn worst_error(
        activation: fn(&mut [i32], i32) -> i32,
        exact: impl Fn(f64) -> f64,
    ) -> f64 {
        let mut worst = 0f64;
        for (up, exponent) in [(10, -22), (0, -12), (16, -28), (18, -30), (0, -15), (15, -12)] {
            for m in i16::MIN..=i16::MAX {
                let mut wide = [i32::from(m) << up];
                let x = f64::from(wide[0]) * f64::from(exponent).exp2();
                let e = activation(&mut wide, exponent);
                let y = f64::from(wide[0]) * f64::from(e).exp2();
                let error = (y - exact(x)).abs() - f64::from(e).exp2();
                worst = worst.max(error / x.abs().max(1.0));
            }
        }
        worst
    }

    /// Far above nought it is what it reads, far below nought.
    pub(in crate::number) fn check_ends(activation: fn(&mut [i32], i32) -> i32) {
        let mut wide = [i32::MAX / 2, -(i32::MAX / 2)];
        assert_eq!(activation(&mut wide, 0), 1);
        assert_eq!(wide[1], 0);
        assert!((i64::from(wide[0]) * 2 - i64::from(i32::MAX / 2)).abs() < 1 << 16);
    }

    fn exact_phi(x: f64) -> f64 {
        0.5 * (1.0 + libm::erf(x / core::f64::consts::SQRT_2))
    }

    #[test]
    fn phi_is_within_its_error_for_every_input() {
        let mut worst = 0f64;
        for x in i16::MIN..=i16::MAX {
            let exact = exact_phi(f64::from(x) / 4096.0) * 32768.0;
            worst = worst.max((f64::from(phi(x)) - exact).abs());
        }
        assert!(worst <= PHI_MAX_ERROR, "{worst}");
        assert!(worst > PHI_MAX_ERROR / 2.0, "the stated error is idle: {worst}");
    }

    #[test]
    fn gelu_is_within_its_error_for_every_16_bit_value_in_every_exponent() {
        let worst = worst_error(gelu, |x| x * exact_phi(x));
        assert!(worst <= GELU_MAX_ERROR, "{worst}");
    }

    #[test]
    fn gelu_reads_coarse_values_exactly() {
        for (m, exponent, exact) in [(3, -2, 0.58), (10, -4, 0.4588), (100, -8, 0.2546)] {
            let mut wide = [m << 12];
            let e = gelu(&mut wide, exponent - 12);
            assert!((f64::from(wide[0]) * f64::from(e).exp2() - exact).abs() < 1e-3);
        }
    }

    #[test]
    fn gelu_saturates_outside_the_table() {
        check_ends(gelu);
    }
}
