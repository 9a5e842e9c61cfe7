//! Tokens as text, one by one, as they are said.

use crate::format::{Model, WordTable};
use crate::{Token, text};
use core::fmt::{self, Write};

#[cfg(feature = "subwords")]
use crate::format::{Join, TargetPieces};

/// Writes the text of what a model says, whatever its words are: whole ones, with blanks where a reader
/// expects them, or pieces. A letter whose bytes are pieces of their own is written when its last byte is
/// there; bytes that are no letter become `�`, one for each part that no letter can have.
///
/// ```
/// # fn of(translator: &mut regard::Transformer<'_>) -> Result<(), Box<dyn core::error::Error>> {
/// let mut joiner = regard::text::Joiner::new(translator.model());
/// let mut said = String::new();
/// for word in translator.translate("I drink milk")? {
///     joiner.write(word.token, &mut said)?;
/// }
/// joiner.finish(&mut said)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Joiner<'m> {
    words: WordTable<'m>,
    before: &'m str,
    #[cfg(feature = "subwords")]
    pieces: Option<Pieces>,
}

impl<'m> Joiner<'m> {
    /// Of the words of a model's targets.
    #[must_use]
    pub const fn new(model: &Model<'m>) -> Self {
        Self {
            words: model.target_words(),
            before: "",
            #[cfg(feature = "subwords")]
            pieces: Pieces::of(model),
        }
    }

    /// The next token.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&mut self, token: Token, out: &mut impl Write) -> fmt::Result {
        let word = self.words.get(token);
        #[cfg(feature = "subwords")]
        if let Some(pieces) = &mut self.pieces {
            return pieces.write(token, word, out);
        }
        let before = core::mem::replace(&mut self.before, word);
        if text::blank_between(before, word) {
            out.write_char(' ')?;
        }
        out.write_str(word)
    }

    /// There are no more tokens: bytes that are left are no letter.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn finish(&mut self, out: &mut impl Write) -> fmt::Result {
        #[cfg(feature = "subwords")]
        if let Some(pieces) = &mut self.pieces {
            return pieces.letters.finish(out);
        }
        _ = out;
        Ok(())
    }
}

/// Pieces that are being joined.
#[cfg(feature = "subwords")]
#[derive(Clone, Copy, Debug)]
struct Pieces {
    how: TargetPieces,
    marks: [Token; 3],
    begun: bool,
    letters: Letters,
}

#[cfg(feature = "subwords")]
impl Pieces {
    const fn of(model: &Model<'_>) -> Option<Self> {
        let dims = model.dims();
        let Some(how) = dims.subwords.target else { return None };
        let marks = [dims.target_pad, dims.target_bos, dims.target_eos];
        Some(Self { how, marks, begun: false, letters: Letters { bytes: [0; 4], len: 0 } })
    }

    fn write(&mut self, token: Token, piece: &str, out: &mut impl Write) -> fmt::Result {
        use super::pieces::bytes;
        if self.marks.contains(&token) {
            return Ok(());
        }
        let first = !core::mem::replace(&mut self.begun, true);
        if self.how.byte_pieces
            && let Some(byte) = bytes::byte_named(piece)
        {
            return self.letters.push(byte, out);
        }
        if self.how.join == Join::Bytes {
            return piece.chars().try_for_each(|c| match bytes::byte_of(c) {
                Some(byte) => self.letters.push(byte, out),
                None => Ok(()),
            });
        }
        self.letters.finish(out)?;
        match self.how.join {
            Join::Marked => {
                let blank = if first && !self.how.keeps_first { "" } else { " " };
                piece.chars().try_for_each(|c| match c {
                    '▁' => out.write_str(blank),
                    c => out.write_char(c),
                })
            }
            Join::Continued if let Some(rest) = piece.strip_prefix("##") => out.write_str(rest),
            Join::Continued if self.how.tidy && TIDY.iter().any(|end| piece.starts_with(end)) => {
                out.write_str(piece)
            }
            _ if first => out.write_str(piece),
            _ => out.write_char(' ').and_then(|()| out.write_str(piece)),
        }
    }
}

/// What has no blank before it in English.
#[cfg(feature = "subwords")]
const TIDY: [&str; 9] = [".", "?", "!", ",", "n't", "'m", "'s", "'ve", "'re"];

/// Bytes of a letter that is not whole yet.
#[cfg(feature = "subwords")]
#[derive(Clone, Copy, Debug)]
struct Letters {
    bytes: [u8; 4],
    len: usize,
}

#[cfg(feature = "subwords")]
impl Letters {
    fn push(&mut self, byte: u8, out: &mut impl Write) -> fmt::Result {
        if let Some(free) = self.bytes.get_mut(self.len) {
            *free = byte;
            self.len = self.len.wrapping_add(1);
        }
        // At most one letter ends here, behind at most three that are none.
        for _ in 0..4 {
            let bytes = self.bytes;
            let all = crate::layer::first(&bytes, self.len);
            match core::str::from_utf8(all) {
                Ok(letters) => {
                    self.len = 0;
                    return out.write_str(letters);
                }
                Err(error) => match error.error_len() {
                    None => return Ok(()),
                    Some(wrong) => {
                        out.write_char(char::REPLACEMENT_CHARACTER)?;
                        let rest = all.get(wrong..).unwrap_or(&[]);
                        self.bytes.iter_mut().zip(rest).for_each(|(to, &byte)| *to = byte);
                        self.len = rest.len();
                    }
                },
            }
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut impl Write) -> fmt::Result {
        if core::mem::take(&mut self.len) > 0 {
            return out.write_char(char::REPLACEMENT_CHARACTER);
        }
        Ok(())
    }
}
