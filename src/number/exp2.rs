//! 2⁻ˣ: a table of 64 steps an octave, interpolated linearly, and a shift for whole octaves.

/// Fraction bits of the argument.
pub(crate) const FRACTION: u32 = 11;
const STEPS: usize = 64;
const STEP_BITS: u32 = FRACTION - 6;

/// Largest error of [`exp2_neg`], in units of its last place (2⁻¹⁵).
pub const EXP2_MAX_ERROR: f64 = 1.3;

/// 2^(−i/64) in Q15, from the series of e^y.
#[allow(clippy::float_arithmetic, reason = "evaluated by the compiler")]
const TABLE: [u16; STEPS + 1] = {
    let mut table = [0; STEPS + 1];
    let mut i = 0;
    while i <= STEPS {
        let y = -(i as f64) / STEPS as f64 * core::f64::consts::LN_2;
        let (mut sum, mut term, mut n) = (1.0, 1.0, 1.0);
        while n < 20.0 {
            term = term * y / n;
            sum += term;
            n += 1.0;
        }
        table[i] = (sum * 32768.0 + 0.5) as u16;
        i += 1;
    }
    table
};

/// `2^(−x)` in Q15 (32768 is 1), for `x` in Q5.11.
#[inline]
#[must_use]
pub fn exp2_neg(x: u16) -> u16 {
    let x = u32::from(x);
    let index = (x >> STEP_BITS) as usize % STEPS;
    let between = x % (1 << STEP_BITS);
    let here = u32::from(TABLE[index]);
    let next = u32::from(TABLE[index + 1]);
    // One more bit than the result, so that the last rounding is the one of the shift.
    let value = (here << STEP_BITS) - (here - next) * between;
    let octaves = (x >> FRACTION) + STEP_BITS;
    if octaves >= 31 { 0 } else { ((value + (1 << (octaves - 1))) >> octaves) as u16 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp2_neg_is_within_its_error_for_every_input() {
        let mut worst = 0f64;
        for x in 0..=u16::MAX {
            let exact = (-f64::from(x) / 2048.0).exp2() * 32768.0;
            worst = worst.max((f64::from(exp2_neg(x)) - exact).abs());
        }
        assert!(worst <= EXP2_MAX_ERROR, "{worst}");
        assert!(worst > EXP2_MAX_ERROR / 2.0, "the stated error is idle: {worst}");
    }

    #[test]
    fn exp2_neg_of_zero_is_one_and_it_never_rises() {
        assert_eq!(exp2_neg(0), 32768);
        assert!((1..=u16::MAX).all(|x| exp2_neg(x) <= exp2_neg(x - 1)));
    }
}
