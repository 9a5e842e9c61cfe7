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
    use super::super::gelu::tests::{check_ends, worst_error};
    use super::*;

    #[test]
    fn silu_is_within_its_error_for_every_16_bit_value_in_every_exponent() {
        let worst = worst_error(silu, |x| x / (1.0 + (-x).exp()));
        assert!(worst <= SILU_MAX_ERROR, "{worst}");
        assert!(worst > SILU_MAX_ERROR / 2.0, "the stated error is idle: {worst}");
    }

    #[test]
    fn silu_saturates_to_both_sides() {
        check_ends(silu);
    }
}
