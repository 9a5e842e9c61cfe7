//! Text as pieces of words (docs/TOKENIZERS.md).
//!
//! ```text
//! text ─► normalise ─► split ─► word, letter by letter ─► Unigram, BPE … ─► tokens
//!         a table               one at a time, in RAM      of the model's plan
//! ```
//! No recursion; what is kept is one word. A text of n bytes takes time in n · longest piece, and BPE in n ·
//! longest word.

mod bpe;
pub(super) mod bytes;
mod longest;
mod normalise;
mod prefixes;
mod split;
mod unigram;
mod word;

use crate::format::subwords::{Split, SubwordTable, flag};
use crate::format::{Model, SourcePieces};
use crate::{Error, Token};
use normalise::Normaliser;
use split::Splitter;
use word::Word;

/// Tokens as they are found.
pub(super) struct Out<'o> {
    room: core::slice::IterMut<'o, Token>,
    limit: usize,
}

impl Out<'_> {
    fn say(&mut self, token: Token) -> Result<(), Error> {
        *self.room.next().ok_or(Error::SourceTooLong { limit: self.limit })? = token;
        Ok(())
    }

    fn said(&self) -> usize {
        self.limit.wrapping_sub(self.room.len())
    }
}

/// Writes the tokens of a source and its marks into `out`. Returns how many. `room`: as many words as
/// the model's plan has for a text.
pub(super) fn encode(
    model: &Model<'_>,
    pieces: &SourcePieces,
    text: &str,
    out: &mut [Token],
    room: &mut [u32],
) -> Result<usize, Error> {
    let (dims, table) = (model.dims(), SubwordTable::of(model));
    let limit = out.len();
    let mut out = Out { room: out.iter_mut(), limit };
    if let Some(start) = table.start() {
        out.say(start)?;
    }
    let before = out.said();
    let mut word = Word::new(model, table, pieces, room, out)?;
    if table.split() == Split::Bytes {
        bytes::split(text, &table, &mut word)?;
    } else {
        let mut splitter = Splitter::new(&table);
        let mut letters = Normaliser::new(&table, trimmed(&table, text));
        loop {
            word.at(letters.position());
            let Some(normalised) = letters.next() else { break };
            for c in normalised.letters() {
                splitter.feed(c, &mut word)?;
            }
        }
        splitter.finish(&mut word)?;
    }
    word.end()?;
    let mut out = word.into_out();
    if out.said() == before {
        return Err(Error::EmptySource);
    }
    out.say(dims.source_eos)?;
    Ok(out.said())
}

/// A text up to its last letter that becomes more than white space, if all that is behind it is dropped.
fn trimmed<'t>(table: &SubwordTable<'_>, text: &'t str) -> &'t str {
    if !table.has(flag::TRIM) || !table.has(flag::STRIP_RIGHT) {
        return text;
    }
    let (mut letters, mut end) = (Normaliser::new(table, text), 0);
    while let Some(normalised) = letters.next() {
        if normalised.letters().any(|c| !c.is_whitespace()) {
            end = letters.position();
        }
    }
    text.get(..end).unwrap_or(text)
}
