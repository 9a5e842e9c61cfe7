//! Block floating point: vectors that share one power-of-two exponent.

use super::round_shift;
use crate::kernel;

/// A vector of `mantissas · 2^exponent`.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Block<'a> {
    /// The mantissas.
    pub mantissas: &'a [i16],
    /// The exponent they share.
    pub exponent: i32,
}

impl Block<'static> {
    /// No numbers; of blocks side by side, it changes nothing.
    pub(crate) const NONE: Self = Self { mantissas: &[], exponent: i32::MIN };
}

/// A number that a vector is made of.
pub trait Number: Copy + Into<i32> {
    /// The least `b` such that every value lies in −2ᵇ ≤ v < 2ᵇ.
    fn width(values: &[Self]) -> u32;

    /// `out[i] = min(⌊values[i] / 2^shift + ½⌋, limit)`, shift 1…31.
    fn cut(values: &[Self], shift: u32, limit: i32, out: &mut [i16]);
}

impl Number for i32 {
    fn width(values: &[i32]) -> u32 {
        kernel::width(values)
    }

    fn cut(values: &[i32], shift: u32, limit: i32, out: &mut [i16]) {
        kernel::narrow(values, shift, limit, out);
    }
}

impl Number for i16 {
    #[inline(never)] // For the flash.
    fn width(values: &[i16]) -> u32 {
        kernel::width_short(values)
    }

    fn cut(values: &[i16], shift: u32, limit: i32, out: &mut [i16]) {
        kernel::narrow_short(values, shift, limit, out);
    }
}

/// The least `b` such that every value lies in −2ᵇ ≤ v < 2ᵇ.
#[must_use]
pub fn magnitude_bits<T: Number>(values: &[T]) -> u32 {
    T::width(values)
}

/// The shift that brings values of `magnitude` bits into `bits`-bit mantissas with an exponent of at
/// least `floor`.
fn fit(magnitude: u32, exponent: i32, bits: u32, floor: i32) -> u32 {
    let to_fit = magnitude.saturating_sub(bits.saturating_sub(1));
    to_fit.max(floor.saturating_sub(exponent).max(0) as u32)
}

/// The exponent that [`narrow`] would give a block; the least there is for zeros.
pub(crate) fn exponent_for(block: Block<'_>, bits: u32, floor: i32) -> i32 {
    if block.mantissas.iter().all(|&m| m == 0) {
        return floor;
    }
    let shift = fit(magnitude_bits(block.mantissas), block.exponent, bits, floor);
    block.exponent.saturating_add(shift as i32)
}

/// Writes `values · 2^exponent` as mantissas of `bits` bits (2…16, in two's complement) and returns
/// their exponent, the least that fits and is not below `floor`. Small values keep all their digits.
///
/// `values`, `out`: `[n]`.
#[inline(never)] // For the flash.
pub fn narrow<T: Number>(
    values: &[T],
    exponent: i32,
    bits: u32,
    floor: i32,
    out: &mut [i16],
) -> i32 {
    narrow_known((values, magnitude_bits(values)), exponent, bits, floor, out)
}

/// The same of values whose [`magnitude_bits`] are known.
#[inline(always)] // Into two places, each with fewer arguments.
pub(crate) fn narrow_known<T: Number>(
    (values, magnitude): (&[T], u32),
    exponent: i32,
    bits: u32,
    floor: i32,
    out: &mut [i16],
) -> i32 {
    let shift = fit(magnitude, exponent, bits, floor);
    cut(values, shift, bits, out);
    exponent.saturating_add(shift as i32)
}

/// Values as mantissas of `bits` bits, with a shift that fits.
fn cut<T: Number>(values: &[T], shift: u32, bits: u32, out: &mut [i16]) {
    match shift {
        0 => {
            for (out, &value) in out.iter_mut().zip(values) {
                *out = value.into() as i16;
            }
        }
        // Only rounding up can leave the range, at its upper end.
        1..=31 => T::cut(values, shift, 0x7FFF >> (16u32.wrapping_sub(bits) & 15), out),
        _ => out.fill(0),
    }
}

/// The shift that brings values into 8 bits.
pub(crate) fn bytes_for(values: &[i32]) -> u32 {
    magnitude_bits(values).saturating_sub(7)
}

/// The common exponent of two wide vectors, and the right shift of each.
pub(crate) const fn align(a: i32, b: i32) -> (i32, u32, u32) {
    let common = if a > b { a } else { b };
    (common, common.saturating_sub(a) as u32, common.saturating_sub(b) as u32)
}

/// Room above a mantissa when a block is widened.
const HEADROOM: i32 = 14;

/// A mantissa as a wide value, whose exponent is 14 less.
#[inline]
#[must_use]
pub const fn widen(mantissa: i16) -> i32 {
    (mantissa as i32) << HEADROOM
}

/// The residual addition: `wide += block`. Returns the new exponent. `wide`, `block`: `[n]`;
/// |wide| < 2³⁰ + 2²⁹.
pub fn add_aligned(wide: &mut [i32], exponent: i32, block: Block<'_>) -> i32 {
    let (common, down, block_down) = align(exponent, block.exponent.saturating_sub(HEADROOM));
    if let Some(up) = (HEADROOM as u32).checked_sub(block_down) {
        kernel::add_scaled(wide, down.min(31), block.mantissas, 1 << up);
    } else {
        let down = block_down.wrapping_sub(HEADROOM as u32);
        for (value, &mantissa) in wide.iter_mut().zip(block.mantissas) {
            *value = value.wrapping_add(round_shift(mantissa.into(), down));
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_keeps_small_values_exactly() {
        let mut out = [0; 3];
        assert_eq!(narrow(&[5, -7, 0], -3, 8, i32::MIN, &mut out), -3);
        assert_eq!(out, [5, -7, 0]);
    }

    #[test]
    fn narrow_uses_all_the_bits_it_may() {
        for bits in 2..=16 {
            for largest in [1i32, 127, 128, 255, 40_000, i32::MAX, i32::MIN, -129] {
                let mut out = [0; 2];
                let e = narrow(&[largest, largest / 3], 0, bits, i32::MIN, &mut out);
                let limit = 1 << (bits - 1);
                assert!(out.iter().all(|&m| (-limit..limit).contains(&i32::from(m))));
                let error = (f64::from(out[0]) * f64::from(e).exp2() - f64::from(largest)).abs();
                assert!(error <= f64::from(e).exp2(), "{largest} in {bits} bits: {error}");
            }
        }
    }

    #[test]
    fn narrow_never_goes_below_the_floor() {
        let mut out = [0; 2];
        assert_eq!(narrow(&[1024, -512], 0, 14, 4, &mut out), 4);
        assert_eq!(out, [64, -32]);
        assert_eq!(narrow(&[1024, -512], 0, 14, 90, &mut out), 90);
        assert_eq!(out, [0, 0]);
    }

    #[test]
    fn adding_zero_changes_no_value() {
        let mut wide = [1 << 20, -12345];
        let e = add_aligned(&mut wide, -10, Block { mantissas: &[0, 0], exponent: -10 });
        assert_eq!((wide, e), ([1 << 20, -12345], -10));
    }
}
