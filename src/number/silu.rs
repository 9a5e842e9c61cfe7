//! SiLU(x) = x·σ(x) (arXiv 1710.05941), with the table of σ that recurrent cells have.

use super::sigmoid::GATE_FRACTION;
use super::{shift, sigmoid};
use crate::kernel::scale;

/// Largest error of [`silu`] relative to max(1, |x|), beside the rounding of its last place.
pub const SILU_MAX_ERROR: f64 = 1.0e-4;

/// SiLU of a wide vector, in place. Returns the new exponent. `wide`: `[n]`.
pub fn silu(wide: &mut [i32], exponent: i32) -> i32 {
    for value in wide.iter_mut() {
        let x = shift(*value, exponent.saturating_add(GATE_FRACTION));
        *value = scale(*value, sigmoid(x).min(32_767) << 16);
    }
    exponent.saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silu_is_within_its_error_for_every_16_bit_value_in_every_exponent() {
        let mut worst = 0f64;
        for (up, exponent) in [(10, -22), (0, -12), (16, -28), (18, -30), (0, -15), (15, -12)] {
            for m in i16::MIN..=i16::MAX {
                let mut wide = [i32::from(m) << up];
                let x = f64::from(wide[0]) * f64::from(exponent).exp2();
                let e = silu(&mut wide, exponent);
                let y = f64::from(wide[0]) * f64::from(e).exp2();
                let error = (y - x / (1.0 + (-x).exp())).abs() - f64::from(e).exp2();
                worst = worst.max(error / x.abs().max(1.0));
            }
        }
        assert!(worst <= SILU_MAX_ERROR, "{worst}");
        assert!(worst > SILU_MAX_ERROR / 2.0, "the stated error is idle: {worst}");
    }

    #[test]
    fn silu_saturates_to_both_sides() {
        let mut wide = [i32::MAX / 2, -(i32::MAX / 2)];
        assert_eq!(silu(&mut wide, 0), 1);
        assert_eq!(wide[1], 0);
        assert!((i64::from(wide[0]) * 2 - i64::from(i32::MAX / 2)).abs() < 1 << 16);
    }
}
