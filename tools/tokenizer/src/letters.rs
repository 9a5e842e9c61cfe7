//! Ranges of letters that the engine is given, for what a tokenizer asks of Unicode.

use crate::error::{Error, wrong};
use regex_syntax::hir::{Class, HirKind};
use unicode_categories::UnicodeCategories as _;
use unicode_segmentation::UnicodeSegmentation as _;

/// First and last letters.
pub(crate) type Ranges = Vec<(char, char)>;

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

/// Those of which something holds.
pub(crate) fn where_(holds: impl Fn(char) -> bool) -> Ranges {
    let mut ranges: Ranges = Vec::new();
    for c in ('\0'..=char::MAX).filter(|&c| holds(c)) {
        match ranges.last_mut() {
            Some((_, last)) if *last as u32 + 1 == c as u32 => *last = c,
            _ => ranges.push((c, c)),
        }
    }
    ranges
}

/// BERT's punctuation.
pub(crate) fn punctuation() -> Ranges {
    where_(is_punctuation)
}

/// Is it one of BERT's?
pub(crate) fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || c.is_punctuation()
}

/// Letters that join the one before them.
pub(crate) fn marks() -> Ranges {
    where_(|c| is_one(&format!("a{c}")))
}

/// Letters that join the one behind them.
pub(crate) fn prepended() -> Ranges {
    where_(|c| is_one(&format!("{c}a")))
}

/// Does no mark join this letter?
pub(crate) fn is_unjoined(c: char) -> bool {
    !is_one(&format!("{c}\u{301}"))
}

fn is_one(text: &str) -> bool {
    text.graphemes(true).nth(1).is_none()
}
