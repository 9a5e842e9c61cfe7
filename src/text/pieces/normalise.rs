//! Letters as the vocabulary has them: a table of what becomes what, made by the converter.
//!
//! A *run* is letters that follow each other, and what each becomes; a *sequence* is several letters that
//! together become something else. Of a text what it begins with is replaced, the longest sequence first;
//! what came of it is not read again. A table of clusters does as the `tokenizers` crate does with
//! SentencePiece's tables: a letter with its marks (UAX 29), if they are fewer than six bytes, is replaced
//! by what the *shortest* that is known becomes, marks and all; in longer ones each letter stands alone.

use super::prefixes::Prefixes;
use crate::format::subwords::{SubwordTable, flag};

/// What a run's letters become, in two bits.
const SHIFTED: u32 = 0;
/// A bit more, of [`SHIFTED`].
const SPACED: u32 = 1 << 21;
const EVERY_SECOND: u32 = 1;
const TEXT: u32 = 2;
// 3: a text as well, of letters that no mark joins.
/// A cluster of so many bytes is not replaced as one.
const LONG: usize = 6;

/// Reads a text.
pub(super) struct Normaliser<'t, 'm> {
    table: SubwordTable<'m>,
    len: usize,
    rest: &'t str,
    /// Bytes that are read letter by letter.
    alone: usize,
}

/// What came of a letter or more.
pub(super) enum Normalised<'m> {
    Letter(char),
    /// Between blanks.
    Spaced(char),
    Text(&'m str),
}

impl<'m> Normalised<'m> {
    pub(super) fn letters(&self) -> impl Iterator<Item = char> + use<'m> {
        let (one, text, blank) = match *self {
            Self::Letter(letter) => (Some(letter), "", None),
            Self::Spaced(letter) => (Some(letter), "", Some(' ')),
            Self::Text(text) => (None, text, None),
        };
        blank.into_iter().chain(one).chain(text.chars()).chain(blank)
    }
}

impl<'t, 'm> Normaliser<'t, 'm> {
    pub(super) fn new(table: &SubwordTable<'m>, text: &'t str) -> Self {
        Self { table: *table, len: text.len(), rest: text, alone: 0 }
    }

    /// The byte of the text that is read next.
    pub(super) fn position(&self) -> usize {
        self.len.wrapping_sub(self.rest.len())
    }

    pub(super) fn next(&mut self) -> Option<Normalised<'m>> {
        let first = self.rest.chars().next()?;
        let run = self.run(first);
        let in_clusters = self.table.has(flag::CLUSTERS);
        let mut found = None;
        if in_clusters && self.alone == 0 {
            let (cluster, _) = self.rest.split_at_checked(self.cluster(run)).unwrap_or_default();
            self.alone = cluster.len();
            if cluster.len() < LONG && cluster.len() > first.len_utf8() {
                let all = |(_, text)| (cluster.len(), text);
                let whole = run.and_then(|run| become_text(&self.table, run, first));
                let whole = whole.map(|text| (cluster.len(), text));
                found = whole.or_else(|| self.sequence(cluster, true).map(all));
            }
        } else if !in_clusters {
            found = self.sequence(self.rest, false);
        }
        let single = || {
            let text = run.and_then(|run| become_text(&self.table, run, first));
            (first.len_utf8(), text.unwrap_or(Normalised::Letter(first)))
        };
        let (read, text) = found.unwrap_or_else(single);
        self.rest = self.rest.get(read..).unwrap_or("");
        self.alone = self.alone.saturating_sub(read);
        Some(text)
    }

    /// The run of a letter.
    fn run(&self, c: char) -> Option<&'m [u32; 2]> {
        let at = self.table.runs.partition_point(|&[first, _]| first & 0x1F_FFFF <= c as u32);
        let run = self.table.runs.get(at.checked_sub(1)?)?;
        is_in(run[0], c).then_some(run)
    }

    /// The longest sequence, or the shortest, that a text begins with: its bytes, and what they become.
    fn sequence(&self, text: &str, shortest: bool) -> Option<(usize, Normalised<'m>)> {
        let SubwordTable { sequences, .. } = self.table;
        let of = |i: usize| sequences.get(i).map_or(0, |&word| word);
        let mut prefixes = Prefixes::new(sequences.len(), |i| self.table.sequence(of(i)).0);
        let (mut best, mut read) = (None, 0usize);
        for letter in text.chars() {
            read = read.wrapping_add(letter.len_utf8());
            let (mut bytes, mut end) = ([0; 4], None);
            for &byte in self.looked_up(letter).encode_utf8(&mut bytes).as_bytes() {
                let Some((entry, ends)) = prefixes.step(byte) else { return best };
                end = ends.then_some(entry);
            }
            if let Some(entry) = end {
                let (_, at, len) = self.table.sequence(of(entry));
                best = Some((read, Normalised::Text(self.table.part(at, len))));
                if shortest {
                    break;
                }
            }
        }
        best
    }

    /// What a letter of a sequence is looked up as.
    fn looked_up(&self, letter: char) -> char {
        if !self.table.has(flag::MAPPED) {
            return letter;
        }
        let becomes = self.run(letter).and_then(|run| become_text(&self.table, run, letter));
        let mut letters = becomes.iter().flat_map(Normalised::letters);
        let first = letters.next();
        first.filter(|_| letters.next().is_none()).unwrap_or(letter)
    }

    /// Bytes of what is one letter to a reader, as far as that matters here: a letter, what goes before it
    /// (the first ranges) and the marks behind it (the second).
    fn cluster(&self, run: Option<&[u32; 2]>) -> usize {
        let mut letters = self.rest.chars();
        let Some(mut c) = letters.next() else { return 0 };
        let mut len = c.len_utf8();
        if run.is_some_and(|run| run[1] >> 30 == 3) || c.is_control() {
            let is_line = c == '\r' && letters.next() == Some('\n');
            return len.wrapping_add(is_line.into());
        }
        for next in letters {
            let goes_on = is_among(self.table.second, next)
                || is_among(self.table.first, c) && !next.is_control();
            if !goes_on {
                break;
            }
            len = len.wrapping_add(next.len_utf8());
            c = next;
        }
        len
    }
}

/// What a letter of a run becomes.
fn become_text<'m>(
    table: &SubwordTable<'m>,
    &[first, becomes]: &[u32; 2],
    c: char,
) -> Option<Normalised<'m>> {
    let (kind, offset) = (becomes >> 30, (c as u32).wrapping_sub(first & 0x1F_FFFF));
    match kind {
        EVERY_SECOND if offset % 2 == 1 => None,
        SHIFTED | EVERY_SECOND => {
            let letter = char::from_u32((becomes & 0x1F_FFFF).wrapping_add(offset))?;
            let spaced = kind == SHIFTED && becomes & SPACED > 0;
            Some(if spaced { Normalised::Spaced(letter) } else { Normalised::Letter(letter) })
        }
        TEXT.. => {
            let (at, len) = ((becomes & 0xF_FFFF) as usize, (becomes >> 20 & 0xFF) as usize);
            Some(Normalised::Text(table.part(at, len)))
        }
    }
}

/// Is a letter in a range?
fn is_in(range: u32, c: char) -> bool {
    (c as u32).wrapping_sub(range & 0x1F_FFFF) <= range >> 21
}

/// Is a letter in one of these ranges, which rise?
pub(super) fn is_among(ranges: &[u32], c: char) -> bool {
    let behind = ranges.partition_point(|&range| range & 0x1F_FFFF <= c as u32);
    behind.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|&range| is_in(range, c))
}
