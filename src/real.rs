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
    use crate::search::Logits;

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
    pub fn log_probability(logits: Logits<'_>, token: crate::Token) -> f32 {
        let Some(&own) = logits.mantissas.get(usize::from(token)) else { return f32::NEG_INFINITY };
        let best = logits.mantissas.iter().copied().max().unwrap_or(0);
        let below = |m: i32| super::value(m.saturating_sub(best), logits.exponent);
        let sum: f32 = logits.mantissas.iter().map(|&m| expf(below(m))).sum();
        below(own) - logf(sum)
    }
}
#[cfg(any(feature = "libm", feature = "micromath"))]
pub use logarithmic::log_probability;
