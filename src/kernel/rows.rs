//! The layout of a matrix: int8 rows as *row pairs*, four rows to a block, one sequential stream.
//!
//! ```text
//! block  = 4 biases | groups of 4 columns, 4 words each | 4 multipliers      (all words, LE)
//! group  = [r0 r1 | c, c+1] [r2 r3 | c, c+1] [r0 r1 | c+2, c+3] [r2 r3 | c+2, c+3]
//! word   = two 16-bit halves, lower column first, each 256·w[r] + w[r']
//! ```
//! One dual multiply-accumulate over such halves gathers 256·D + D′ of both rows, one more over
//! their low bytes gathers D′, and a subtraction at the end separates them: 1.5 instructions a
//! pair of products, and no more flash than plain int8. It is exact as long as |D| < 2²³.
//! Rows and columns that only fill a block or a group are zero.

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
}

impl<'m> Rows<'m> {
    /// The words that a matrix `[rows × columns]` takes; at most 65535 rows and 4096 columns.
    #[must_use]
    pub const fn words_needed(rows: usize, columns: usize) -> usize {
        rows.div_ceil(BLOCK_ROWS).wrapping_mul(Self::block_words(columns))
    }

    const fn block_words(columns: usize) -> usize {
        columns.div_ceil(GROUP).wrapping_mul(GROUP).wrapping_add(2 * BLOCK_ROWS)
    }

    /// A matrix over exactly the words it needs, or `None`; at most 65535 rows and columns.
    #[must_use]
    pub const fn new(words: &'m [u32], rows: usize, columns: usize) -> Option<Self> {
        let most = u16::MAX as usize;
        if rows > most || columns > most || words.len() != Self::words_needed(rows, columns) {
            return None;
        }
        Some(Self { words, rows: rows as u16, columns: columns as u16 })
    }

    /// Takes the first `count` rows away, a multiple of four or all; none if they are not all there.
    #[inline]
    pub(crate) fn take(&mut self, count: usize) -> Self {
        let Self { words, rows, columns } = *self;
        let needed = Self::words_needed(count, self.columns());
        match (words.split_at_checked(needed), self.rows().checked_sub(count)) {
            // Whole blocks in front, so that both parts have exactly the words they need.
            (Some((head, rest)), Some(others))
                if count.is_multiple_of(BLOCK_ROWS) || others == 0 =>
            {
                *self = Self { words: rest, rows: others as u16, columns };
                Self { words: head, rows: rows.wrapping_sub(others as u16), columns }
            }
            _ => Self::EMPTY,
        }
    }

    /// A matrix without rows.
    pub(crate) const EMPTY: Self = Self { words: &[], rows: 0, columns: 0 };

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

    /// The blocks, in order.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &'m [u32]> {
        // Not `chunks_exact`, which divides: the compiler would have to see that it cannot fail.
        let (mut rest, size) = (self.words, Self::block_words(self.columns()));
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
        let size = Self::block_words(self.columns());
        self.words.get(index.wrapping_mul(size)..)?.get(..size)
    }

    /// All words, in the order in which they are read.
    pub(crate) const fn words(&self) -> &'m [u32] {
        self.words
    }

    const fn word(&self, row: usize, offset: usize) -> u32 {
        let block = (row / BLOCK_ROWS).wrapping_mul(Self::block_words(self.columns()));
        let at = block.wrapping_add(offset);
        if at < self.words.len() { self.words[at] } else { 0 }
    }

    /// The weight at (`row`, `column`); 0 outside the matrix.
    #[must_use]
    pub const fn weight(&self, row: usize, column: usize) -> i8 {
        if row >= self.rows() || column >= self.columns() {
            return 0;
        }
        let offset = (BLOCK_ROWS + row % BLOCK_ROWS / 2).wrapping_add(column & !1);
        let half = (self.word(row, offset) >> (16 * (column % 2))) as i16;
        let low = half as i8;
        if row % 2 == 1 { low } else { ((half as i32 - low as i32) >> 8) as i8 }
    }

    /// The bias word of `row`.
    #[must_use]
    pub const fn bias(&self, row: usize) -> i32 {
        self.word(row, row % BLOCK_ROWS) as i32
    }

    /// The multiplier of `row`: a 15-bit integer, stored 16 bits up.
    #[must_use]
    pub const fn multiplier(&self, row: usize) -> i32 {
        let last = Self::block_words(self.columns()).wrapping_sub(BLOCK_ROWS);
        self.word(row, last.wrapping_add(row % BLOCK_ROWS)) as i32
    }
}

/// Packing, the reverse of the view.
#[cfg(feature = "emit")]
mod pack {
    use super::{BLOCK_ROWS, GROUP, Rows};
    use alloc::vec::Vec;

    impl Rows<'_> {
        /// The words of a matrix. `weights`: `[rows × columns]`, row after row · `biases`,
        /// `multipliers` (not yet shifted): `[rows]`.
        #[must_use]
        pub fn pack(
            weights: &[i8],
            columns: usize,
            biases: &[i32],
            multipliers: &[i16],
        ) -> Vec<u32> {
            let rows = biases.len();
            let weight = |r: usize, c: usize| {
                if r < rows && c < columns { i32::from(weights[r * columns + c]) } else { 0 }
            };
            let half = |r: usize, c: usize| (256 * weight(r, c) + weight(r + 1, c)) as u32 & 0xFFFF;
            let mut words = Vec::with_capacity(Rows::words_needed(rows, columns));
            for first in (0..rows).step_by(BLOCK_ROWS) {
                let block = first..first + BLOCK_ROWS;
                words.extend(block.clone().map(|r| biases.get(r).copied().unwrap_or(0) as u32));
                for c in (0..columns.next_multiple_of(GROUP)).step_by(2) {
                    for r in [first, first + 2] {
                        words.push(half(r, c) | half(r, c + 1) << 16);
                    }
                }
                words.extend(block.map(|r| {
                    let m = multipliers.get(r).copied().unwrap_or(0);
                    (i32::from(m) << 16) as u32
                }));
            }
            words
        }
    }
}

#[cfg(all(test, feature = "emit"))]
mod tests {
    use super::Rows;
    use alloc::vec::Vec;

    #[test]
    fn packed_weights_come_back_for_every_shape() {
        for (rows, columns) in [(1, 1), (2, 3), (3, 4), (4, 5), (5, 8), (9, 17)] {
            let weights: Vec<i8> = (0..rows * columns)
                .map(|i| (i * 89 % 255) as u8 as i8)
                .map(|w| w.max(-127))
                .collect();
            let biases: Vec<i32> = (0..rows as i32).map(|r| r * 77 - 100).collect();
            let multipliers: Vec<i16> = (0..rows as i16).map(|r| 32767 - r).collect();
            let words = Rows::pack(&weights, columns, &biases, &multipliers);
            let view = Rows::new(&words, rows, columns).expect("exact length");
            for r in 0..rows {
                assert_eq!(view.bias(r), biases[r]);
                assert_eq!(view.multiplier(r), i32::from(multipliers[r]) << 16);
                for c in 0..columns {
                    assert_eq!(
                        view.weight(r, c),
                        weights[r * columns + c],
                        "{rows}×{columns} {r},{c}"
                    );
                }
            }
            assert!(Rows::new(&words[1..], rows, columns).is_none());
        }
    }

    #[test]
    fn a_size_that_wraps_around_is_no_matrix() {
        assert!(Rows::new(&[], 4, usize::MAX - 7).is_none());
        assert!(Rows::new(&[], usize::MAX, 1).is_none());
    }
}
