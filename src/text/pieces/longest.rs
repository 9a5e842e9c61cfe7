//! WordPiece (Wu et al., arXiv 1609.08144, as BERT cuts words): the longest piece that the word begins
//! with, then the longest that goes on with it, which the vocabulary has behind `##`. A word of which some
//! part is no piece is unknown, all of it.

use super::word::{Pieces, Say};
use crate::{Error, Token};

pub(super) fn split(word: &[u8], pieces: &Pieces<'_>, say: &mut Say<'_, '_>) -> Result<(), Error> {
    // Lead bytes of letters.
    let is_lead = |byte: u8| usize::from(byte & 0xC0 != 0x80);
    let letters = word.iter().fold(0usize, |sum, &byte| sum.wrapping_add(is_lead(byte)));
    if letters > pieces.table.most_letters || !each(word, pieces, |_| Ok(()))? {
        return say.unknown();
    }
    each(word, pieces, |token| say.known(token)).map(|_| ())
}

/// Each piece of it. Returns whether that is all of it.
fn each(
    word: &[u8],
    pieces: &Pieces<'_>,
    mut see: impl FnMut(Token) -> Result<(), Error>,
) -> Result<bool, Error> {
    let mut rest = word;
    while !rest.is_empty() {
        let prefix = if rest.len() < word.len() { pieces.table.prefix() } else { &[] };
        let mut prefixes = pieces.prefixes();
        if !prefix.iter().all(|&byte| prefixes.step(byte).is_some()) {
            return Ok(false);
        }
        let mut best = None;
        for (&byte, length) in rest.iter().zip(1..=rest.len()) {
            let Some((entry, ends)) = prefixes.step(byte) else { break };
            let token = pieces.sorted(entry);
            if ends && pieces.is_said(token) {
                best = Some((token, length));
            }
        }
        let Some((token, length)) = best else { return Ok(false) };
        see(token)?;
        rest = rest.get(length..).unwrap_or(&[]);
    }
    Ok(true)
}
