//! What splits the words of a source into pieces, as it lies in the file (docs/TOKENIZERS.md).
//!
//! ```text
//! 8 words of sizes │ runs, 2 words each │ sequences │ first ranges │ second ranges │ model │ text
//!
//! run        first letter (21 bits), letters − 1 (11) · what they become (2 bits), a letter or a text
//! sequence   offset of its text (18 bits), bytes of it (6), bytes behind it that it becomes (8)
//! range      first letter (21 bits), letters − 1 (11)
//! model      Unigram: a score for each token · BPE: pairs of tokens, sorted; for each, rank and token
//! ```

use super::{Method, Model, SourcePieces};
use crate::format::{Role, Section, Stack, tail_bytes, tri};
use crate::{Error, Token};

/// Words of sizes.
pub(crate) const HEAD: usize = 8;

/// How text is cut into words, of which none becomes part of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "emit"), allow(unreachable_pub, reason = "`emit` shows it"))]
pub enum Split {
    /// Before each ▁ behind another letter; blanks become ▁.
    Runs,
    /// Before each ▁; blanks become ▁.
    Marks,
    /// At blanks, which belong to no word.
    Blanks,
    /// The same, and letters of the first ranges are words of their own.
    Alone,
    /// The same, and where letters of the first ranges meet others.
    Kinds,
    /// As GPT-2 does, in bytes; the ranges are letters and digits.
    Bytes,
}

/// One bit each of a section's flags, above the [`Split`].
pub(crate) mod flag {
    /// All white space is blanks, not U+0020 alone.
    pub(crate) const WHITE: u32 = 1 << 3;
    /// Blanks that follow each other are one.
    pub(crate) const COLLAPSE: u32 = 1 << 4;
    /// Blanks in front are dropped.
    pub(crate) const STRIP_LEFT: u32 = 1 << 5;
    /// Blanks behind are dropped.
    pub(crate) const STRIP_RIGHT: u32 = 1 << 6;
    /// A blank is put in front if there is none.
    pub(crate) const PREFIX: u32 = 1 << 7;
    /// A blank is put in front.
    pub(crate) const ALWAYS_PREFIX: u32 = 1 << 8;
    /// Unknown letters become the pieces of their bytes.
    pub(crate) const BYTES: u32 = 1 << 9;
    /// Unknown letters that follow each other are one token.
    pub(crate) const FUSE: u32 = 1 << 10;
    /// A word that is a piece is not split.
    pub(crate) const WHOLE: u32 = 1 << 11;
    /// There is a token for what is unknown.
    pub(crate) const UNKNOWN: u32 = 1 << 12;
    /// A token goes before each source.
    pub(crate) const START: u32 = 1 << 13;
    /// What looks like one letter to a reader is normalised as one (UAX 29).
    pub(crate) const CLUSTERS: u32 = 1 << 14;
    /// What is dropped in front and behind is all white space, if blanks are.
    pub(crate) const TRIM: u32 = 1 << 15;
    /// Sequences are of what their letters become, each alone.
    pub(crate) const MAPPED: u32 = 1 << 16;
    /// Flags that there are.
    pub(crate) const ALL: u32 = (1 << 17) - 1;
}

/// A token that no text becomes has this score.
pub(crate) const NEVER: i32 = i32::MIN;

/// The section, read in place. Whatever is in it, reading it is safe.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SubwordTable<'m> {
    flags: u32,
    marks: u32,
    /// The score of an unknown letter.
    pub(crate) penalty: i32,
    /// Most letters of a word that is split; behind them it is unknown.
    pub(crate) most_letters: usize,
    prefix: usize,
    pub(crate) runs: &'m [[u32; 2]],
    pub(crate) sequences: &'m [u32],
    pub(crate) first: &'m [u32],
    pub(crate) second: &'m [u32],
    pub(crate) model: &'m [u32],
    text: &'m [u8],
}

impl<'m> SubwordTable<'m> {
    /// Of a model; an empty one if it has none.
    pub(crate) const fn of(model: &Model<'m>) -> Self {
        Self::read(&model.find(Stack::Encoder, 0, Role::Subwords))
    }

    const fn read(section: &Section<'m>) -> Self {
        let words = section.words;
        let head = match words.first_chunk::<HEAD>() {
            Some(head) => *head,
            None => [0; HEAD],
        };
        let [flags, marks, penalty, letters, counts, ranges, model, _] = head;
        let runs = (counts & 0xFFFF) as usize;
        let (runs, rest) = split(words, HEAD, runs.wrapping_mul(2));
        let (sequences, rest) = split(rest, 0, (counts >> 16) as usize);
        let (first, rest) = split(rest, 0, (ranges & 0xFFFF) as usize);
        let (second, rest) = split(rest, 0, (ranges >> 16) as usize);
        let (model, text) = split(rest, 0, model as usize);
        Self {
            flags,
            marks,
            penalty: penalty as i32,
            most_letters: (letters & 0xFFFF) as usize,
            prefix: (letters >> 16) as usize,
            runs: runs.as_chunks().0,
            sequences,
            first,
            second,
            model,
            text: tail_bytes(text, 0),
        }
    }

    /// Does it have this [`flag`]?
    #[inline(always)]
    pub(crate) const fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    pub(crate) const fn split(&self) -> Split {
        match self.flags & 7 {
            0 => Split::Runs,
            1 => Split::Marks,
            2 => Split::Blanks,
            3 => Split::Alone,
            4 => Split::Kinds,
            _ => Split::Bytes,
        }
    }

    pub(crate) const fn unknown(&self) -> Option<Token> {
        if self.has(flag::UNKNOWN) { Some(self.marks as Token) } else { None }
    }

    pub(crate) const fn start(&self) -> Option<Token> {
        if self.has(flag::START) { Some((self.marks >> 16) as Token) } else { None }
    }

    /// What pieces start with that do not begin a word.
    pub(crate) const fn prefix(&self) -> &'m [u8] {
        self.bytes(0, self.prefix)
    }

    /// Bytes of its text; none outside.
    pub(crate) const fn bytes(&self, at: usize, len: usize) -> &'m [u8] {
        match self.text.split_at_checked(at) {
            Some((_, rest)) => match rest.split_at_checked(len) {
                Some((bytes, _)) => bytes,
                None => &[],
            },
            None => &[],
        }
    }

    /// A part of its text; an empty one outside.
    pub(crate) fn part(&self, at: usize, len: usize) -> &'m str {
        core::str::from_utf8(self.bytes(at, len)).unwrap_or("")
    }

    /// The text of a sequence; and where what it becomes starts, and its length.
    pub(crate) const fn sequence(&self, word: u32) -> (&'m [u8], usize, usize) {
        let (at, key) = ((word & 0x3_FFFF) as usize, (word >> 18 & 0x3F) as usize);
        (self.bytes(at, key), at.wrapping_add(key), (word >> 24) as usize)
    }
}

/// `count` words behind the first `skip`, and the rest; empty if there are not so many.
const fn split(words: &[u32], skip: usize, count: usize) -> (&[u32], &[u32]) {
    match words.split_at_checked(skip) {
        Some((_, rest)) => match rest.split_at_checked(count) {
            Some(parts) => parts,
            None => (&[], &[]),
        },
        None => (&[], &[]),
    }
}

/// The sizes are those of the section, the tokens are of the vocabulary, and the text is text.
pub(crate) const fn check(model: &Model<'_>) -> Result<(), Error> {
    let dims = model.dims();
    let Some(SourcePieces { method, .. }) = dims.subwords.source else { return Ok(()) };
    if dims.lowercase || dims.letters || !dims.reads_words() {
        return Err(Error::BadField { field: "pieces of words", value: method as u32 });
    }
    let section = model.find(Stack::Encoder, 0, Role::Subwords);
    let (table, words) = (SubwordTable::read(&section), section.words);
    let Some([.., text]) = words.first_chunk::<HEAD>() else {
        return Err(bad("head", HEAD as u32, words.len() as u32));
    };
    let sizes = HEAD
        .wrapping_add(table.runs.len().wrapping_mul(2))
        .wrapping_add(table.sequences.len())
        .wrapping_add(table.first.len())
        .wrapping_add(table.second.len())
        .wrapping_add(table.model.len())
        .wrapping_add(*text as usize);
    tri!(equal("words", sizes as u32, words.len() as u32));
    tri!(equal("words of text", *text, (table.text.len() / 4) as u32));
    tri!(at_most("flags", flag::ALL, table.flags));
    tri!(at_most("split", Split::Bytes as u32, table.flags & 7));
    if core::str::from_utf8(table.text).is_err() {
        return Err(bad("UTF-8 text", 1, 0));
    }
    tri!(at_most("prefix", table.text.len() as u32, table.prefix as u32));
    let vocabulary = dims.source_vocabulary as u32;
    tri!(at_most("unknown token", vocabulary.wrapping_sub(1), table.marks & 0xFFFF));
    tri!(at_most("start token", vocabulary.wrapping_sub(1), table.marks >> 16));
    match method {
        Method::Unigram => equal("scores", vocabulary, table.model.len() as u32),
        Method::Bpe => check_merges(table.model, vocabulary),
        Method::Whole | Method::LongestFirst => equal("model", 0, table.model.len() as u32),
    }
}

/// Pairs rise, and what they become are tokens.
const fn check_merges(words: &[u32], vocabulary: u32) -> Result<(), Error> {
    tri!(equal("halves of merges", 0, words.len() as u32 % 2));
    let (pairs, merged) = words.split_at(words.len() / 2);
    let (mut i, mut last) = (0, 0);
    while i < pairs.len() {
        if pairs[i] <= last && i > 0 {
            return Err(bad("merges", last, pairs[i]));
        }
        tri!(at_most("merged token", vocabulary.wrapping_sub(1), merged[i] & 0xFFFF));
        last = pairs[i];
        i += 1;
    }
    Ok(())
}

const fn equal(field: &'static str, expected: u32, found: u32) -> Result<(), Error> {
    if expected == found { Ok(()) } else { Err(bad(field, expected, found)) }
}

const fn at_most(field: &'static str, limit: u32, found: u32) -> Result<(), Error> {
    if found <= limit { Ok(()) } else { Err(bad(field, limit, found)) }
}

const fn bad(field: &'static str, expected: u32, found: u32) -> Error {
    Error::BadTensor { index: Role::Subwords as u32, field, expected, found }
}
