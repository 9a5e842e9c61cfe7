//! One word in RAM, and its pieces.

use super::bytes;
use super::prefixes::Prefixes;
use super::{Out, bpe, longest, unigram};
use crate::Error;
use crate::Token;
use crate::format::subwords::{Split, SubwordTable, flag};
use crate::format::{Method, Model, SourcePieces, WordTable};
use crate::layer::{first, first_mut};

/// Where pieces are looked up.
pub(super) struct Pieces<'m> {
    pub(super) table: SubwordTable<'m>,
    words: WordTable<'m>,
    /// Tokens that no text becomes.
    marks: [Token; 2],
}

impl<'m> Pieces<'m> {
    /// The piece of this text, if there is one and it is no mark.
    pub(super) fn find(&self, text: &[u8]) -> Option<Token> {
        self.words.find_bytes(text).filter(|&token| self.is_said(token))
    }

    /// The piece of a letter; of GPT-2's, of a byte.
    pub(super) fn find_letter(&self, letter: &[u8], in_bytes: bool) -> Option<Token> {
        match letter {
            &[byte] if in_bytes => {
                self.find(bytes::letter_of(byte).encode_utf8(&mut [0; 4]).as_bytes())
            }
            _ => self.find(letter),
        }
    }

    /// The piece that stands for a byte.
    pub(super) fn find_byte(&self, byte: u8) -> Option<Token> {
        self.find(&bytes::name_of(byte))
    }

    /// May a text become it?
    pub(super) fn is_said(&self, token: Token) -> bool {
        !self.marks.contains(&token)
    }

    /// All pieces that a text may begin with.
    pub(super) fn prefixes(&self) -> Prefixes<impl Fn(usize) -> &'m [u8]> {
        let words = self.words;
        Prefixes::new(words.len(), move |i| words.bytes(words.sorted(i).into()))
    }

    /// The token at place `i` of those sorted.
    pub(super) fn sorted(&self, i: usize) -> Token {
        self.words.sorted(i)
    }
}

/// A word that is being read.
pub(super) struct Word<'r, 'm> {
    pieces: Pieces<'m>,
    method: Method,
    window: u32,
    in_bytes: bool,
    text: &'r mut [u8],
    len: usize,
    room: &'r mut [u32],
    out: Out<'r>,
    /// Where it starts in the text, and where the letter behind it does.
    from: usize,
    to: usize,
}

impl<'r, 'm> Word<'r, 'm> {
    pub(super) fn new(
        model: &Model<'m>,
        table: SubwordTable<'m>,
        &SourcePieces { method, window, longest_word }: &SourcePieces,
        room: &'r mut [u32],
        out: Out<'r>,
    ) -> Result<Self, Error> {
        let dims = model.dims();
        let (need, have) = (dims.subwords.room(), room.len());
        if have < need {
            let (need, have) = (need.wrapping_mul(4), have.wrapping_mul(4));
            return Err(Error::ArenaTooSmall { need, have });
        }
        let (text, room) = room.split_at_mut_checked(longest_word.div_ceil(4)).unwrap_or_default();
        let text = first_mut(bytemuck::cast_slice_mut(text), longest_word);
        let marks = [dims.source_eos, dims.source_pad];
        let in_bytes = table.split() == Split::Bytes;
        let pieces = Pieces { table, words: model.source_words(), marks };
        Ok(Self { pieces, method, window, in_bytes, text, len: 0, room, out, from: 0, to: 0 })
    }

    /// What comes next is read from the byte `at` of the text.
    pub(super) fn at(&mut self, at: usize) {
        self.to = at;
        if self.len == 0 {
            self.from = at;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Does it end with these bytes?
    pub(super) fn ends_with(&self, letter: &[u8]) -> bool {
        first(self.text, self.len).ends_with(letter)
    }

    pub(super) fn push(&mut self, letter: char) -> Result<(), Error> {
        self.push_bytes(letter.encode_utf8(&mut [0; 4]).as_bytes())
    }

    pub(super) fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let (_, free) = self.text.split_at_mut_checked(self.len).unwrap_or_default();
        if free.len() < bytes.len() {
            return Err(Error::WordTooLong { at: self.from, limit: self.text.len() });
        }
        free.iter_mut().zip(bytes).for_each(|(to, &byte)| *to = byte);
        self.len = self.len.wrapping_add(bytes.len());
        Ok(())
    }

    /// Here a word ends: its pieces are said.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        let word = first(self.text, self.len);
        let (pieces, out) = (&self.pieces, &mut self.out);
        let unknown = Error::UnknownWord { at: self.from, length: self.to.wrapping_sub(self.from) };
        let mut say = Say { out, unknown, token: pieces.table.unknown(), before: false };
        let whole = pieces.table.has(flag::WHOLE) || self.method == Method::Whole;
        match (self.method, whole.then(|| pieces.find(word)).flatten()) {
            _ if word.is_empty() => {}
            (_, Some(token)) => say.known(token)?,
            (Method::Whole, None) => say.unknown()?,
            (Method::LongestFirst, _) => longest::split(word, pieces, &mut say)?,
            (Method::Bpe, _) => bpe::split((word, self.in_bytes), pieces, self.room, &mut say)?,
            (Method::Unigram, _) => {
                unigram::split(word, pieces, (self.room, self.window), &mut say)?;
            }
        }
        (self.len, self.from) = (0, self.to);
        Ok(())
    }

    pub(super) fn into_out(self) -> Out<'r> {
        self.out
    }
}

/// Says the pieces of a word.
pub(super) struct Say<'s, 'o> {
    out: &'s mut Out<'o>,
    unknown: Error,
    token: Option<Token>,
    /// Was the last letter an unknown one?
    before: bool,
}

impl Say<'_, '_> {
    pub(super) fn known(&mut self, token: Token) -> Result<(), Error> {
        self.before = false;
        self.out.say(token)
    }

    /// The token of what is unknown.
    pub(super) fn unknown(&mut self) -> Result<(), Error> {
        let token = self.token()?;
        self.out.say(token)
    }

    /// The same of a letter; those that follow it are part of it.
    pub(super) fn unknown_letter(&mut self) -> Result<(), Error> {
        if core::mem::replace(&mut self.before, true) {
            return Ok(());
        }
        self.unknown()
    }

    pub(super) fn token(&self) -> Result<Token, Error> {
        self.token.ok_or(self.unknown)
    }
}

/// The bytes of the first letter; all if they are none.
pub(super) fn letter(text: &[u8]) -> &[u8] {
    let len = match text.first() {
        Some(0xF0..) => 4,
        Some(0xE0..) => 3,
        Some(0xC0..) => 2,
        _ => 1,
    };
    first(text, len.min(text.len()))
}
