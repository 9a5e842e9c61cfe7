//! A view of a matrix in its words (`layout.rs`), whole or a part of its blocks.

use super::Layout;

/// Rows in a block.
pub(crate) const BLOCK_ROWS: usize = 4;
/// Columns in a group.
pub(crate) const GROUP: usize = 4;

/// A view of a packed matrix `[rows × columns]`, read in place.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'m> {
    words: &'m [u32],
    // Half-words, so that no product of them overflows: kernels trust the length of `words`.
    rows: u16,
    columns: u16,
    layout: Layout,
}

impl<'m> Rows<'m> {
    /// The words that a matrix `[rows × columns]` of row pairs takes ([`Layout::words_needed`]).
    #[must_use]
    pub const fn words_needed(rows: usize, columns: usize) -> usize {
        Layout::Pairs.words_needed(rows, columns)
    }

    /// A matrix of row pairs ([`Self::of`]).
    #[must_use]
    pub const fn new(words: &'m [u32], rows: usize, columns: usize) -> Option<Self> {
        Self::of(Layout::Pairs, words, rows, columns)
    }

    /// A matrix over exactly the words it needs, or `None`; at most 65535 rows and columns.
    #[must_use]
    pub const fn of(layout: Layout, words: &'m [u32], rows: usize, columns: usize) -> Option<Self> {
        let most = u16::MAX as usize;
        if rows > most || columns > most || words.len() != layout.words_needed(rows, columns) {
            return None;
        }
        Some(Self { words, rows: rows as u16, columns: columns as u16, layout })
    }

    /// Drops the first `count` rows, a multiple of four, or all.
    #[inline]
    pub(crate) fn skip(&mut self, count: usize) {
        let rows = self.rows().saturating_sub(count);
        // Exactly the words that those behind need, whatever `count` is.
        let needed = rows.div_ceil(BLOCK_ROWS).wrapping_mul(self.stride());
        let words = self.words.get(self.words.len().wrapping_sub(needed)..);
        *self = words.map_or(Self::EMPTY, |words| Self { words, rows: rows as u16, ..*self });
    }

    /// With the rows that fill the last block; none of a matrix of a model has more than 65532.
    pub(crate) const fn whole_blocks(self) -> Self {
        match self.rows.checked_next_multiple_of(BLOCK_ROWS as u16) {
            Some(rows) => Self { rows, ..self },
            None => self,
        }
    }

    /// A matrix without rows.
    pub(crate) const EMPTY: Self = Self { words: &[], rows: 0, columns: 0, layout: Layout::Pairs };

    /// How its weights lie.
    #[inline]
    #[must_use]
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// Number of rows (outputs).
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows as usize
    }

    /// Number of columns (inputs).
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns as usize
    }

    /// Words of a block.
    pub(crate) const fn stride(&self) -> usize {
        self.layout.block_words(self.columns())
    }

    /// The blocks, in order.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &'m [u32]> {
        // Not `chunks_exact`, which divides: the compiler would have to see that it cannot fail.
        let (mut rest, size) = (self.words, self.stride());
        core::iter::from_fn(move || {
            let (block, behind) = rest.split_at_checked(size)?;
            rest = behind;
            Some(block)
        })
    }

    /// The words of the block that a row is in; none if there is no such row.
    #[inline]
    pub(crate) fn block_of(&self, row: usize) -> &'m [u32] {
        self.block(row / BLOCK_ROWS).unwrap_or(&[])
    }

    /// The block at `index`.
    pub(crate) fn block(&self, index: usize) -> Option<&'m [u32]> {
        let size = self.stride();
        self.words.get(index.wrapping_mul(size)..)?.get(..size)
    }

    /// All words, in the order in which they are read.
    pub(crate) const fn words(&self) -> &'m [u32] {
        self.words
    }

    const fn word(&self, row: usize, offset: usize) -> u32 {
        let block = (row / BLOCK_ROWS).wrapping_mul(self.stride());
        let at = block.wrapping_add(offset);
        if at < self.words.len() { self.words[at] } else { 0 }
    }

    /// The weight at (`row`, `column`); 0 outside the matrix.
    #[must_use]
    pub const fn weight(&self, row: usize, column: usize) -> i8 {
        if row >= self.rows() || column >= self.columns() {
            return 0;
        }
        let word = self.word(row, self.layout.place(row % BLOCK_ROWS, column));
        self.layout.weight_in(word, row, column)
    }

    /// Calls `work` with each place of `out` and the weight of `row` there; never if there is no such
    /// row. `out`: `[columns]`.
    #[inline]
    pub(crate) fn each_weight(
        &self,
        row: usize,
        out: &mut [i32],
        mut work: impl FnMut(&mut i32, i32),
    ) {
        #[cfg(any(feature = "int4", feature = "bytes"))]
        if self.layout != Layout::Pairs {
            for (column, out) in out.iter_mut().enumerate() {
                work(out, self.weight(row, column).into());
            }
            return;
        }
        let block = (row / BLOCK_ROWS).wrapping_mul(self.stride());
        let first = block.wrapping_add(self.layout.place(row % BLOCK_ROWS, 0));
        let (words, _) = self.words.get(first..).unwrap_or(&[]).as_chunks();
        // The upper byte of 256·upper + lower is one too small where lower is negative.
        let (carry, up) = if row.is_multiple_of(2) { (0x80u32, 0) } else { (0, 8) };
        let even = |word: u32| (word.wrapping_add(carry) << up << 16) as i32 >> 24;
        let odd = |word: u32| (word.wrapping_add(carry << 16) << up) as i32 >> 24;
        let (mut words, (pairs, rest)) = (words.iter(), out.as_chunks_mut());
        for ([first, second], &[word, _]) in pairs.iter_mut().zip(&mut words) {
            work(first, even(word));
            work(second, odd(word));
        }
        if let (Some(last), Some(&[word, _])) = (rest.first_mut(), words.next()) {
            work(last, even(word));
        }
    }

    /// The bias word of `row`.
    #[must_use]
    pub const fn bias(&self, row: usize) -> i32 {
        self.word(row, row % BLOCK_ROWS) as i32
    }

    /// The multiplier of `row`: a 15-bit integer, stored 16 bits up.
    #[must_use]
    pub const fn multiplier(&self, row: usize) -> i32 {
        let last = self.layout.block_words(self.columns()).wrapping_sub(BLOCK_ROWS);
        self.word(row, last.wrapping_add(row % BLOCK_ROWS)) as i32
    }
}

#[cfg(test)]
mod tests {
    use super::Rows;

    #[test]
    fn what_is_left_of_a_matrix_has_exactly_the_words_it_needs_whatever_is_dropped() {
        let words = [0; Rows::words_needed(11, 5)];
        for dropped in (0..14).chain([usize::MAX - 3, usize::MAX]) {
            let mut rows = Rows::new(&words, 11, 5).expect("exact length");
            rows.skip(dropped);
            assert_eq!(rows.rows(), 11usize.saturating_sub(dropped));
            assert_eq!(rows.words().len(), Rows::words_needed(rows.rows(), 5));
        }
    }
}
