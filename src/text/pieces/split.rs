//! Where a word ends and the next one starts.

use super::normalise::is_among;
use super::word::Word;
use crate::Error;
use crate::format::subwords::{Split, SubwordTable, flag};

/// What a blank becomes in words that keep it (SentencePiece).
pub(super) const MARK: char = '▁';

/// Gives letters to words.
pub(super) struct Splitter<'m> {
    table: SubwordTable<'m>,
    split: Split,
    /// Was there a letter yet?
    begun: bool,
    /// Blanks since then.
    blanks: usize,
    /// Was the last letter one of the first ranges?
    kind: bool,
}

impl<'m> Splitter<'m> {
    pub(super) fn new(table: &SubwordTable<'m>) -> Self {
        let split = table.split();
        Self { table: *table, split, begun: false, blanks: 0, kind: false }
    }

    /// The next letter.
    pub(super) fn feed(&mut self, c: char, word: &mut Word<'_, '_>) -> Result<(), Error> {
        let white = self.table.has(flag::WHITE)
            || !self.begun && self.table.has(flag::TRIM) && self.table.has(flag::STRIP_LEFT);
        let is_blank = c == ' ' || white && c.is_whitespace();
        match self.split {
            Split::Runs | Split::Marks if is_blank => {
                self.blanks = self.blanks.saturating_add(1);
                Ok(())
            }
            Split::Runs | Split::Marks => {
                // Where words were cut at white space, ▁ is the blank of its word.
                if c == MARK && self.begun && self.table.has(flag::WHITE) {
                    self.blanks = 0;
                }
                if self.begun {
                    self.say_blanks(word)?;
                } else {
                    self.begin(c, word)?;
                }
                self.keep(c, word)
            }
            _ if is_blank => word.end(),
            Split::Alone if is_among(self.table.first, c) => {
                word.end()?;
                word.push(c)?;
                word.end()
            }
            Split::Kinds => {
                let kind = is_among(self.table.first, c);
                if core::mem::replace(&mut self.kind, kind) != kind {
                    word.end()?;
                }
                word.push(c)
            }
            _ => word.push(c),
        }
    }

    /// There are no more. The last word is still to be ended.
    pub(super) fn finish(&mut self, word: &mut Word<'_, '_>) -> Result<(), Error> {
        if self.table.has(flag::STRIP_RIGHT) || self.blanks == 0 {
            return Ok(());
        }
        if self.begun { self.say_blanks(word) } else { self.begin(' ', word) }
    }

    /// Before the first letter, or before the end if there is none.
    fn begin(&mut self, first: char, word: &mut Word<'_, '_>) -> Result<(), Error> {
        self.begun = true;
        if self.table.has(flag::STRIP_LEFT) {
            self.blanks = 0;
        }
        let marked = self.blanks > 0 || first == MARK;
        let always = self.table.has(flag::ALWAYS_PREFIX);
        if always || self.table.has(flag::PREFIX) && !marked {
            self.keep(MARK, word)?;
        }
        self.say_blanks(word)
    }

    fn say_blanks(&mut self, word: &mut Word<'_, '_>) -> Result<(), Error> {
        let blanks = core::mem::take(&mut self.blanks);
        let most = if self.table.has(flag::COLLAPSE) { 1 } else { blanks };
        (0..blanks.min(most)).try_for_each(|_| self.keep(MARK, word))
    }

    /// A letter of a word that keeps its blanks.
    fn keep(&mut self, c: char, word: &mut Word<'_, '_>) -> Result<(), Error> {
        let mut bytes = [0; 4];
        let mark = MARK.encode_utf8(&mut bytes).as_bytes();
        let ends =
            c == MARK && !word.is_empty() && (self.split == Split::Marks || !word.ends_with(mark));
        if ends {
            word.end()?;
        }
        word.push(c)
    }
}
