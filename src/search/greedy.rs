//! Greedy search: always the best word.

use super::Logits;
use crate::decoder::Decoder;
use crate::{Error, Token};
use core::mem;

/// A token that was said, and where the decoder looked while it chose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Step<'a> {
    /// The token.
    pub token: Token,
    /// A weight per source token, in Q15 ([`crate::ALIGNMENT_ONE`] is 1); they sum to 1 up to
    /// rounding.
    pub alignment: &'a [u16],
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

    /// The logits that the last token was chosen from.
    pub fn logits(&self) -> Logits<'_> {
        self.decoder.logits()
    }

    /// Lets the next step follow `token` instead of the best one, an end mark too: decoding
    /// along a reference.
    pub fn force(&mut self, token: Token) -> Result<(), Error> {
        let vocabulary = self.decoder.logits().mantissas.len();
        if usize::from(token) >= vocabulary {
            return Err(Error::BadToken { token, vocabulary });
        }
        self.next = Some(token);
        Ok(())
    }
}

impl<'a, D: Decoder> Iterator for Greedy<'a, D> {
    type Item = Step<'a>;

    fn next(&mut self) -> Option<Step<'a>> {
        let said = self.next.take()?;
        let (row, rest) = mem::take(&mut self.rows).split_at_mut_checked(self.source_len)?;
        self.rows = rest;
        let token = self.decoder.step(said, row)?.best();
        self.next = (token != self.eos).then_some(token);
        Some(Step { token, alignment: row })
    }
}
