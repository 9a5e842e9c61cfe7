//! 2⁻ˣ: a table of 64 steps an octave, interpolated linearly, and a shift for whole octaves.

/// Fraction bits of the argument.
pub(crate) const FRACTION: u32 = 11;
/// Fraction bits of the result.
pub(crate) const RESULT_FRACTION: u32 = 20;
const STEPS: usize = 64;
const STEP_BITS: u32 = FRACTION - 6;

/// Largest error of [`exp2_neg`], in units of its last place (2⁻²⁰).
pub const EXP2_MAX_ERROR: f64 = 17.0;

/// 2^(−i/64) in Q20, from the series of e^y.
#[allow(clippy::float_arithmetic, reason = "evaluated by the compiler")]
const TABLE: [i32; STEPS + 1] = {
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
        table[i] = (sum * (1 << RESULT_FRACTION) as f64 + 0.5) as i32;
        i += 1;
    }
    table
};

/// `2^(−x)` in Q20, for `x` in Q5.11.
#[inline]
#[must_use]
pub fn exp2_neg(x: u16) -> i32 {
    let index = usize::from(x >> STEP_BITS) % STEPS;
    let between = i32::from(x) % (1 << STEP_BITS);
    let here = TABLE[index];
    let fall = here.wrapping_sub(TABLE[index + 1]);
    let half = 1 << (STEP_BITS - 1);
    let value = here.wrapping_sub(fall.wrapping_mul(between).wrapping_add(half) >> STEP_BITS);
    // A rounding shift without a branch: x has at most 31 octaves, and the value 21 bits.
    (value << 1 >> (x >> FRACTION)).wrapping_add(1) >> 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp2_neg_is_within_its_error_for_every_input() {
        let mut worst = 0f64;
        for x in 0..=u16::MAX {
            let exact = (-f64::from(x) / 2048.0).exp2() * f64::from(1 << RESULT_FRACTION);
            worst = worst.max((f64::from(exp2_neg(x)) - exact).abs());
        }
        assert!(worst <= EXP2_MAX_ERROR, "{worst}");
        assert!(worst > EXP2_MAX_ERROR / 2.0, "the stated error is idle: {worst}");
    }

    #[test]
    fn exp2_neg_of_zero_is_one_and_it_never_rises() {
        assert_eq!(exp2_neg(0), 1 << RESULT_FRACTION);
        assert!((1..=u16::MAX).all(|x| exp2_neg(x) <= exp2_neg(x - 1)));
    }
}
