//! The directory: where each section lies, and the view of one.

use super::dims::Dims;
use super::far::Far;
use super::slot::{self, Kind, Slot, layout_in};
use super::{Model, Role, Stack, data_start, field, tri};
use crate::Error;
#[cfg(feature = "far-flash")]
use crate::far::{Place, Stream};
use crate::kernel::{Layout, Rows};

/// Words of a directory entry: id, rows, columns, offset, length (bytes), scale exponent, bias
/// exponent, mantissa bits.
pub(crate) const ENTRY_WORDS: usize = 8;
/// Where an entry has the length.
#[cfg(feature = "slow-flash")]
pub(crate) const LENGTH: usize = 4;
/// Sections start at multiples of this many words (16 bytes).
pub(crate) const ALIGN_WORDS: usize = 4;

/// A section, read in place.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Section<'m> {
    /// Its words, padding excluded; none if they are far.
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
    /// Where its words are, if not in place.
    #[cfg_attr(
        not(any(feature = "defmt", feature = "far-flash")),
        expect(dead_code, reason = "nothing is far")
    )]
    pub(crate) far: Far<'m>,
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
        far: Far::NOT,
    };

    /// The matrix in it; without rows if it is far.
    #[must_use]
    pub const fn matrix(&self) -> Rows<'m> {
        match Rows::of(self.layout, self.words, self.rows, self.columns) {
            Some(rows) => rows,
            None => Rows::EMPTY,
        }
    }

    /// Copies its words, wherever they are.
    #[cfg(feature = "slow-flash")]
    pub(super) fn copy_to(&self, out: &mut [u32]) -> Result<(), Error> {
        #[cfg(feature = "far-flash")]
        if let Some(place) = self.far.place {
            return place.read(out);
        }
        for (to, from) in out.iter_mut().zip(self.words) {
            *to = *from;
        }
        Ok(())
    }
}

/// An entry of the directory.
pub(crate) type Entry = [u32; ENTRY_WORDS];

impl<'m> Model<'m> {
    /// The directory from its first section on.
    pub(crate) const fn directory(&self) -> Directory<'_, 'm> {
        Directory { model: self, left: entries(self.words, self.dims.header_words()) }
    }

    /// The section of a role, or an empty one if the model has none. The output layer of a tied
    /// model is the target's embedding.
    #[must_use]
    pub const fn find(&self, stack: Stack, layer: usize, role: Role) -> Section<'m> {
        self.directory().next(stack, layer, role)
    }

    /// All sections with what they are, in the order of the file.
    pub fn sections(&self) -> impl Iterator<Item = (Slot, Section<'m>)> {
        let (model, entries) = (*self, self.directory().left);
        (0..entries.len())
            .map_while(move |i| Some((model.dims.slot(i)?, model.section(entries.get(i)?, i))))
    }

    /// The section of an entry, which stands at `index` of the directory.
    pub(super) const fn section(&self, entry: &Entry, index: usize) -> Section<'m> {
        let section = read(self.words, entry);
        #[cfg(feature = "far-flash")]
        let section = match self.stream() {
            Some(stream) => far_section(stream, entry),
            None => section,
        };
        match self.near.copy_of(index) {
            Some(words) => Section { words, far: Far::NOT, ..section },
            None => section,
        }
    }
}

/// What is left of the directory of a model: sections are found one behind the other, as the engine
/// reads them in nearly the order of the file.
pub(crate) struct Directory<'s, 'm> {
    pub(crate) model: &'s Model<'m>,
    left: &'m [Entry],
}

impl<'m> Directory<'_, 'm> {
    /// The next section of a role, or an empty one if there is none any more ([`Model::find`]).
    pub(crate) const fn next(&mut self, stack: Stack, layer: usize, role: Role) -> Section<'m> {
        match self.skip_to(stack, layer, role) {
            Some((entry, index)) => self.model.section(entry, index),
            None => Section::EMPTY,
        }
    }

    /// Goes behind the next entry of a role. Returns it and its index.
    pub(super) const fn skip_to(
        &mut self,
        stack: Stack,
        layer: usize,
        role: Role,
    ) -> Option<(&'m Entry, usize)> {
        let Model { words, dims, .. } = self.model;
        let tied = matches!(role, Role::Logits) && dims.tied_output;
        let key = slot::key(stack, layer, if tied { Role::Embedding } else { role });
        let mut left = self.left;
        while let [entry, rest @ ..] = left {
            left = rest;
            if entry[0] << 8 == key << 8 {
                self.left = rest;
                let all = entries(words, dims.header_words()).len();
                return Some((entry, all.wrapping_sub(rest.len()).wrapping_sub(1)));
            }
        }
        None
    }
}

/// The entries of a directory that has been checked. `start`: the words before it.
pub(crate) const fn entries(words: &[u32], start: usize) -> &[Entry] {
    let Some((head, rest)) = words.split_at_checked(start) else { return &[] };
    let Some((_, [count, ..])) = head.split_at_checked(field::SECTIONS) else { return &[] };
    match rest.as_chunks().0.split_at_checked(*count as usize) {
        Some((entries, _)) => entries,
        None => &[],
    }
}

/// The section of an entry that has been checked; else an empty one.
pub(crate) const fn read<'m>(words: &'m [u32], entry: &Entry) -> Section<'m> {
    let &[id, rows, columns, offset, length, scale_exponent, bias_exponent, bits] = entry;
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
        far: Far::NOT,
    }
}

/// The section of an entry in far flash, as one without words but with a place.
#[cfg(feature = "far-flash")]
const fn far_section<'m>(stream: &'m dyn Stream, entry: &Entry) -> Section<'m> {
    let &[id, rows, columns, offset, _, scale_exponent, bias_exponent, bits] = entry;
    let none = [id, rows, columns, 0, 0, scale_exponent, bias_exponent, bits];
    let place = Place { stream, at: offset as usize / 4 };
    Section { far: Far::at(place), ..read(&[], &none) }
}

/// Every entry is the one that the dims prescribe, and starts where the one before it ends.
pub(crate) const fn check_directory(words: &[u32], dims: &Dims) -> Result<(), Error> {
    check_directory_of(words, dims, words.len())
}

/// The same of the directory of a file of `len` words. `words`: up to its end at least.
#[inline(always)]
pub(super) const fn check_directory_of(
    words: &[u32],
    dims: &Dims,
    len: usize,
) -> Result<(), Error> {
    let mut next = data_start(dims);
    let have = len * 4;
    if next > len {
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
        if length > len || next > len - length {
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
    entry: &Entry,
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
