//! Block floating point: vectors that share one power-of-two exponent.

use super::round_shift;

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

/// The least `b` such that every value lies in −2ᵇ ≤ v < 2ᵇ.
#[must_use]
pub fn magnitude_bits<T: Copy + Into<i32>>(values: &[T]) -> u32 {
    let bits = |v: T| {
        let v: i32 = v.into();
        v ^ (v >> 31)
    };
    // Four at a time: where size counts, the compiler unrolls nothing.
    let (fours, rest) = values.as_chunks();
    let all =
        fours.iter().fold(0, |all, &[a, b, c, d]| all | bits(a) | bits(b) | bits(c) | bits(d));
    let all = rest.iter().fold(all, |all, &v| all | bits(v));
    32 - all.leading_zeros()
}

/// The shift that brings `values` into `bits`-bit mantissas with an exponent of at least `floor`.
fn shift_for<T: Copy + Into<i32>>(values: &[T], exponent: i32, bits: u32, floor: i32) -> u32 {
    fit(magnitude_bits(values), exponent, bits, floor)
}

/// The same for values of `magnitude` bits.
fn fit(magnitude: u32, exponent: i32, bits: u32, floor: i32) -> u32 {
    let to_fit = magnitude.saturating_sub(bits.saturating_sub(1));
    to_fit.max(floor.saturating_sub(exponent).max(0) as u32)
}

/// The exponent that [`narrow`] would give a block; the least there is for zeros.
pub(crate) fn exponent_for(block: Block<'_>, bits: u32, floor: i32) -> i32 {
    let (mut any, mut all) = (0, 0);
    for &m in block.mantissas {
        any |= m;
        all |= m ^ (m >> 15);
    }
    if any == 0 {
        return floor;
    }
    let shift = fit(i16::BITS - all.leading_zeros(), block.exponent, bits, floor);
    block.exponent.saturating_add(shift as i32)
}

/// Writes `values · 2^exponent` as mantissas of `bits` bits (2…16, sign included) and returns their
/// exponent, the least that fits and is not below `floor`. Small values keep all their digits.
///
/// `values`, `out`: `[n]`.
pub fn narrow<T: Copy + Into<i32>>(
    values: &[T],
    exponent: i32,
    bits: u32,
    floor: i32,
    out: &mut [i16],
) -> i32 {
    let shift = shift_for(values, exponent, bits, floor);
    let limit = 0x7FFF >> (16 - bits.clamp(2, 16));
    if shift == 0 {
        for (out, &value) in out.iter_mut().zip(values) {
            *out = value.into().min(limit).max(-limit) as i16;
        }
    } else {
        // As `round_shift`, without a question in the loop.
        let down = shift.wrapping_sub(1).min(31);
        let cut = |value: T| {
            let rounded = (value.into() >> down).wrapping_add(1) >> 1;
            rounded.min(limit).max(-limit) as i16
        };
        let n = out.len().min(values.len());
        let (to, from) = (out.get_mut(..n).unwrap_or_default(), values.get(..n).unwrap_or(&[]));
        let ((to, to_rest), (from, from_rest)) = (to.as_chunks_mut(), from.as_chunks());
        for (to, &[a, b, c, d]) in to.iter_mut().zip(from) {
            *to = [cut(a), cut(b), cut(c), cut(d)];
        }
        for (out, &value) in to_rest.iter_mut().zip(from_rest) {
            *out = cut(value);
        }
    }
    exponent.saturating_add(shift as i32)
}

/// [`narrow`] to 8 bits, for caches. Returns the exponent.
pub fn narrow_bytes(values: &[i32], exponent: i32, out: &mut [i8]) -> i32 {
    let shift = shift_for(values, exponent, 8, i32::MIN);
    for (out, &value) in out.iter_mut().zip(values) {
        *out = round_shift(value, shift).clamp(-127, 127) as i8;
    }
    exponent.saturating_add(shift as i32)
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
    for (value, &mantissa) in wide.iter_mut().zip(block.mantissas) {
        let addend = round_shift(widen(mantissa), block_down);
        *value = round_shift(*value, down).wrapping_add(addend);
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
                let limit = (1 << (bits - 1)) - 1;
                assert!(out.iter().all(|&m| i32::from(m).abs() <= limit));
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
