//! What splits words into pieces, written: the tables of the `subwords` section.

use super::table::{HEAD, NEVER, Split, flag};
use crate::Token;
use alloc::string::String;
use alloc::vec::Vec;

/// How sources become pieces.
#[derive(Clone, Debug)]
pub struct Subwords<'a> {
    /// How text is cut into words.
    pub split: Split,
    /// What else is done.
    pub choices: Choices,
    /// What stands for unknown letters or words.
    pub unknown: Option<Token>,
    /// What goes before each source.
    pub start: Option<Token>,
    /// Of Unigram: the score of an unknown letter.
    pub penalty: i32,
    /// Of the longest piece first: letters of the longest word, and what pieces inside a word begin with.
    pub longest_first: (u16, &'a str),
    /// Letters, or several together, and what they become; sorted by their bytes, each once.
    pub becomes: &'a [(&'a str, &'a str)],
    /// Letters that no mark joins, of those that become something.
    pub unjoined: &'a [char],
    /// The first ranges, of first and last letters.
    pub first: &'a [(char, char)],
    /// The second ranges.
    pub second: &'a [(char, char)],
    /// The model's own table.
    pub table: PieceTable<'a>,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs, reason = "src/format/subwords/table.rs says what each is")]
pub struct Choices {
    pub white: bool,
    pub collapse: bool,
    pub strip_left: bool,
    pub strip_right: bool,
    pub trim: bool,
    pub prefix: bool,
    pub always_prefix: bool,
    pub bytes: bool,
    pub fuse: bool,
    pub whole: bool,
    pub clusters: bool,
    pub mapped: bool,
}

/// The model's own table.
#[derive(Clone, Copy, Debug)]
pub enum PieceTable<'a> {
    /// None.
    None,
    /// A score for each token; `None` of those that no text becomes.
    Scores(&'a [Option<i32>]),
    /// Left and right token, the token that they become, and the rank: the lowest goes first.
    Merges(&'a [(Token, Token, Token, u16)]),
}

/// What does not fit into the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// Which part.
    pub part: &'static str,
    /// How large it is.
    pub have: usize,
    /// How large it may be.
    pub most: usize,
}

impl Subwords<'_> {
    pub(in crate::format) fn pack(&self) -> Result<Vec<u32>, TooLarge> {
        let mut text = String::from(self.longest_first.1);
        let mut texts = Texts { text: &mut text, most: 1 << 18 };
        let sequences = self.sequences(&mut texts)?;
        let runs = self.runs(&mut texts)?;
        let (first, second) = (ranges(self.first), ranges(self.second));
        let model = self.model();
        for (part, have) in [
            ("runs of letters", runs.len() / 2),
            ("sequences of letters", sequences.len()),
            ("ranges", first.len().max(second.len())),
        ] {
            at_most(part, have, 0xFFFF)?;
        }
        let mut text = text.into_bytes();
        text.resize(text.len().next_multiple_of(4), 0);
        let marks = u32::from(self.unknown.unwrap_or(0)) | u32::from(self.start.unwrap_or(0)) << 16;
        let head: [u32; HEAD] = [
            self.flags(),
            marks,
            self.penalty as u32,
            u32::from(self.longest_first.0) | (self.longest_first.1.len() as u32) << 16,
            (runs.len() / 2) as u32 | (sequences.len() as u32) << 16,
            first.len() as u32 | (second.len() as u32) << 16,
            model.len() as u32,
            (text.len() / 4) as u32,
        ];
        let text: Vec<u32> = text.as_chunks().0.iter().map(|&b| u32::from_le_bytes(b)).collect();
        Ok([&head[..], &runs, &sequences, &first, &second, &model, &text].concat())
    }

    fn flags(&self) -> u32 {
        let c = &self.choices;
        let flags = [
            (c.white, flag::WHITE),
            (c.collapse, flag::COLLAPSE),
            (c.strip_left, flag::STRIP_LEFT),
            (c.strip_right, flag::STRIP_RIGHT),
            (c.trim, flag::TRIM),
            (c.prefix, flag::PREFIX),
            (c.always_prefix, flag::ALWAYS_PREFIX),
            (c.bytes, flag::BYTES),
            (c.fuse, flag::FUSE),
            (c.whole, flag::WHOLE),
            (c.clusters, flag::CLUSTERS),
            (c.mapped, flag::MAPPED),
            (self.unknown.is_some(), flag::UNKNOWN),
            (self.start.is_some(), flag::START),
        ];
        let set = flags.iter().filter(|(has, _)| *has).map(|(_, flag)| flag);
        set.fold(self.split as u32, |flags, flag| flags | flag)
    }

    fn sequences(&self, texts: &mut Texts<'_>) -> Result<Vec<u32>, TooLarge> {
        let mut sequences = Vec::new();
        for (key, value) in self.becomes.iter().filter(|(key, _)| key.chars().count() > 1) {
            at_most("bytes of a sequence", key.len(), 63)?;
            at_most("bytes that a sequence becomes", value.len(), 255)?;
            let at = texts.place(&[*key, *value].concat())?;
            sequences.push(at | (key.len() as u32) << 18 | (value.len() as u32) << 24);
        }
        Ok(sequences)
    }

    /// Letters that follow each other and become letters that do, or every second of which does, or that
    /// all become the same text.
    fn runs(&self, texts: &mut Texts<'_>) -> Result<Vec<u32>, TooLarge> {
        let mut singles: Vec<(char, &str)> = Vec::new();
        for (key, value) in self.becomes {
            let mut letters = key.chars();
            if let (Some(letter), None) = (letters.next(), letters.next()) {
                singles.push((letter, value));
            }
        }
        let mut words = Vec::new();
        let mut rest = &singles[..];
        while let Some(&(first, value)) = rest.first() {
            let is_unjoined = |c: char| self.unjoined.contains(&c);
            let unjoined = is_unjoined(first);
            // What it becomes, the step to the next, and the bits that say so.
            let ways: [(Becomes, u32, u32); 3] =
                [(only, 1, 0), (only, 2, 1 << 30), (spaced, 1, 1 << 21)];
            let mut best =
                (run_of(rest, 1, |c, to| to == value && is_unjoined(c) == unjoined), None);
            for (of, step, bits) in ways {
                let Some(to) = of(value).filter(|_| !unjoined) else { continue };
                let next = |c: char, text: &str| {
                    let offset = (c as u32).wrapping_sub(first as u32);
                    let becomes = of(text).map(|c| c as u32);
                    becomes == Some(to as u32 + offset)
                        && offset.is_multiple_of(step)
                        && !is_unjoined(c)
                };
                let len = run_of(rest, step, next);
                if len >= best.0 {
                    best = (len, Some((to as u32 | bits, step)));
                }
            }
            let (len, shift) = best;
            let span = shift.map_or(len, |(_, step)| (len - 1) * step as usize + 1);
            let becomes = match shift {
                Some((becomes, _)) => becomes,
                None => {
                    at_most("bytes that a letter becomes", value.len(), 255)?;
                    let kind = if unjoined { 3 } else { 2 };
                    texts.place(value)? | (value.len() as u32) << 20 | kind << 30
                }
            };
            words.extend([first as u32 | (span as u32 - 1) << 21, becomes]);
            rest = &rest[len..];
        }
        Ok(words)
    }

    fn model(&self) -> Vec<u32> {
        match self.table {
            PieceTable::None => Vec::new(),
            PieceTable::Scores(scores) => {
                scores.iter().map(|score| score.unwrap_or(NEVER) as u32).collect()
            }
            PieceTable::Merges(merges) => {
                let pair = |high: u16, low: u16| u32::from(high) << 16 | u32::from(low);
                let merges = merges.iter();
                let mut sorted: Vec<(u32, u32)> =
                    merges.map(|&(l, r, to, rank)| (pair(l, r), pair(rank, to))).collect();
                sorted.sort_by_key(|&(pair, _)| pair);
                let pairs = sorted.iter().map(|&(pair, _)| pair);
                pairs.chain(sorted.iter().map(|&(_, merged)| merged)).collect()
            }
        }
    }
}

/// The letter that a text is.
type Becomes = fn(&str) -> Option<char>;

/// How many letters from the first on, each `step` behind the one before it, become so.
fn run_of(rest: &[(char, &str)], step: u32, becomes: impl Fn(char, &str) -> bool) -> usize {
    let first = rest[0].0 as u32;
    let goes_on = |&(n, &(from, to)): &(u32, &(char, &str))| {
        n * step < 2048 && from as u32 == first + n * step && becomes(from, to)
    };
    (0..).zip(rest).take_while(goes_on).count()
}

/// The letter that stands between blanks.
fn spaced(text: &str) -> Option<char> {
    text.strip_prefix(' ')?.strip_suffix(' ').and_then(only)
}

/// The letter of a text that has one.
fn only(text: &str) -> Option<char> {
    let mut letters = text.chars();
    letters.next().filter(|_| letters.next().is_none())
}

fn ranges(ranges: &[(char, char)]) -> Vec<u32> {
    let mut words = Vec::new();
    for &(first, last) in ranges {
        let (mut from, last) = (first as u32, last as u32);
        while from <= last {
            let to = last.min(from + 2047);
            words.push(from | (to - from) << 21);
            from = to + 1;
        }
    }
    words
}

/// Texts behind each other; one that is there already is not written again.
struct Texts<'t> {
    text: &'t mut String,
    most: usize,
}

impl Texts<'_> {
    fn place(&mut self, part: &str) -> Result<u32, TooLarge> {
        if let Some(at) = self.text.find(part) {
            return Ok(at as u32);
        }
        let at = self.text.len();
        self.text.push_str(part);
        at_most("bytes of text", self.text.len(), self.most)?;
        Ok(at as u32)
    }
}

fn at_most(part: &'static str, have: usize, most: usize) -> Result<(), TooLarge> {
    if have <= most { Ok(()) } else { Err(TooLarge { part, have, most }) }
}
