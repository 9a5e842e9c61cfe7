//! 2⁻ˣ by a table of 256 steps an octave, and a shift for whole octaves.

/// Fraction bits of the argument.
pub const EXP2_FRACTION: i32 = 8;

/// 2^(−i/256) of 2¹⁵ − 1, so that it is a mantissa, from the series of e^y.
#[allow(clippy::float_arithmetic, reason = "evaluated by the compiler")]
pub(super) static TABLE: [u16; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < table.len() {
        let y = -(i as f64) / 256.0 * core::f64::consts::LN_2;
        let (mut sum, mut term, mut n) = (1.0, 1.0, 1.0);
        while n < 20.0 {
            term = term * y / n;
            sum += term;
            n += 1.0;
        }
        table[i] = (sum * 32767.0 + 0.5) as u16;
        i += 1;
    }
    table
};

/// `2^(−x) · (2¹⁵ − 1)`, or up to 1.5 less, or up to a half more, for `x` in Q8.8.
#[inline]
#[must_use]
pub fn exp2_neg(x: u16) -> u16 {
    // Nothing is left of 15 bits after 15 octaves, nor after 31, as far as a shift goes.
    let x = x.min(0x1FFF);
    (u32::from(TABLE[usize::from(x % 256)]) >> (x >> 8)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp2_neg_is_less_than_one_and_a_half_below_and_a_half_above_for_every_input() {
        for x in 0..=u16::MAX {
            let exact = (-f64::from(x) / 256.0).exp2() * 32767.0;
            let error = f64::from(exp2_neg(x)) - exact;
            assert!((-1.5..=0.5).contains(&error), "{x}: {error}");
        }
    }

    #[test]
    fn exp2_neg_of_zero_is_one_and_it_never_rises() {
        assert_eq!(exp2_neg(0), 32767);
        assert!((1..=u16::MAX).all(|x| exp2_neg(x) <= exp2_neg(x - 1)));
    }
}
