//! Real numbers, at the edges only: integers of the engine as the floats that people read.
//!
//! Nothing between tokens and tokens calls this. Logarithms and powers come from `libm` (exact to
//! the last digit or so) or, where size matters more, `micromath` (about three digits).

/// `mantissa · 2^exponent`.
#[must_use]
pub fn value(mantissa: i32, exponent: i32) -> f32 {
    // 2^exponent by its bit pattern; outside the normal range the edge of it.
    let power = f32::from_bits(((exponent.clamp(-126, 127) + 127) as u32) << 23);
    mantissa as f32 * power
}

/// An alignment weight (Q15) as a probability.
#[must_use]
pub fn probability(weight: u16) -> f32 {
    value(i32::from(weight), -15)
}

#[cfg(any(feature = "libm", feature = "micromath"))]
mod logarithmic {
    use crate::decoder::Logits;

    #[cfg(feature = "libm")]
    use libm::{expf, logf};
    #[cfg(not(feature = "libm"))]
    fn expf(x: f32) -> f32 {
        micromath::F32Ext::exp(x)
    }
    #[cfg(not(feature = "libm"))]
    fn logf(x: f32) -> f32 {
        micromath::F32Ext::ln(x)
    }

    /// The log-probability of `token`: its logit less the logarithm of Σ exp(logit); −∞ for a
    /// token that has no logit.
    #[must_use]
    pub fn log_probability(logits: &mut Logits<'_>, token: crate::Token) -> f32 {
        let (mut own, mut best) = (None, i32::MIN);
        logits.each(|first, some| {
            let place = usize::from(token).wrapping_sub(first);
            own = some.get(place).copied().or(own);
            best = some.iter().fold(best, |best, &m| best.max(m));
        });
        let Some(own) = own else { return f32::NEG_INFINITY };
        let (mut sum, exponent) = (0.0, logits.exponent());
        let below = |m: i32| super::value(m.saturating_sub(best), exponent);
        logits.each(|_, some| sum = some.iter().fold(sum, |sum, &m| sum + expf(below(m))));
        below(own) - logf(sum)
    }
}
#[cfg(any(feature = "libm", feature = "micromath"))]
pub use logarithmic::log_probability;

#[cfg(all(test, feature = "emit", feature = "libm"))]
mod tests {
    use super::log_probability;
    use crate::decoder::with_logits;
    use crate::kernel::Layout::Pairs;

    #[test]
    fn log_probabilities_of_the_farthest_logits_are_finite_and_in_order() {
        let weights = [127, 127, -127, -127, 0, 0];
        with_logits(Pairs, &weights, &[i32::MAX - 2, i32::MIN, 0], &[32767; 2], 4, |mut logits| {
            logits.each(|_, some| assert!(some[0] > 1_600_000_000 && some[1] < -1_600_000_000));
            let [best, worst, middle] = [0, 1, 2].map(|token| log_probability(&mut logits, token));
            let in_order = best > middle && middle > worst;
            assert!(in_order && worst.is_finite() && best > -0.01, "{best} {worst}");
        });
    }
}
