//! Sets and ranges of letters, for what a tokenizer asks of Unicode.
//!
//! What holds of a letter is asked of every letter of Unicode once in a process.

use crate::error::{Error, wrong};
use regex_syntax::hir::{Class, HirKind};
use std::sync::LazyLock;
use unicode_categories::UnicodeCategories as _;
use unicode_segmentation::UnicodeSegmentation as _;

/// First and last letters, as the engine is given them.
pub(crate) type Ranges = Vec<(char, char)>;

/// A set of letters: a bit each.
#[derive(Clone)]
pub(crate) struct Letters(Vec<u64>);

impl Default for Letters {
    /// None.
    fn default() -> Self {
        Self(vec![0; (char::MAX as usize + 1) / 64])
    }
}

impl Extend<char> for Letters {
    fn extend<I: IntoIterator<Item = char>>(&mut self, letters: I) {
        for c in letters {
            self.0[c as usize / 64] |= 1 << (c as u32 % 64);
        }
    }
}

impl Letters {
    /// Those of which something holds.
    pub(crate) fn where_(mut holds: impl FnMut(char) -> bool) -> Self {
        let mut letters = Self::default();
        letters.extend(('\0'..=char::MAX).filter(|&c| holds(c)));
        letters
    }

    /// Those of another one too.
    pub(crate) fn unite(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(bits, other)| *bits |= other);
    }

    pub(crate) fn has(&self, c: char) -> bool {
        self.0[c as usize / 64] >> (c as u32 % 64) & 1 == 1
    }

    /// All of them, sorted.
    pub(crate) fn iter(&self) -> impl Iterator<Item = char> {
        let words = self.0.iter().zip(0u32..).filter(|(bits, _)| **bits != 0);
        words
            .flat_map(|(_, at)| (at * 64..at * 64 + 64).filter_map(char::from_u32))
            .filter(|&c| self.has(c))
    }

    fn ranges(&self) -> Ranges {
        let mut ranges: Ranges = Vec::new();
        for c in self.iter() {
            match ranges.last_mut() {
                Some((_, last)) if *last as u32 + 1 == c as u32 => *last = c,
                _ => ranges.push((c, c)),
            }
        }
        ranges
    }
}

/// Those that a class of a regular expression has.
pub(crate) fn of_class(class: &str) -> Result<Ranges, Error> {
    let parsed = regex_syntax::parse(class).map(regex_syntax::hir::Hir::into_kind);
    match parsed {
        Ok(HirKind::Class(Class::Unicode(class))) => {
            Ok(class.ranges().iter().map(|range| (range.start(), range.end())).collect())
        }
        _ => wrong("class", format!("{class} is none")),
    }
}

static PUNCTUATION: LazyLock<Letters> =
    LazyLock::new(|| Letters::where_(|c| c.is_ascii_punctuation() || c.is_punctuation()));

/// BERT's punctuation.
pub(crate) fn punctuation() -> Ranges {
    PUNCTUATION.ranges()
}

/// Is it one of BERT's?
pub(crate) fn is_punctuation(c: char) -> bool {
    PUNCTUATION.has(c)
}

/// Is it one of those that words are made of, `\w`?
pub(crate) fn is_of_words(c: char) -> bool {
    static WORDS: LazyLock<Letters> = LazyLock::new(|| {
        let mut words = Letters::default();
        let ranges = of_class(r"\w").unwrap_or_default();
        ranges.into_iter().for_each(|(first, last)| words.extend(first..=last));
        words
    });
    WORDS.has(c)
}

/// Letters that join the one before them.
pub(crate) fn marks() -> Ranges {
    static MARKS: LazyLock<Letters> = LazyLock::new(|| Letters::where_(|c| is_one(['a', c])));
    MARKS.ranges()
}

/// Letters that join the one behind them.
pub(crate) fn prepended() -> Ranges {
    static PREPENDED: LazyLock<Letters> = LazyLock::new(|| Letters::where_(|c| is_one([c, 'a'])));
    PREPENDED.ranges()
}

/// Does no mark join this letter?
pub(crate) fn is_unjoined(c: char) -> bool {
    !is_one([c, '\u{301}'])
}

/// Are two letters one cluster?
fn is_one(letters: [char; 2]) -> bool {
    let mut bytes = [0; 8];
    let mut len = 0;
    for c in letters {
        len += c.encode_utf8(&mut bytes[len..]).len();
    }
    let text = str::from_utf8(&bytes[..len]);
    text.is_ok_and(|text| text.graphemes(true).nth(1).is_none())
}
