//! What letters become, before they are looked up: all steps of a tokenizer as one table.
//!
//! Steps that look at one letter at a time are run over every letter of Unicode. SentencePiece's tables
//! also have sequences. What cannot matter is left out: a letter that no piece has, and that becomes
//! letters that no piece has, is unknown before and after. Where the bytes of unknown letters are tokens,
//! all matters.

use crate::error::{Error, unsupported};
use crate::letters::{self, Letters, is_punctuation};
use crate::step::{Step, Through};
use crate::{Method, Split};
use std::collections::HashMap;
use unicode_categories::UnicodeCategories as _;

/// How several letters are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sequences {
    /// As they are, the longest.
    Plain,
    /// As what each becomes alone, the longest.
    Mapped,
    /// In clusters, the shortest.
    Clusters,
}

/// What letters become, and how several are looked up.
pub(crate) type Table = (Vec<(String, String)>, Sequences);

/// What matters.
#[derive(Clone)]
pub(crate) struct Matters {
    known: Letters,
    /// Whatever letters there are, they are told apart.
    all: bool,
    /// How many unknown letters there are.
    count: bool,
    split: Split,
}

impl Matters {
    /// Letters of these pieces.
    pub(crate) fn of<'w>(
        pieces: impl Iterator<Item = &'w String>,
        method: &Method,
        split: Split,
    ) -> Self {
        let mut known = Letters::default();
        known.extend(pieces.flat_map(|piece| piece.chars()).chain([' ']));
        let all =
            matches!(method, Method::Bpe { bytes: true, .. } | Method::Unigram { bytes: true, .. });
        Self { known, all, count: matches!(method, Method::Bpe { fuse: false, .. }), split }
    }

    fn has_known(&self, text: &str) -> bool {
        self.all || text.chars().any(|c| self.is_known(c))
    }

    fn is_known(&self, c: char) -> bool {
        self.known.has(c) || c.is_whitespace() || self.split == Split::Alone && is_punctuation(c)
    }

    /// Is an unknown letter another thing than the unknown letters that it becomes?
    fn tells(&self, c: char, to: &str) -> bool {
        let is_kind = |to| letters::is_of_words(c) == letters::is_of_words(to);
        self.count && to.chars().nth(1).is_some()
            || self.split == Split::Kinds && !to.chars().all(is_kind)
    }

    /// Letters that no piece has are all the same.
    fn plain(&self, text: &str) -> String {
        let told = self.all || self.split == Split::Kinds;
        if told || self.known.has(char::REPLACEMENT_CHARACTER) {
            return text.to_owned();
        }
        let plain = |c| if self.is_known(c) { c } else { char::REPLACEMENT_CHARACTER };
        text.chars().map(plain).collect()
    }
}

/// The table of some steps.
pub(crate) fn table(steps: &[Step], matters: &Matters) -> Result<Table, Error> {
    let Some((Step::Charsmap { bytes, clusters }, behind)) = steps.split_first() else {
        if steps.iter().any(|step| matches!(step, Step::Charsmap { .. })) {
            return unsupported("normalizer", "Precompiled", "it must be the first of all");
        }
        return Ok((singles(steps, &HashMap::new(), matters), Sequences::Plain));
    };
    if *clusters && !behind.is_empty() {
        let why = "no other step that changes letters may stand beside it";
        return unsupported("normalizer", "Precompiled", why);
    }
    // Of several letters that become one, number and kinds are not asked after.
    let all = matters.all || matters.count || matters.split == Split::Kinds;
    let matters = &Matters { all, ..matters.clone() };
    let hangul = matters.all || matters.known.iter().any(is_hangul);
    let wanted = |key: &[u8]| {
        let first = key.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
        (!clusters || key.len() < 6) && (hangul || !first.is_some_and(is_hangul))
    };
    let keys = crate::charsmap::read(bytes, &wanted)?;
    let (one, several): (Vec<_>, Vec<_>) =
        keys.into_iter().partition(|(key, _)| key.chars().nth(1).is_none());
    let map: HashMap<char, String> =
        one.into_iter().filter_map(|(key, to)| Some((key.chars().next()?, to))).collect();
    let kind = match clusters {
        true => Sequences::Clusters,
        false if are_mapped(&several, &map) => Sequences::Mapped,
        false => Sequences::Plain,
    };
    let mut table = Vec::new();
    let mut shorter: Option<String> = None;
    let none = HashMap::new();
    let (mut steps_behind, mut steps_alone) =
        (Through::new(behind, &none), Through::new(steps, &map));
    for (key, to) in several {
        let (to, alone) = (steps_behind.of(&to), steps_alone.of(&key));
        // The shortest is taken, whatever follows it.
        let hidden = shorter.as_ref().is_some_and(|shorter| key.starts_with(shorter.as_str()))
            || key.chars().next().is_some_and(|first| map.contains_key(&first));
        if *clusters && hidden || kind == Sequences::Mapped && mapped(&key, &map) != key {
            continue;
        }
        shorter = Some(key.clone());
        let same = to == alone && !clusters;
        if !same && (matters.has_known(to) || matters.has_known(alone)) {
            table.push((key, matters.plain(to)));
        }
    }
    // What letters become matters too where a sequence has it.
    let mut wider = matters.clone();
    if kind == Sequences::Mapped {
        wider.known.extend(table.iter().flat_map(|(key, _)| key.chars()));
    }
    table.extend(singles(steps, &map, &wider));
    table.sort();
    Ok((table, kind))
}

/// Each letter as what it becomes alone, if that is one letter.
fn mapped(key: &str, map: &HashMap<char, String>) -> String {
    let one = |c: char| match map.get(&c) {
        Some(to) if to.chars().nth(1).is_none() => to.chars().next().unwrap_or(c),
        _ => c,
    };
    key.chars().map(one).collect()
}

/// Do all sequences whose letters become the same ones become the same, and are all there of which one is?
fn are_mapped(several: &[(String, String)], map: &HashMap<char, String>) -> bool {
    let mut same: HashMap<char, usize> = HashMap::new();
    for to in map.values() {
        let mut letters = to.chars();
        if let (Some(letter), None) = (letters.next(), letters.next()) {
            *same.entry(letter).or_insert(0) += 1;
        }
    }
    let mut groups: HashMap<String, (usize, &str)> = HashMap::new();
    for (key, to) in several {
        let group = groups.entry(mapped(key, map)).or_insert((0, to));
        if group.1 != to {
            return false;
        }
        group.0 += 1;
    }
    let all = |key: &str| key.chars().map(|c| 1 + same.get(&c).unwrap_or(&0)).product::<usize>();
    groups.iter().all(|(key, &(count, _))| mapped(key, map) == *key && count == all(key))
}

/// All letters that become something else.
fn singles(
    steps: &[Step],
    map: &HashMap<char, String>,
    matters: &Matters,
) -> Vec<(String, String)> {
    let mut table = Vec::new();
    // A mark that is dropped with its letter matters if a piece has it.
    let marks = matters.known.iter().any(|c| c.is_mark());
    let mut through = Through::new(steps, map);
    for c in through.changed().iter() {
        let mut from = [0; 4];
        let from: &str = c.encode_utf8(&mut from);
        let to = through.of(from);
        let known = to.is_empty() || matters.has_known(to) || matters.is_known(c);
        if to != from && (known || matters.tells(c, to) || marks && map.contains_key(&c)) {
            table.push((from.to_owned(), matters.plain(to)));
        }
    }
    table
}

fn is_hangul(c: char) -> bool {
    matches!(c as u32, 0x1100..=0x11FF | 0x3131..=0x318E | 0xA960..=0xA97F | 0xAC00..=0xD7FF
        | 0x3260..=0x327F | 0xFFA0..=0xFFDC)
}

/// Letters of a table that no mark joins.
pub(crate) fn unjoined(table: &[(String, String)]) -> Vec<char> {
    let letters = table.iter().filter(|(from, _)| from.chars().nth(1).is_none());
    letters
        .filter_map(|(from, _)| from.chars().next())
        .filter(|&c| letters::is_unjoined(c))
        .collect()
}
