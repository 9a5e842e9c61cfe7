//! Greedy search: always the best word.

use crate::Token;
use crate::decoder::{Decoder, Logits};
use core::mem;

/// A token that was said, and where the decoder looked while it chose it.
#[derive(Debug)]
pub struct Step<'a, 'l> {
    /// The token.
    pub token: Token,
    /// A weight per source token, in Q15 ([`crate::ALIGNMENT_ONE`] is 1); they sum to 1 up to
    /// rounding.
    pub alignment: &'a [u16],
    /// What it was chosen from; until the next step.
    pub logits: Logits<'l>,
}

/// Says the best token at each step until it is the end mark, which is yielded too, or the
/// longest target is reached.
pub struct Greedy<'a, D> {
    decoder: D,
    next: Option<Token>,
    eos: Token,
    source_len: usize,
    rows: &'a mut [u16],
}

impl<'a, D: Decoder> Greedy<'a, D> {
    /// `rows`: room for an alignment row per step.
    pub(crate) fn new(
        decoder: D,
        (bos, eos): (Token, Token),
        source_len: usize,
        rows: &'a mut [u16],
    ) -> Self {
        Self { decoder, next: Some(bos), eos, source_len, rows }
    }

    /// Lets the next step follow `token`, one of the vocabulary, instead of the best one, an end
    /// mark too: decoding along a reference.
    pub(crate) fn force(&mut self, token: Token) {
        self.next = Some(token);
    }

    /// The next token.
    pub(crate) fn step(&mut self) -> Option<Step<'a, '_>> {
        let said = self.next.take()?;
        let (row, rest) = mem::take(&mut self.rows).split_at_mut_checked(self.source_len)?;
        self.rows = rest;
        let mut logits = self.decoder.step(said, row)?;
        let mut best = Best::default();
        logits.each(|first, some| best.see(first, some));
        let token = best.token as Token;
        self.next = (token != self.eos).then_some(token);
        Some(Step { token, alignment: row, logits })
    }
}

/// The highest logit yet, the first of equals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Best {
    pub(crate) token: usize,
    pub(crate) logit: i32,
}

impl Default for Best {
    fn default() -> Self {
        Self { token: 0, logit: i32::MIN }
    }
}

impl Best {
    /// The next logits; they start at the token `first`.
    pub(crate) fn see(&mut self, mut first: usize, logits: &[i32]) {
        // Eight at a time: where size counts, the compiler unrolls nothing.
        for some in logits.chunks(8) {
            let most = self.logit;
            let may_be = match some {
                &[a, b, c, d, e, f, g, h] => {
                    let (ab, cd) = (a > most || b > most, c > most || d > most);
                    ab || cd || e > most || f > most || g > most || h > most
                }
                _ => true,
            };
            if may_be {
                self.see_each(first, some);
            }
            first = first.wrapping_add(8);
        }
    }

    fn see_each(&mut self, first: usize, logits: &[i32]) {
        for (i, &logit) in logits.iter().enumerate() {
            if logit > self.logit {
                *self = Self { token: first.wrapping_add(i), logit };
            }
        }
    }
}

#[cfg(all(test, feature = "emit"))]
mod tests {
    use super::{Best, Greedy};
    use crate::Token;
    use crate::decoder::{Decoder, Logits, with_logits};
    use crate::kernel::Layout::Pairs;
    use alloc::vec::Vec;

    /// What is left of `logits` when they are seen `at_once` at a time.
    fn best(logits: &[i32], at_once: usize) -> usize {
        let mut best = Best::default();
        for (i, some) in logits.chunks(at_once).enumerate() {
            best.see(i * at_once, some);
        }
        best.token
    }

    #[test]
    fn the_best_is_the_first_of_the_highest_wherever_it_stands_and_the_parts_end() {
        for len in 1..40usize {
            for at in 0..len {
                let mut logits = vec![i32::MIN; len];
                for (i, logit) in logits.iter_mut().enumerate().skip(at) {
                    *logit = 7 - (i as i32 % 2) * (i != at) as i32;
                }
                for at_once in [4, 8, 12, 64] {
                    assert_eq!(best(&logits, at_once), at);
                }
            }
        }
    }

    #[test]
    fn of_equals_it_is_the_first_be_they_as_low_or_as_high_as_they_may() {
        for logit in [i32::MIN, -1, 0, i32::MAX] {
            assert_eq!(best(&[logit; 130], 64), 0);
        }
        let mut logits = [i32::MIN; 130];
        for at in [129, 128, 127, 64, 63] {
            logits[at] = i32::MIN + 1;
            assert_eq!(best(&logits, 64), at);
        }
    }

    /// A decoder of one step, with these logits.
    struct Once<'a>(Option<Logits<'a>>);

    impl Decoder for Once<'_> {
        fn step(&mut self, _: Token, _: &mut [u16]) -> Option<Logits<'_>> {
            self.0.take()
        }
    }

    /// Asserts that it says the first of the highest of the logits of such biases.
    fn says_the_first_of_the_highest(biases: &[i32], room: usize) {
        let weights = vec![0; biases.len()];
        with_logits(Pairs, &weights, biases, &[0], room, |mut logits| {
            let mut all = Vec::new();
            logits.each(|_, some| all.extend_from_slice(some));
            let most = all.iter().max().expect("a logit");
            let expected = all.iter().position(|logit| logit == most);
            let mut greedy = Greedy::new(Once(Some(logits)), (1, 0), 0, &mut []);
            let said = greedy.step().map(|step| usize::from(step.token));
            assert_eq!(said, expected, "of {} words, {room} at a time", all.len());
        });
    }

    #[test]
    fn it_says_the_first_of_the_highest_of_all_logits_wherever_scratch_parts_them() {
        for count in [1, 3, 4, 63, 64, 65, 127, 128, 129, 130, 193] {
            for (low, room) in [(i32::MIN, 4), (-1, 60), (0, 64), (i32::MAX - 16, 1000)] {
                says_the_first_of_the_highest(&vec![low; count], room);
                // One higher, or two equals on both sides of a border between parts or far apart.
                for at in [0, 3, 31, 59, 63, 64, 127, 128] {
                    for other in [at, at + 1, at + 64, count - 1] {
                        let mut biases = vec![low; count];
                        for at in [at, other] {
                            if let Some(bias) = biases.get_mut(at) {
                                *bias = low + 8;
                            }
                        }
                        says_the_first_of_the_highest(&biases, room);
                    }
                }
            }
        }
    }
}
