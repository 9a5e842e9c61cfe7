//! Text as tokens, and tokens as text.
//!
//! A sentence is split at white space; each of `? , . ! ; :` is a word of its own; apostrophes and
//! hyphens stay inside words. If the model says so, letters become lower case (ASCII, Latin-1, œ).
//! The tokens of a model of letters are the single characters, blanks left out. Of a model of pieces of
//! words its file says how text is split (`pieces`).

mod join;
#[cfg(feature = "subwords")]
mod pieces;

pub use join::Joiner;

use crate::format::{Model, WordTable};
use crate::{Error, Token};
use heapless::String;

/// Longest source word, in bytes.
pub const MAX_WORD: usize = 48;

const MARKS: [char; 6] = ['?', ',', '.', '!', ';', ':'];

/// The words of `text`, or its letters, with the byte each starts at.
fn words(text: &str, letters: bool) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = text;
    core::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let is_end = |c: char| c.is_whitespace() || MARKS.contains(&c);
        let length = if letters || MARKS.contains(&first) {
            first.len_utf8()
        } else {
            rest.find(is_end).unwrap_or(rest.len())
        };
        let (word, behind) = rest.split_at_checked(length)?;
        let at = text.len().wrapping_sub(rest.len());
        rest = behind;
        Some((at, word))
    })
}

/// The lower case of the letters that European words have.
fn lower(c: char) -> char {
    match c {
        'À'..='Ö' | 'Ø'..='Þ' => char::from_u32(c as u32 | 32).unwrap_or(c),
        'Œ' => 'œ',
        _ => c.to_ascii_lowercase(),
    }
}

fn find(table: &WordTable<'_>, word: &str, lowercase: bool) -> Option<Token> {
    if !lowercase {
        return table.find(word);
    }
    let mut lowered = String::<MAX_WORD>::new();
    for c in word.chars() {
        lowered.push(lower(c)).ok()?;
    }
    table.find(&lowered)
}

/// Writes the tokens of a source and its end mark into `out`. Returns how many. `room`: what
/// [`SubwordDims::room`](crate::format::SubwordDims::room) of the model says; of a model of whole words
/// none. What was in it is lost.
///
/// # Errors
/// No word, a word that the model lacks (its marks are no words), or more words than `out` has
/// room for; of pieces of words also too little room, or a word that is longer than the model has room
/// for.
pub fn encode(
    model: &Model<'_>,
    text: &str,
    out: &mut [Token],
    room: &mut [u32],
) -> Result<usize, Error> {
    #[cfg(feature = "subwords")]
    if let Some(dims) = &model.dims().subwords.source {
        return pieces::encode(model, dims, text, out, room);
    }
    _ = room;
    let (dims, table) = (model.dims(), model.source_words());
    let (eos, marks) = (dims.source_eos, [dims.source_eos, dims.source_pad]);
    let limit = out.len();
    let mut room = out.iter_mut();
    for (at, word) in words(text, dims.letters) {
        let token = find(&table, word, dims.lowercase)
            .filter(|token| !marks.contains(token))
            .ok_or(Error::UnknownWord { at, length: word.len() })?;
        *room.next().ok_or(Error::SourceTooLong { limit })? = token;
    }
    if room.len() == limit {
        return Err(Error::EmptySource);
    }
    *room.next().ok_or(Error::SourceTooLong { limit })? = eos;
    Ok(limit.wrapping_sub(room.len()))
}

/// Does a blank stand between two words of a sentence? Not behind `j'`, nor before `-tu` or a
/// mark, nor at the start.
#[must_use]
pub fn blank_between(before: &str, word: &str) -> bool {
    let joined = before.is_empty()
        || before.ends_with('\'')
        || word.starts_with('-')
        || matches!(word, "?" | "," | "." | "!");
    !joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn words_split_at_blanks_and_marks() {
        let split = |text| words(text, false).collect::<Vec<_>>();
        assert_eq!(split(" I  drink\tmilk?"), [(1, "I"), (4, "drink"), (10, "milk"), (14, "?")]);
        assert_eq!(split("don't, l'eau"), [(0, "don't"), (5, ","), (7, "l'eau")]);
        assert_eq!(split(" \u{a0}\n"), []);
        assert_eq!(split("é…"), [(0, "é…")]);
    }

    #[test]
    fn letters_are_single_characters_without_blanks() {
        let split: Vec<_> = words(" Né d'\t", true).collect();
        assert_eq!(split, [(1, "N"), (2, "é"), (5, "d"), (6, "'")]);
    }

    #[test]
    fn letters_become_lower_case() {
        let lowered: std::string::String = "ÉCOLE ŒUVRE ×÷ I".chars().map(lower).collect();
        assert_eq!(lowered, "école œuvre ×÷ i");
    }

    #[test]
    fn blanks_are_where_a_reader_expects_them() {
        assert!(!blank_between("", "je"));
        assert!(blank_between("je", "bois"));
        assert!(!blank_between("l'", "eau"));
        assert!(!blank_between("bois", "-tu"));
        assert!(!blank_between("tu", "?"));
    }
}
