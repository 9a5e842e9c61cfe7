//! The logistic function σ(x) = 1 / (1 + e⁻ˣ) and tanh(x) = 2σ(2x) − 1: one table of 16 steps a
//! unit, interpolated linearly.

/// Fraction bits of arguments.
pub const GATE_FRACTION: i32 = 14;
/// 1 in results: Q15.
pub const ONE: i32 = 1 << 15;

/// Largest error of [`sigmoid`], in units of its last place (2⁻¹⁵).
pub const SIGMOID_MAX_ERROR: f64 = 2.8;
/// Largest error of [`tanh`], in units of its last place (2⁻¹⁵).
pub const TANH_MAX_ERROR: f64 = 5.5;

const STEP_BITS: u32 = GATE_FRACTION as u32 - 4;
/// Steps of the table, from −16 to 16. Arguments beyond give 0 or 1.
pub(in crate::kernel) const STEPS: usize = 512;
const MIDDLE: i32 = (STEPS as i32 / 2) << STEP_BITS;

/// σ(i/16 − 16) in Q15.
#[allow(clippy::float_arithmetic, reason = "evaluated by the compiler")]
pub(in crate::kernel) static TABLE: [u16; STEPS + 1] = {
    let mut table = [0; STEPS + 1];
    let mut i = 0;
    while i <= STEPS {
        let x = i as f64 / 16.0 - STEPS as f64 / 32.0;
        table[i] = (ONE as f64 * logistic(x) + 0.5) as u16;
        i += 1;
    }
    table
};

/// σ(x) for |x| ≤ 16, for tables that the compiler computes: from the series of e⁻ʸ.
#[allow(clippy::float_arithmetic, reason = "evaluated by the compiler")]
pub(crate) const fn logistic(x: f64) -> f64 {
    // e^−x = (e^(−x/16))¹⁶: the series is short where its argument is small.
    let y = -x / 16.0;
    let (mut sum, mut term, mut n) = (1.0, 1.0, 1.0);
    while n < 20.0 {
        term = term * y / n;
        sum += term;
        n += 1.0;
    }
    let mut squared = 0;
    while squared < 4 {
        sum *= sum;
        squared += 1;
    }
    1.0 / (1.0 + sum)
}

/// σ(x) in Q15, 0 … 32768, for `x` in Q14.
#[inline]
#[must_use]
pub fn sigmoid(x: i32) -> i32 {
    let x = x.clamp(-MIDDLE, MIDDLE - 1);
    let index = (x >> STEP_BITS).wrapping_add(STEPS as i32 / 2) as usize % STEPS;
    let here = i32::from(TABLE[index]);
    let rise = i32::from(TABLE[index + 1]).wrapping_sub(here);
    here.wrapping_add(rise.wrapping_mul(x & ((1 << STEP_BITS) - 1)) >> STEP_BITS)
}

/// tanh(x) in Q15, −32768 … 32768, for `x` in Q14, |x| ≤ 2²⁹.
#[inline]
#[must_use]
pub fn tanh(x: i32) -> i32 {
    sigmoid(x << 1).wrapping_mul(2).wrapping_sub(ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worst(f: impl Fn(i32) -> i32, exact: impl Fn(f64) -> f64) -> f64 {
        let errors = (-300_000..=300_000).map(|x| {
            let exact = exact(f64::from(x) / f64::from(1 << GATE_FRACTION)) * f64::from(ONE);
            (f64::from(f(x)) - exact).abs()
        });
        errors.fold(0.0, f64::max)
    }

    #[test]
    fn sigmoid_is_within_its_error() {
        let error = worst(sigmoid, |x| 1.0 / (1.0 + (-x).exp()));
        assert!(error <= SIGMOID_MAX_ERROR, "{error}");
        assert!(error > SIGMOID_MAX_ERROR / 2.0, "the stated error is idle: {error}");
    }

    #[test]
    fn tanh_is_within_its_error() {
        let error = worst(tanh, f64::tanh);
        assert!(error <= TANH_MAX_ERROR, "{error}");
        assert!(error > TANH_MAX_ERROR / 2.0, "the stated error is idle: {error}");
    }

    #[test]
    fn they_are_odd_around_their_middle_up_to_a_rounding_and_saturate() {
        for x in [0, 1, 77, 5000, 16_384, 262_143, 262_144, 1 << 29] {
            assert!((sigmoid(x) + sigmoid(-x) - ONE).abs() <= 1);
            assert!((tanh(x) + tanh(-x)).abs() <= 2);
        }
        assert_eq!((tanh(1 << 29), sigmoid(i32::MIN)), (ONE, 0));
    }
}
