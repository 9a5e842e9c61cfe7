//! GELU as T5 has it, x·½(1 + tanh(√(2/π)·(x + 0.044715x³))) (arXiv 1606.08415, section 2): as
//! `gelu.rs`, with a table of its own. Both differ by up to 4.8e-4.

use super::gelu::{STEPS, multiply, share};
use crate::kernel::portable::logistic;

/// Largest error of [`gelu_tanh`] relative to max(1, |x|), beside the rounding of its last place.
pub const GELU_TANH_MAX_ERROR: f64 = 6.0e-5;

/// What x is multiplied by at x = i/32, in Q15. With u = 2√(2/π)·(x + 0.044715x³) it is σ(u).
#[allow(clippy::float_arithmetic, reason = "evaluated by the compiler")]
const TABLE: [u16; STEPS + 1] = {
    let mut table = [0; STEPS + 1];
    let mut i = 0;
    while i <= STEPS {
        let x = i as f64 / 32.0;
        let u = 1.595_769_121_605_731 * (x + 0.044_715 * x * x * x);
        table[i] = (32768.0 * logistic(u) + 0.5) as u16;
        i += 1;
    }
    table
};

/// GELU by tanh of a wide vector, in place. Returns the new exponent. `wide`: `[n]`.
pub fn gelu_tanh(wide: &mut [i32], exponent: i32) -> i32 {
    multiply(wide, exponent, |x| share(x, &TABLE))
}

#[cfg(test)]
mod tests {
    use super::super::gelu::tests::worst_error;
    use super::*;

    #[test]
    fn gelu_tanh_is_within_its_error_for_every_16_bit_value_in_every_exponent() {
        let worst = worst_error(gelu_tanh, |x| {
            let inner = (2.0 / core::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
            0.5 * x * (1.0 + inner.tanh())
        });
        assert!(worst <= GELU_TANH_MAX_ERROR, "{worst}");
        assert!(worst > GELU_TANH_MAX_ERROR / 2.0, "the stated error is idle: {worst}");
    }
}
