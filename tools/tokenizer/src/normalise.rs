//! What letters become, before they are looked up: all steps of a tokenizer as one table.
//!
//! Steps that look at one letter at a time are run over every letter of Unicode. SentencePiece's tables
//! also have sequences. What cannot matter is left out: a letter that no piece has, and that becomes
//! letters that no piece has, is unknown before and after. Where the bytes of unknown letters are tokens,
//! all matters.

use crate::error::{Error, unsupported};
use crate::letters::{self, is_punctuation};
use std::collections::{HashMap, HashSet};
use unicode_categories::UnicodeCategories as _;
use unicode_normalization::UnicodeNormalization as _;

/// A step that looks at one letter at a time, but for the first.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// SentencePiece's table, and whether clusters are normalised as one.
    Charsmap { bytes: Vec<u8>, clusters: bool },
    /// Upper case to lower case.
    Lowercase,
    /// Control characters are dropped, white space is blanks (BERT).
    Clean,
    /// Blanks around Chinese characters (BERT).
    Chinese,
    /// Letters without their accents.
    StripAccents,
    /// A letter becomes a text.
    Replace(char, String),
}

impl Step {
    fn of_letter(&self, c: char, out: &mut String) {
        match self {
            Self::Charsmap { .. } => out.push(c),
            Self::Lowercase => out.extend(c.to_lowercase()),
            Self::Clean => match c {
                '\t' | '\n' | '\r' => out.push(' '),
                '\0' | '\u{FFFD}' => {}
                c if c.is_other() => {}
                c if c.is_whitespace() => out.push(' '),
                c => out.push(c),
            },
            Self::Chinese if is_chinese(c) => out.extend([' ', c, ' ']),
            Self::Chinese => out.push(c),
            Self::StripAccents => out.extend(c.nfd().filter(|c| !c.is_mark_nonspacing())),
            Self::Replace(from, to) if *from == c => out.push_str(to),
            Self::Replace(..) => out.push(c),
        }
    }
}

/// BERT's Chinese characters.
fn is_chinese(c: char) -> bool {
    matches!(c as u32,
        0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0x20000..=0x2A6DF | 0x2A700..=0x2B73F
        | 0x2B740..=0x2B81F | 0x2B920..=0x2CEAF | 0xF900..=0xFAFF | 0x2F800..=0x2FA1F)
}

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
    known: HashSet<char>,
    /// Whatever letters there are, they are told apart.
    all: bool,
    /// Those that are words of their own are.
    punctuation: bool,
}

impl Matters {
    /// Letters of these pieces.
    pub(crate) fn of<'w>(
        pieces: impl Iterator<Item = &'w String>,
        all: bool,
        punctuation: bool,
    ) -> Self {
        let mut known: HashSet<char> = pieces.flat_map(|piece| piece.chars()).collect();
        known.insert(' ');
        Self { known, all, punctuation }
    }

    fn has_known(&self, text: &str) -> bool {
        let matters = |c: char| {
            let alone = self.punctuation && is_punctuation(c);
            self.known.contains(&c) || c.is_whitespace() || alone
        };
        self.all || text.chars().any(matters)
    }

    /// Letters that no piece has are all the same.
    fn plain(&self, text: String) -> String {
        if self.all || self.known.contains(&char::REPLACEMENT_CHARACTER) {
            return text;
        }
        let plain =
            |c| if self.has_known(&String::from(c)) { c } else { char::REPLACEMENT_CHARACTER };
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
    let hangul = matters.all || matters.known.iter().any(|&c| is_hangul(c));
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
    for (key, to) in several {
        let to = through(&to, behind, &HashMap::new());
        let alone = through(&key, steps, &map);
        // The shortest is taken, whatever follows it.
        let hidden = shorter.as_ref().is_some_and(|shorter| key.starts_with(shorter.as_str()))
            || key.chars().next().is_some_and(|first| map.contains_key(&first));
        if *clusters && hidden || kind == Sequences::Mapped && mapped(&key, &map) != key {
            continue;
        }
        shorter = Some(key.clone());
        let same = to == alone && !clusters;
        if !same && (matters.has_known(&to) || matters.has_known(&alone)) {
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
    let marks = matters.known.iter().any(|&c| c.is_mark());
    for c in '\0'..=char::MAX {
        let from = String::from(c);
        let to = through(&from, steps, map);
        let matters_here = to.is_empty() || matters.has_known(&to) || matters.has_known(&from);
        if to != from && (matters_here || marks && map.contains_key(&c)) {
            table.push((from, matters.plain(to)));
        }
    }
    table
}

/// A text through all steps, letter by letter.
fn through(text: &str, steps: &[Step], map: &HashMap<char, String>) -> String {
    let mut text = text.to_owned();
    for step in steps {
        let mut out = String::new();
        for c in text.chars() {
            match (step, map.get(&c)) {
                (Step::Charsmap { .. }, Some(to)) => out.push_str(to),
                _ => step.of_letter(c, &mut out),
            }
        }
        text = out;
    }
    text
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
