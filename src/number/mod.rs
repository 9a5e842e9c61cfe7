//! Number formats: block floating point, one rounding rule, and the functions of the models.
//!
//! ```text
//! wide    i32 values · 2^exponent      what a layer computes; |value| < 2³¹
//! block   i16 mantissas · 2^exponent   what a layer reads; the exponent is found at run time
//! ```
//! Rounding is to the nearest, ties upwards: `⌊v / 2ⁿ + ½⌋` ([`round_shift`]), everywhere.

mod block;
mod gelu;
#[cfg(feature = "variants")]
mod gelu_tanh;
mod rsqrt;
mod sigmoid;
#[cfg(feature = "variants")]
mod silu;
mod softmax;

pub use block::{Block, Number, add_aligned, magnitude_bits, narrow, widen};
pub(crate) use block::{align, bytes_for, exponent_for, narrow_known};
pub use gelu::{GELU_MAX_ERROR, PHI_MAX_ERROR, gelu, phi, relu};
#[cfg(feature = "variants")]
pub use gelu_tanh::{GELU_TANH_MAX_ERROR, gelu_tanh};
pub use rsqrt::{RSQRT_MAX_ERROR, rsqrt};
pub(crate) use sigmoid::{GATE_FRACTION, ToGate, bend, to_gates};
pub use sigmoid::{SIGMOID_MAX_ERROR, TANH_MAX_ERROR, sigmoid, tanh};
#[cfg(feature = "variants")]
pub use silu::{SILU_MAX_ERROR, silu};
pub(crate) use softmax::Share;
pub use softmax::{ENERGY_FRACTION, SOFTMAX_MAX_ERROR, softmax};

/// `⌊value / 2^shift + ½⌋` for any shift; 0 beyond 31.
#[inline]
#[must_use]
pub const fn round_shift(value: i32, shift: u32) -> i32 {
    match shift {
        0 => value,
        1..=31 => (value >> shift).wrapping_add((value >> (shift - 1)) & 1),
        _ => 0,
    }
}

/// `value · 2^by`: exact to the left, where it saturates at ±2²⁶, rounded to the right.
#[inline]
#[must_use]
pub const fn shift(value: i32, by: i32) -> i32 {
    const LIMIT: i32 = 1 << 26;
    if by <= 0 {
        return round_shift(value, by.unsigned_abs());
    }
    let bits = (u32::BITS - value.unsigned_abs().leading_zeros()) as i32;
    if value == 0 {
        0
    } else if by > 26 || bits.wrapping_add(by) > 26 {
        if value < 0 { -LIMIT } else { LIMIT }
    } else {
        value << by
    }
}

/// `value · 2^exponent` with a fixed number of fraction bits, as [`shift`] does it.
#[inline(never)] // For the flash.
pub(crate) fn fixed(value: i32, exponent: i32, fraction: i32) -> i32 {
    shift(value, exponent.saturating_add(fraction))
}

/// An exponent as a cache keeps it.
#[inline]
#[must_use]
pub(crate) fn small_exponent(exponent: i32) -> i8 {
    exponent.clamp(-128, 127) as i8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_shift_is_floor_of_value_plus_half_for_every_16_bit_value() {
        for value in i16::MIN..=i16::MAX {
            for n in 0..=20 {
                let exact = ((f64::from(value) / f64::from(1u32 << n)) + 0.5).floor() as i32;
                assert_eq!(round_shift(value.into(), n), exact, "{value} >> {n}");
            }
        }
        for value in [i32::MIN, i32::MAX, -1, 0, 1] {
            for n in 0..=31 {
                let exact = ((i64::from(value) << 1 >> n) + 1) >> 1;
                assert_eq!(i64::from(round_shift(value, n)), exact);
            }
            assert_eq!(round_shift(value, 32), 0);
        }
    }

    #[test]
    fn shift_saturates_to_the_left_and_rounds_to_the_right() {
        assert_eq!(shift(3, 4), 48);
        assert_eq!(shift(-3, -1), -1);
        assert_eq!(shift(3, -1), 2);
        assert_eq!(shift(1, 26), 1 << 26);
        assert_eq!(shift(-5, 1000), -(1 << 26));
        assert_eq!(shift(0, 1000), 0);
        assert_eq!(shift(77, -1000), 0);
    }
}
