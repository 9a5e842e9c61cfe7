//! A model from far flash: what is copied to RAM, how much that is, and what is checked.
//!
//! ```text
//! resident   header, directory │ index, length, words · …     (tables of words, self-test, pixels)
//! ```

use super::field::{self, HEADER_WORDS};
use super::near::{HEAD_WORDS, Near};
use super::section::{ENTRY_WORDS, Entry, check_directory_of, entries};
use super::slot::{is_table, layout_in};
use super::{Checksum, Dims, MAX_CONV_LAYERS, Model, check_frame, data_start, header_checksum};
use crate::Error;
use crate::far::{Bus, FarFlash, Place, Run, Stream};

/// Words of the longest header.
const MOST_HEADER: usize = HEADER_WORDS + 2 * MAX_CONV_LAYERS;

/// Words of RAM that a model in far flash needs.
#[derive(Clone, Copy)]
struct Needs {
    resident: usize,
    half: usize,
}

impl Needs {
    const fn new(dims: &Dims) -> Self {
        Self { resident: data_start(dims), half: ENTRY_WORDS }
    }

    /// With one more section.
    const fn with(self, entry: &Entry) -> Self {
        let &[id, _, columns, _, length, ..] = entry;
        let Self { mut resident, mut half } = self;
        if is_table(id) {
            resident = resident.saturating_add(HEAD_WORDS).saturating_add(length as usize / 4);
        } else if let Ok(layout) = layout_in(id) {
            // Of a norm, which has one column, a block is as small as any.
            let block = layout.block_words(columns as usize);
            half = if block > half { block } else { half };
        }
        Self { resident, half }
    }

    const fn buffer(self) -> usize {
        self.half.wrapping_mul(2)
    }

    fn check(self, stream: &dyn Stream, ram: usize) -> Result<(), Error> {
        let half = stream.half_words();
        if half < self.half {
            let (need, have) = (self.buffer().saturating_mul(4), half.wrapping_mul(8));
            return Err(Error::BufferTooSmall { need, have });
        }
        if ram < self.resident {
            let (need, have) = (self.resident.saturating_mul(4), ram.wrapping_mul(4));
            return Err(Error::ArenaTooSmall { need, have });
        }
        Ok(())
    }
}

impl<'m> Model<'m> {
    /// The words of RAM that [`Self::load_far`] copies of this model.
    #[must_use]
    pub const fn resident_words(&self) -> usize {
        self.needs().resident
    }

    /// The words that the buffer of its [`FarFlash`] must have; with more it reads more at a time.
    #[must_use]
    pub const fn far_buffer_words(&self) -> usize {
        self.needs().buffer()
    }

    const fn needs(&self) -> Needs {
        let mut needs = Needs::new(&self.dims);
        let mut left = entries(self.words, self.dims.header_words());
        while let [entry, rest @ ..] = left {
            needs = needs.with(entry);
            left = rest;
        }
        needs
    }

    /// Checks the model file in a far flash, all of it, weights included, and copies what always stays
    /// in RAM to `ram`: at least [`Self::resident_words`].
    ///
    /// # Errors
    /// Those of [`Self::load`], RAM or a buffer that is too small, and [`Error::Bus`].
    pub fn load_far<'b: 'm, B: Bus<'b> + 'm>(
        flash: &'m FarFlash<'b, B>,
        ram: &'m mut [u32],
    ) -> Result<Self, Error> {
        Self::load_stream(flash, ram)
    }

    fn load_stream(stream: &'m dyn Stream, ram: &'m mut [u32]) -> Result<Self, Error> {
        stream.begin();
        let (dims, bytes) = read_header(stream, ram.len())?;
        let start = data_start(&dims);
        let needs = sum_up(stream, &dims)?;
        needs.check(stream, ram.len())?;
        let (head, tables) = ram.split_at_mut_checked(start).unwrap_or_default();
        read(stream, 0, head)?;
        let dims = same(head, start)?;
        check_directory_of(head, &dims, bytes / 4)?;
        let data = checksum(stream, Checksum::new(), (start, bytes / 4))?;
        copy_tables(stream, entries(head, dims.header_words()), tables)?;
        let model = Self { words: head, dims, near: Near::far(stream, tables) };
        model.check_rest(data)?;
        model.verify()?;
        Ok(model)
    }
}

/// The dims of a header and directory in RAM, which is what was read before.
fn same(head: &[u32], start: usize) -> Result<Dims, Error> {
    let mut header = [0; MOST_HEADER];
    header.iter_mut().zip(head).for_each(|(to, &word)| *to = word);
    let dims = Dims::parse(&header)?;
    let stored = head.get(field::HEADER_CHECKSUM).map_or(0, |&sum| sum);
    let computed = header_checksum(head, &dims);
    if data_start(&dims) != start || stored != computed {
        return Err(Error::HeaderChecksum { stored, computed });
    }
    Ok(dims)
}

/// Copies words of a file, from word `at` on.
fn read(stream: &dyn Stream, at: usize, out: &mut [u32]) -> Result<(), Error> {
    Place { stream, at }.read(out)
}

/// The dims, and the bytes that the file has, from a header that is as it was written.
fn read_header(stream: &dyn Stream, ram: usize) -> Result<(Dims, usize), Error> {
    Needs { resident: 0, half: ENTRY_WORDS }.check(stream, ram)?;
    let mut header = [0; MOST_HEADER];
    let (first, layers) = header.split_at_mut(HEADER_WORDS);
    read(stream, 0, first)?;
    let (stored, bytes) = (first[field::HEADER_CHECKSUM], first[field::LENGTH] as usize);
    match check_frame(first) {
        // As it should be: here is no more than the header.
        Ok(()) | Err(Error::Truncated { .. }) => {}
        Err(error) => return Err(error),
    }
    let behind = (bytes / 4).saturating_sub(HEADER_WORDS);
    read(stream, HEADER_WORDS, crate::layer::first_mut(layers, behind))?;
    let dims = Dims::parse(&header)?;
    let start = data_start(&dims);
    if start > bytes / 4 {
        return Err(Error::Truncated { need: start.wrapping_mul(4), have: bytes });
    }
    if bytes % 4 > 0 {
        return Err(Error::TrailingBytes { stated: bytes & !3, have: bytes });
    }
    let sum = Checksum::new().range(&header, 0, field::HEADER_CHECKSUM);
    let computed = checksum(stream, sum, (field::HEADER_CHECKSUM + 1, start))?.finish();
    if stored != computed {
        return Err(Error::HeaderChecksum { stored, computed });
    }
    Ok((dims, bytes))
}

/// With the words of the file from the first up to, but without, the second.
fn checksum(
    stream: &dyn Stream,
    mut sum: Checksum,
    (from, to): (usize, usize),
) -> Result<Checksum, Error> {
    let run = Run { at: from, stride: 1, count: to.saturating_sub(from) };
    stream.walk(run, &mut |_, words| sum = sum.range(words, 0, words.len()));
    stream.failure().map_or(Ok(sum), Err)
}

fn sum_up(stream: &dyn Stream, dims: &Dims) -> Result<Needs, Error> {
    let mut needs = Needs::new(dims);
    let run = Run { at: dims.header_words(), stride: ENTRY_WORDS, count: dims.sections() };
    stream.walk(run, &mut |_, words| {
        needs = words.as_chunks().0.iter().fold(needs, |needs, entry| needs.with(entry));
    });
    stream.failure().map_or(Ok(needs), Err)
}

/// Copies the tables, each behind its index and length.
fn copy_tables(stream: &dyn Stream, entries: &[Entry], mut room: &mut [u32]) -> Result<(), Error> {
    for (index, &[id, _, _, offset, length, ..]) in entries.iter().enumerate() {
        if !is_table(id) {
            continue;
        }
        let size = length as usize / 4;
        // `Needs::check` has seen that there is room.
        let Some(([of, len], rest)) = room.split_first_chunk_mut() else { break };
        let Some((copy, behind)) = rest.split_at_mut_checked(size) else { break };
        (*of, *len) = (index as u32, size as u32);
        read(stream, offset as usize / 4, copy)?;
        room = behind;
    }
    Ok(())
}
