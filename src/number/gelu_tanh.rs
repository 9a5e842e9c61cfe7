//! GELU as T5 has it, x·½(1 + tanh(√(2/π)·(x + 0.044715x³))) (arXiv 1606.08415, section 2): as
//! `gelu.rs`, with a table of its own. Both differ by up to 4.8e-4.

use super::gelu::{STEPS, multiply, share};

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
        // e^−u = (e^(−u/64))⁶⁴: the series is short where its argument is small.
        let y = -u / 64.0;
        let (mut sum, mut term, mut n) = (1.0, 1.0, 1.0);
        while n < 20.0 {
            term = term * y / n;
            sum += term;
            n += 1.0;
        }
        let mut squared = 0;
        while squared < 6 {
            sum *= sum;
            squared += 1;
        }
        table[i] = (32768.0 / (1.0 + sum) + 0.5) as u16;
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
    use super::*;

    #[test]
    fn gelu_tanh_is_within_its_error_for_every_16_bit_value_in_every_exponent() {
        let mut worst = 0f64;
        for (up, exponent) in [(10, -22), (0, -12), (16, -28), (18, -30), (0, -15), (15, -12)] {
            for m in i16::MIN..=i16::MAX {
                let mut wide = [i32::from(m) << up];
                let x = f64::from(wide[0]) * f64::from(exponent).exp2();
                let e = gelu_tanh(&mut wide, exponent);
                let y = f64::from(wide[0]) * f64::from(e).exp2();
                let inner = (2.0 / core::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
                let error = (y - 0.5 * x * (1.0 + inner.tanh())).abs() - f64::from(e).exp2();
                worst = worst.max(error / x.abs().max(1.0));
            }
        }
        assert!(worst <= GELU_TANH_MAX_ERROR, "{worst}");
        assert!(worst > GELU_TANH_MAX_ERROR / 2.0, "the stated error is idle: {worst}");
    }
}
