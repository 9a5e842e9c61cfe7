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
        let mut first = 0usize;
        let (eights, rest) = self.mantissas.as_chunks();
        // Eight at a time: where size counts, the compiler unrolls nothing.
        for eight in eights {
            let (&[a, b, c, d, e, f, g, h], most) = (eight, best.1);
            let (ab, cd) = (a > most || b > most, c > most || d > most);
            if ab || cd || e > most || f > most || g > most || h > most {
                better(&mut best, first, eight);
            }
            first = first.wrapping_add(8);
        }
        better(&mut best, first, rest);
        best.0 as Token
    }
}

/// The best logit yet, and the first of `logits` that are higher one by one; those start at the
/// token `first`.
fn better(best: &mut (usize, i32), first: usize, logits: &[i32]) {
    for (i, &logit) in logits.iter().enumerate() {
        if logit > best.1 {
            *best = (first.wrapping_add(i), logit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Logits;

    #[test]
    fn the_best_is_the_first_of_the_highest_wherever_it_stands() {
        for len in 1..40usize {
            for at in 0..len {
                let mut mantissas = vec![i32::MIN; len];
                for (i, logit) in mantissas.iter_mut().enumerate().skip(at) {
                    *logit = 7 - (i as i32 % 2) * (i != at) as i32;
                }
                assert_eq!(Logits { mantissas: &mantissas, exponent: 0 }.best(), at as u16);
            }
        }
        assert_eq!(Logits { mantissas: &[i32::MIN; 3], exponent: 0 }.best(), 0);
    }
}
