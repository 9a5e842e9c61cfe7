//! What layers see of a far flash: words that are shown to them, some at a time.

use crate::Error;
use crate::format::{Far, Section};
use crate::kernel::BLOCK_ROWS;
use core::fmt;

/// Words of the file from `at` on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) at: usize,
    pub(crate) len: usize,
}

/// Blocks of `stride` words, one behind the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) at: usize,
    pub(crate) stride: usize,
    pub(crate) count: usize,
}

/// A file in far flash. Once a read has failed nothing is shown any more, until [`Self::begin`].
pub(crate) trait Stream: Sync {
    /// Shows `work` all blocks in order, as many at a time as there is room for: how many, and their
    /// words.
    fn walk(&self, run: Run, work: &mut dyn FnMut(usize, &[u32]));
    /// Shows `work` two spans side by side.
    fn pair(&self, spans: [Span; 2], work: &mut dyn FnMut([&[u32]; 2]));
    /// Words of the smaller half of its buffer.
    fn half_words(&self) -> usize;
    /// The first read that failed.
    fn failure(&self) -> Option<Error>;
    /// Forgets what failed.
    fn begin(&self);
}

impl fmt::Debug for dyn Stream + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream")
    }
}

/// A place in such a file, in words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'m> {
    pub(crate) stream: &'m dyn Stream,
    pub(crate) at: usize,
}

impl Place<'_> {
    /// Fills `out` with the words from here on.
    pub(crate) fn read(&self, mut out: &mut [u32]) -> Result<(), Error> {
        let run = Run { at: self.at, stride: 1, count: out.len() };
        self.stream.walk(run, &mut |_, words| {
            let (room, behind) =
                core::mem::take(&mut out).split_at_mut_checked(words.len()).unwrap_or_default();
            room.iter_mut().zip(words).for_each(|(to, &from)| *to = from);
            out = behind;
        });
        self.stream.failure().map_or(Ok(()), Err)
    }
}

/// A row of a table of embeddings, far or not.
#[derive(Clone, Copy)]
struct TableRow<'s, 'm> {
    table: &'s Section<'m>,
    row: usize,
}

impl<'m> TableRow<'_, 'm> {
    fn place(&self) -> Option<Place<'m>> {
        self.table.far.place.filter(|_| self.row < self.table.rows)
    }

    /// The block that it is in, if that is far.
    fn span(&self) -> Span {
        let Some(place) = self.place() else { return Span::default() };
        let len = self.table.layout.block_words(self.table.columns);
        Span { at: (self.row / BLOCK_ROWS).wrapping_mul(len).wrapping_add(place.at), len }
    }

    /// A table in place, and which row of it this is. `block`: what is at [`Self::span`].
    fn within<'w>(&self, block: &'w [u32]) -> Found<'w>
    where
        'm: 'w,
    {
        if self.place().is_none() {
            return (*self.table, self.row);
        }
        let (words, rows, far) = (block, BLOCK_ROWS, Far::NOT);
        (Section { words, rows, far, ..*self.table }, self.row % BLOCK_ROWS)
    }
}

/// A table in place, and which row of it is meant.
type Found<'w> = (Section<'w>, usize);

/// Shows `work` a row of each of two tables: a table in place that it is in, and which row of that. If
/// both are far, they lie in one file; if none is, nothing is shown.
pub(crate) fn with_rows(
    tables: [&Section<'_>; 2],
    rows: [usize; 2],
    work: &mut dyn FnMut([Found<'_>; 2]),
) {
    let ([a, b], [a_row, b_row]) = (tables, rows);
    let Some(Place { stream, .. }) = a.far.place.or(b.far.place) else { return };
    let (a, b) = (TableRow { table: a, row: a_row }, TableRow { table: b, row: b_row });
    stream.pair([a.span(), b.span()], &mut |[first, second]| {
        work([a.within(first), b.within(second)]);
    });
}
