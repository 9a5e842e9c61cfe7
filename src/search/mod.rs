//! Searches: from logits to words. They know decoders by their trait alone.

mod greedy;

pub use greedy::{Greedy, Step};

use crate::Token;

/// Scores of all words of the target language, before the softmax: `mantissa · 2^exponent`.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Logits<'a> {
    /// `[target_vocabulary]`
    pub mantissas: &'a [i32],
    /// The exponent they share.
    pub exponent: i32,
}

impl Logits<'_> {
    /// The token with the highest logit, the first of equals.
    #[must_use]
    pub fn best(&self) -> Token {
        let mut best = (0, i32::MIN);
        for (token, &logit) in self.mantissas.iter().enumerate() {
            if logit > best.1 {
                best = (token, logit);
            }
        }
        best.0 as Token
    }
}
