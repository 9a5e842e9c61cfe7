//! The words of a vocabulary.
//!
//! ```text
//! [n + 1 offsets into the text, words] [n tokens, sorted by their text, halves] [text, UTF-8]
//! ```

use super::{Model, Role, Stack, tail_bytes};
use crate::{Error, Token};
#[cfg(feature = "emit")]
use alloc::vec::Vec;
use core::cmp::Ordering;

/// A vocabulary, read in place.
#[derive(Clone, Copy, Debug)]
pub struct WordTable<'m> {
    words: &'m [u32],
    len: usize,
}

/// Words before the text of a table of `len`.
const fn text_start(len: usize) -> usize {
    len.wrapping_add(1).wrapping_add(len.div_ceil(2))
}

impl<'m> WordTable<'m> {
    pub(crate) const fn of(model: &Model<'m>, role: Role) -> Self {
        let section = model.find(Stack::Encoder, 0, role);
        Self { words: section.words, len: section.rows }
    }

    /// Number of words, marks included.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Is there none?
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    const fn text(&self) -> &'m [u8] {
        tail_bytes(self.words, text_start(self.len))
    }

    /// The text of `token`; empty if there is no such token.
    #[must_use]
    pub fn get(&self, token: Token) -> &'m str {
        let token = usize::from(token);
        if token >= self.len {
            return "";
        }
        core::str::from_utf8(self.bytes(token)).unwrap_or("")
    }

    /// `i` < `len`.
    pub(crate) const fn sorted(&self, i: usize) -> Token {
        let at = self.len.wrapping_add(1 + i / 2);
        let pair = if at < self.words.len() { self.words[at] } else { 0 };
        (pair >> (16 * (i % 2))) as Token
    }

    /// Where word `i` starts in the text; 0 outside the table.
    const fn offset(&self, i: usize) -> usize {
        if i < self.words.len() { self.words[i] as usize } else { 0 }
    }

    /// The bytes of a token; none if its offsets lie.
    pub(crate) const fn bytes(&self, token: usize) -> &'m [u8] {
        let (start, end) = (self.offset(token), self.offset(token.wrapping_add(1)));
        match self.text().split_at_checked(start) {
            Some((_, rest)) => match rest.split_at_checked(end.wrapping_sub(start)) {
                Some((word, _)) => word,
                None => &[],
            },
            None => &[],
        }
    }

    /// The token whose text is `word`.
    #[must_use]
    pub fn find(&self, word: &str) -> Option<Token> {
        self.search(|token| self.get(token).cmp(word))
    }

    /// The same of bytes.
    #[cfg(feature = "subwords")]
    pub(crate) fn find_bytes(&self, word: &[u8]) -> Option<Token> {
        self.search(|token| self.bytes(token.into()).cmp(word))
    }

    #[inline(always)]
    fn search(&self, compare: impl Fn(Token) -> Ordering) -> Option<Token> {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low.midpoint(high);
            let token = self.sorted(middle);
            match compare(token) {
                Ordering::Equal => return Some(token),
                Ordering::Less => low = middle.wrapping_add(1),
                Ordering::Greater => high = middle,
            }
        }
        None
    }
}

/// Offsets rise from 0 to the end of the text, at letters; the sorted tokens exist.
pub(crate) const fn check(model: &Model<'_>, role: Role) -> Result<(), Error> {
    let table = WordTable::of(model, role);
    let (n, words) = (table.len, table.words);
    if words.len() < text_start(n) {
        return Err(bad(role, "words", text_start(n) as u32, words.len() as u32));
    }
    let text = table.text();
    if core::str::from_utf8(text).is_err() {
        return Err(bad(role, "UTF-8 text", 1, 0));
    }
    let end = table.offset(n);
    if table.offset(0) != 0 || end > text.len() || text.len() - end > 3 {
        return Err(bad(role, "words' ends", text.len() as u32, end as u32));
    }
    let (mut i, mut last) = (0usize, 0);
    while i <= n {
        let offset = table.offset(i);
        if offset < last || offset > text.len() {
            return Err(bad(role, "word offset", last as u32, offset as u32));
        }
        if offset < text.len() && text[offset] & 0xC0 == 0x80 {
            return Err(bad(role, "word at a letter", 1, 0));
        }
        last = offset;
        i = i.wrapping_add(1);
    }
    check_sorted(&table, role)
}

const fn check_sorted(table: &WordTable<'_>, role: Role) -> Result<(), Error> {
    let (mut i, mut before) = (0usize, &[] as &[u8]);
    while i < table.len {
        let token = table.sorted(i) as usize;
        if token >= table.len {
            return Err(bad(role, "sorted token", table.len as u32, token as u32));
        }
        let word = table.bytes(token);
        if !in_order(before, word) {
            return Err(bad(role, "sorted words", i as u32, token as u32));
        }
        before = word;
        i = i.wrapping_add(1);
    }
    Ok(())
}

/// `a` ≤ `b`, byte by byte.
const fn in_order(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() {
        if a[i] != b[i] {
            return a[i] < b[i];
        }
        i = i.wrapping_add(1);
    }
    a.len() <= b.len()
}

const fn bad(role: Role, field: &'static str, expected: u32, found: u32) -> Error {
    Error::BadTensor { index: role as u32, field, expected, found }
}

#[cfg(feature = "emit")]
pub(crate) fn pack<S: AsRef<str>>(words: &[S]) -> Vec<u32> {
    let mut packed = Vec::from([0]);
    let mut text = Vec::new();
    for word in words {
        text.extend_from_slice(word.as_ref().as_bytes());
        packed.push(text.len() as u32);
    }
    text.resize(text.len().next_multiple_of(4), 0);
    let mut sorted: Vec<u32> = (0..words.len() as u32).collect();
    sorted.sort_by_key(|&token| words[token as usize].as_ref());
    packed.extend(sorted.chunks(2).map(|pair| pair[0] | pair.get(1).map_or(0, |&high| high << 16)));
    packed.extend(text.as_chunks().0.iter().map(|&bytes| u32::from_le_bytes(bytes)));
    packed
}
