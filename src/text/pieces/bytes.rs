//! Letters that stand for bytes, and words as GPT-2 has them.
//!
//! GPT-2 writes each byte as a letter that can be seen: those of ASCII and Latin-1 that can are
//! themselves, the other 68 are U+0100 and up, in order. Its words are, the first that fits:
//! `'s` `'t` `'re` `'ve` `'m` `'ll` `'d` · letters, digits or other signs, each with a blank before them or
//! none · white space, but for the last of it if a word follows.

use super::normalise::is_among;
use super::word::Word;
use crate::Error;
use crate::format::subwords::{SubwordTable, flag};

/// The letter of a byte.
pub(super) fn letter_of(byte: u8) -> char {
    let hidden = match byte {
        0..=0x20 => byte,
        0x7F..=0xA0 => byte.wrapping_sub(0x7F - 33),
        0xAD => 67,
        _ => return byte.into(),
    };
    char::from_u32(u32::from(hidden) | 0x100).unwrap_or(' ')
}

/// The byte of a letter.
pub(in crate::text) fn byte_of(letter: char) -> Option<u8> {
    let byte = match letter as u32 {
        code @ 0..=0xFF => code as u8,
        code @ 0x100..=0x120 => code as u8,
        code @ 0x121..=0x142 => (code as u8).wrapping_add(0x7F - 33),
        0x143 => 0xAD,
        _ => return None,
    };
    (letter_of(byte) == letter).then_some(byte)
}

/// The text of the piece that stands for a byte: `<0x00>` … `<0xFF>`.
pub(super) fn name_of(byte: u8) -> [u8; 6] {
    let digit = |value: u8| {
        if value < 10 {
            b'0'.wrapping_add(value)
        } else {
            b'A'.wrapping_add(value.wrapping_sub(10))
        }
    };
    [b'<', b'0', b'x', digit(byte >> 4), digit(byte & 15), b'>']
}

/// The byte that a piece of this text stands for.
pub(in crate::text) fn byte_named(text: &str) -> Option<u8> {
    let &[b'<', b'0', b'x', high, low, b'>'] = text.as_bytes() else { return None };
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit.wrapping_sub(b'0')),
        b'A'..=b'F' => Some(digit.wrapping_sub(b'A' - 10)),
        b'a'..=b'f' => Some(digit.wrapping_sub(b'a' - 10)),
        _ => None,
    };
    Some(value(high)? << 4 | value(low)?)
}

/// The words of a text.
pub(super) fn split(
    text: &str,
    table: &SubwordTable<'_>,
    word: &mut Word<'_, '_>,
) -> Result<(), Error> {
    let mut rest = text;
    let mut prefix = table.has(flag::PREFIX) && !text.starts_with(' ');
    while !rest.is_empty() {
        if prefix {
            word.push(' ')?;
        }
        let (found, behind) =
            rest.split_at_checked(next(rest, table, prefix)).unwrap_or((rest, ""));
        word.push_bytes(found.as_bytes())?;
        word.at(text.len().wrapping_sub(behind.len()));
        word.end()?;
        (rest, prefix) = (behind, false);
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    White,
    Sign,
}

fn kind(c: char, table: &SubwordTable<'_>) -> Kind {
    if c.is_whitespace() {
        Kind::White
    } else if is_among(table.first, c) {
        Kind::Letter
    } else if is_among(table.second, c) {
        Kind::Digit
    } else {
        Kind::Sign
    }
}

/// Bytes of the first word. `prefix`: there is a blank before the text.
fn next(text: &str, table: &SubwordTable<'_>, prefix: bool) -> usize {
    let behind = text.strip_prefix('\'').filter(|_| !prefix).unwrap_or("");
    let ends = ["s", "t", "re", "ve", "m", "ll", "d"];
    if let Some(end) = ends.iter().find(|&&end| behind.starts_with(end)) {
        return end.len().wrapping_add(1);
    }
    let own = if prefix { None } else { text.strip_prefix(' ') };
    let body = own.unwrap_or(text);
    let first = body.chars().next().map_or(Kind::White, |c| kind(c, table));
    if first != Kind::White {
        let run = body.find(|c| kind(c, table) != first).unwrap_or(body.len());
        return text.len().wrapping_sub(body.len()).wrapping_add(run);
    }
    let white = text.len().wrapping_sub(text.trim_start().len());
    let last =
        text.get(..white).and_then(|white| white.chars().next_back()).map_or(0, char::len_utf8);
    if white == text.len() || white == last && !prefix { white } else { white.wrapping_sub(last) }
}
