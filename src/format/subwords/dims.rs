//! What the header says of pieces of words: docs/TOKENIZERS.md. Without the feature `subwords` all of
//! this is empty, and a file that says anything is refused.
//!
//! ```text
//! word 62   bytes: how pieces of a target are joined, flags, 0, 0
//! word 63   bytes: method of the source, log₂ of the scores that it keeps · longest word, a half
//! ```

use crate::Error;
use crate::format::field;
#[cfg(feature = "subwords")]
use crate::format::{limits::range, tri};

/// Longest word of a source, in bytes, that a file may ask room for.
pub const MAX_SUBWORD_TEXT: usize = 4096;

/// How text becomes pieces of words, and pieces become text; nothing of a model of whole words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SubwordDims {
    /// How sources are split.
    #[cfg(feature = "subwords")]
    pub source: Option<SourcePieces>,
    /// How targets are joined.
    #[cfg(feature = "subwords")]
    pub target: Option<TargetPieces>,
}

/// The method that splits a word, and its room.
#[cfg(feature = "subwords")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SourcePieces {
    /// Which.
    pub method: Method,
    /// log₂ of the scores that Unigram keeps: more than the longest piece has bytes. Else 0.
    pub window: u32,
    /// Longest word, in bytes as it is looked up: 1 … [`MAX_SUBWORD_TEXT`].
    pub longest_word: usize,
}

/// How a word becomes pieces.
#[cfg(feature = "subwords")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Method {
    /// It is one, or unknown.
    Whole = 1,
    /// The longest piece first, from front to back.
    LongestFirst = 2,
    /// Neighbours are merged, the pair of the lowest rank first (arXiv 1508.07909).
    Bpe = 3,
    /// The pieces whose scores have the largest sum (arXiv 1804.10959).
    Unigram = 4,
}

/// How pieces are joined.
#[cfg(feature = "subwords")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TargetPieces {
    /// Which pieces have a blank before them.
    pub join: Join,
    /// `<0x00>` … `<0xFF>` are bytes of letters.
    pub byte_pieces: bool,
    /// Of [`Join::Marked`]: ▁ of the first piece is a blank too.
    pub keeps_first: bool,
    /// Of [`Join::Continued`]: no blank before marks and English endings, as `n't`.
    pub tidy: bool,
}

/// Which pieces have a blank before them.
#[cfg(feature = "subwords")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Join {
    /// All but the first.
    Blanks = 1,
    /// Each ▁ is one, but for those of the first piece.
    Marked = 2,
    /// A letter of a piece is a byte, of which some are blanks.
    Bytes = 3,
    /// All but the first and those that start with `##`.
    Continued = 4,
}

impl SubwordDims {
    /// Of a model of whole words.
    pub const NONE: Self = Self {
        #[cfg(feature = "subwords")]
        source: None,
        #[cfg(feature = "subwords")]
        target: None,
    };

    /// Files that say anything are refused.
    #[cfg(not(feature = "subwords"))]
    pub(in crate::format) const fn parse(words: &[u32]) -> Result<Self, Error> {
        let none = words[field::TARGET_PIECES] | words[field::SOURCE_PIECES] == 0;
        if none { Ok(Self::NONE) } else { Err(Error::NeedsFeature { feature: "subwords" }) }
    }

    /// Is it that of a model of whole words?
    #[must_use]
    pub const fn is_none(&self) -> bool {
        #[cfg(feature = "subwords")]
        return self.source.is_none() && self.target.is_none();
        #[cfg(not(feature = "subwords"))]
        true
    }

    /// Words of RAM that encoding a text takes.
    #[cfg(not(feature = "subwords"))]
    #[must_use]
    pub const fn room(&self) -> usize {
        0
    }
}

#[cfg(feature = "subwords")]
impl SubwordDims {
    pub(in crate::format) const fn parse(words: &[u32]) -> Result<Self, Error> {
        let [join, flags, low, high] = words[field::TARGET_PIECES].to_le_bytes();
        tri!(range(join as u32, 0, 4, "join of pieces"));
        tri!(range(flags as u32, 0, if join == 0 { 0 } else { 7 }, "flags of pieces"));
        tri!(range((low | high) as u32, 0, 0, "reserved"));
        let target = match join {
            0 => None,
            1 => Some(Join::Blanks),
            2 => Some(Join::Marked),
            3 => Some(Join::Bytes),
            _ => Some(Join::Continued),
        };
        let target = match target {
            Some(join) => Some(TargetPieces {
                join,
                byte_pieces: flags & 1 == 1,
                keeps_first: flags & 2 == 2,
                tidy: flags & 4 == 4,
            }),
            None => None,
        };
        Ok(Self { source: tri!(SourcePieces::parse(words[field::SOURCE_PIECES])), target })
    }

    /// Sections of a file: one if sources are split.
    pub(in crate::format) const fn sections(&self) -> usize {
        self.source.is_some() as usize
    }

    /// Words of RAM that encoding a text takes.
    #[must_use]
    pub const fn room(&self) -> usize {
        let Some(SourcePieces { method, window, longest_word }) = self.source else { return 0 };
        let text = longest_word.div_ceil(4);
        match method {
            Method::Whole | Method::LongestFirst => text,
            // Text; a token and a rank for each letter.
            Method::Bpe => text.wrapping_add(longest_word.div_ceil(2).wrapping_mul(2)),
            // Text; a length for each place between letters; scores.
            Method::Unigram => {
                let lengths = longest_word.wrapping_add(1).div_ceil(4);
                text.wrapping_add(lengths).wrapping_add(2usize.wrapping_shl(window))
            }
        }
    }

    #[cfg(feature = "emit")]
    pub(in crate::format) fn write(&self, words: &mut [u32]) {
        if let Some(SourcePieces { method, window, longest_word }) = self.source {
            words[field::SOURCE_PIECES] = method as u32 | window << 8 | (longest_word as u32) << 16;
        }
        if let Some(TargetPieces { join, byte_pieces, keeps_first, tidy }) = self.target {
            let flags = u32::from(byte_pieces) | u32::from(keeps_first) << 1 | u32::from(tidy) << 2;
            words[field::TARGET_PIECES] = join as u32 | flags << 8;
        }
    }
}

#[cfg(all(feature = "emit", not(feature = "subwords")))]
impl SubwordDims {
    pub(in crate::format) fn write(&self, _: &mut [u32]) {}
}

#[cfg(feature = "subwords")]
impl SourcePieces {
    const fn parse(word: u32) -> Result<Option<Self>, Error> {
        let [method, window, ..] = word.to_le_bytes();
        tri!(range(method as u32, 0, 4, "method of pieces"));
        let method = match method {
            0 => {
                tri!(range(word, 0, 0, "reserved"));
                return Ok(None);
            }
            1 => Method::Whole,
            2 => Method::LongestFirst,
            3 => Method::Bpe,
            _ => Method::Unigram,
        };
        let (low, high) = if matches!(method, Method::Unigram) { (1, 7) } else { (0, 0) };
        tri!(range(window as u32, low, high, "scores of pieces"));
        tri!(range(word >> 16, 1, MAX_SUBWORD_TEXT as u32, "longest word"));
        Ok(Some(Self { method, window: window as u32, longest_word: (word >> 16) as usize }))
    }
}
