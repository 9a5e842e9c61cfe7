//! The directory: where each section lies, and the view of one.

use super::dims::Dims;
use super::slot::{self, Kind, Slot, layout_in};
use super::{Model, Role, Stack, data_start, field, tri};
use crate::Error;
use crate::kernel::{Layout, Rows};

/// Words of a directory entry: id, rows, columns, offset, length (bytes), scale exponent, bias
/// exponent, mantissa bits.
pub(crate) const ENTRY_WORDS: usize = 8;
/// Sections start at multiples of this many words (16 bytes).
pub(crate) const ALIGN_WORDS: usize = 4;

/// A section, read in place.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Section<'m> {
    /// Its words, padding excluded.
    pub words: &'m [u32],
    /// Rows of the matrix, or entries of the table.
    pub rows: usize,
    /// Columns of the matrix, or 1.
    pub columns: usize,
    /// How the weights of the matrix lie.
    pub layout: Layout,
    /// Exponent of the multipliers.
    pub scale_exponent: i32,
    /// Exponent of the biases.
    pub bias_exponent: i32,
    /// Bits of the mantissas that the matrix may read.
    pub bits: u32,
}

impl<'m> Section<'m> {
    pub(crate) const EMPTY: Section<'static> = Section {
        words: &[],
        rows: 0,
        columns: 0,
        layout: Layout::Pairs,
        scale_exponent: 0,
        bias_exponent: 0,
        bits: 8,
    };

    /// The matrix in it.
    #[must_use]
    pub const fn matrix(&self) -> Rows<'m> {
        match Rows::of(self.layout, self.words, self.rows, self.columns) {
            Some(rows) => rows,
            None => Rows::EMPTY,
        }
    }
}

impl<'m> Model<'m> {
    /// The section at `index` of the directory.
    #[must_use]
    pub(crate) const fn section(&self, index: usize) -> Section<'m> {
        let section = read(self.words, self.dims.header_words(), index);
        match self.near.copy_of(index) {
            Some(words) => Section { words, ..section },
            None => section,
        }
    }

    /// The section of a role, or an empty one if the model has none. The output layer of a tied
    /// model is the target's embedding.
    #[must_use]
    pub const fn find(&self, stack: Stack, layer: usize, role: Role) -> Section<'m> {
        self.find_behind(&mut 0, stack, layer, role)
    }

    /// The same for sections that follow each other: the search starts at the index `at`, and
    /// leaves there the one behind what it found.
    pub(crate) const fn find_behind(
        &self,
        at: &mut usize,
        stack: Stack,
        layer: usize,
        role: Role,
    ) -> Section<'m> {
        match self.index_from(*at, stack, layer, role) {
            Some(index) => {
                *at = index.wrapping_add(1);
                self.section(index)
            }
            None => Section::EMPTY,
        }
    }

    /// Where the section of a role stands in the directory, from the index `first` on.
    pub(super) const fn index_from(
        &self,
        first: usize,
        stack: Stack,
        layer: usize,
        role: Role,
    ) -> Option<usize> {
        let tied = matches!(role, Role::Logits) && self.dims.tied_output;
        let role = if tied { Role::Embedding } else { role };
        let start = self.dims.header_words();
        position(self.words, start, first, slot::key(stack, layer, role))
    }

    /// All sections with what they are, in the order of the file.
    pub fn sections(&self) -> impl Iterator<Item = (Slot, Section<'m>)> {
        let model = *self;
        (0..self.dims.sections()).map_while(move |i| Some((model.dims.slot(i)?, model.section(i))))
    }
}

/// The section at `index` of a directory that has been checked; else an empty one.
/// `start`: the words before the directory.
pub(crate) const fn read(words: &[u32], start: usize, index: usize) -> Section<'_> {
    let at = start.wrapping_add(index.wrapping_mul(ENTRY_WORDS));
    let Some((_, rest)) = words.split_at_checked(at) else { return Section::EMPTY };
    let Some(&[id, rows, columns, offset, length, scale_exponent, bias_exponent, bits]) =
        rest.first_chunk::<ENTRY_WORDS>()
    else {
        return Section::EMPTY;
    };
    let Some((_, rest)) = words.split_at_checked(offset as usize / 4) else {
        return Section::EMPTY;
    };
    let Some((words, _)) = rest.split_at_checked(length as usize / 4) else {
        return Section::EMPTY;
    };
    Section {
        words,
        rows: rows as usize,
        columns: columns as usize,
        layout: match layout_in(id) {
            Ok(layout) => layout,
            Err(_) => Layout::Pairs,
        },
        scale_exponent: scale_exponent as i32,
        bias_exponent: bias_exponent as i32,
        bits,
    }
}

/// The first index from `first` on whose entry has a key ([`super::slot::key`]), in a directory that has
/// been checked.
pub(crate) const fn position(words: &[u32], start: usize, first: usize, key: u32) -> Option<usize> {
    let Some((head, rest)) = words.split_at_checked(start) else { return None };
    let Some((_, [count, ..])) = head.split_at_checked(field::SECTIONS) else { return None };
    let (entries, _) = rest.as_chunks::<ENTRY_WORDS>();
    let Some((entries, _)) = entries.split_at_checked(*count as usize) else { return None };
    let Some((_, mut left)) = entries.split_at_checked(first) else { return None };
    while let [[id, ..], rest @ ..] = left {
        if *id << 8 == key << 8 {
            return Some(entries.len().wrapping_sub(left.len()));
        }
        left = rest;
    }
    None
}

/// Every entry is the one that the dims prescribe, and starts where the one before it ends.
pub(crate) const fn check_directory(words: &[u32], dims: &Dims) -> Result<(), Error> {
    let mut next = data_start(dims);
    let have = words.len() * 4;
    if next > words.len() {
        return Err(Error::Truncated { need: next.wrapping_mul(4), have });
    }
    let mut index = 0usize;
    while let Some(slot) = dims.slot(index) {
        let at = dims.header_words().wrapping_add(index.wrapping_mul(ENTRY_WORDS));
        let entry = match words.split_at_checked(at) {
            Some((_, rest)) => rest.first_chunk::<ENTRY_WORDS>(),
            None => None,
        };
        let Some(entry) = entry else {
            return Err(Error::Truncated { need: at.wrapping_mul(4), have });
        };
        next = padded(next);
        tri!(check_entry(dims, (index, &slot), next, entry));
        let length = entry[4] as usize / 4;
        if length > words.len() || next > words.len() - length {
            let need = next.saturating_mul(4).saturating_add(length.saturating_mul(4));
            return Err(Error::Truncated { need, have });
        }
        next = next.wrapping_add(length);
        index = index.wrapping_add(1);
    }
    equal(index, "end of data", padded(next).wrapping_mul(4) as u32, have as u32)
}

/// The next place where a section may start.
const fn padded(words: usize) -> usize {
    words.wrapping_add(ALIGN_WORDS - 1) & !(ALIGN_WORDS - 1)
}

/// `start`: where the section must start, in words.
const fn check_entry(
    dims: &Dims,
    (index, slot): (usize, &Slot),
    start: usize,
    entry: &[u32; ENTRY_WORDS],
) -> Result<(), Error> {
    let layout = match (slot.kind(), layout_in(entry[0])) {
        (Kind::Matrix, Ok(layout)) if dims.takes(slot, layout) => layout,
        (Kind::Matrix, Err(feature)) => {
            return Err(Error::LacksFeature { index: index as u32, feature });
        }
        _ => Layout::Pairs,
    };
    let length = match slot.words(layout) {
        Some(words) => words.wrapping_mul(4) as u32,
        None => entry[4] & !3,
    };
    tri!(equal(index, "id", slot.id(layout), entry[0]));
    tri!(equal(index, "rows", slot.rows as u32, entry[1]));
    tri!(equal(index, "columns", slot.columns as u32, entry[2]));
    tri!(equal(index, "offset", start.wrapping_mul(4) as u32, entry[3]));
    tri!(equal(index, "length", length, entry[4]));
    tri!(at_most(index, "scale exponent + 64", 80, entry[5].wrapping_add(64)));
    tri!(at_most(index, "bias exponent + 128", 144, entry[6].wrapping_add(128)));
    let most_bits = layout.most_bits();
    at_most(index, "bits − 8", most_bits.wrapping_sub(8), entry[7].wrapping_sub(8))
}

const fn equal(index: usize, field: &'static str, expected: u32, found: u32) -> Result<(), Error> {
    if expected == found {
        return Ok(());
    }
    Err(Error::BadTensor { index: index as u32, field, expected, found })
}

const fn at_most(index: usize, field: &'static str, limit: u32, found: u32) -> Result<(), Error> {
    if found <= limit {
        return Ok(());
    }
    Err(Error::BadTensor { index: index as u32, field, expected: limit, found })
}
