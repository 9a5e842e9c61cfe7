//! How the weights of a matrix lie in its words: four rows to a block, one sequential stream.
//!
//! ```text
//! block   = 4 biases | groups of columns | 4 multipliers                     (all words, LE)
//!
//! Pairs   group of 4 columns, 4 words:   [r0 r1 | c, c+1] [r2 r3 | c, c+1] [r0 r1 | c+2, c+3] …
//!         word = two halves, lower column first, each 256·w[r] + w[r′]
//! Fours   group of 4 columns, 2 words:   [r0 r1 r2 r3 | c, c+1] [r0 r1 r2 r3 | c+2, c+3]
//!         word = two halves, lower column first, each 4096·w[r0] + 256·u[r1] + 16·u[r2] + u[r3],
//!         u = w + 8
//! Bytes   group of 16 columns, 16 words: 16 bytes of r0, of r1, of r2, of r3
//! ```
//! **Pairs** (int8). One dual multiply-accumulate over such halves gathers 256·D + D′ of both rows,
//! one more over their low bytes gathers D′, and a subtraction at the end separates them: 1.5
//! instructions a pair of products, and no more flash than plain int8. Exact as long as |D| < 2²³.
//!
//! **Fours** (int4, −8…7, feature `int4`). Sums over the halves as they are, and over some of their digits:
//! four without moving any, three or two with one moved (`dsp/fours`: 6 instructions for 8 products). They
//! hold D₀, and D + 8·Σx of the others, whose second part no weight changes. Exact as long as
//! |D| < 2¹⁹, for 4096·D₀ is counted modulo 2³².
//!
//! **Bytes** (int8, feature `bytes`). For cores with vectors of bytes; x has 8 bits at most.
//!
//! Rows that only fill a block are zero; columns that only fill a group may be anything.

use super::rows::BLOCK_ROWS;

/// How the weights of a matrix lie in its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Layout {
    /// int8: two rows in a half-word.
    Pairs,
    /// int4: four rows in a half-word.
    #[cfg(feature = "int4")]
    Fours,
    /// int8: sixteen columns of a row side by side.
    #[cfg(feature = "bytes")]
    Bytes,
}

impl Layout {
    /// The words that a matrix `[rows × columns]` takes; at most 65535 rows and columns.
    #[must_use]
    pub const fn words_needed(self, rows: usize, columns: usize) -> usize {
        rows.div_ceil(BLOCK_ROWS).wrapping_mul(self.block_words(columns))
    }

    /// Words of a block.
    pub(crate) const fn block_words(self, columns: usize) -> usize {
        // Each with its own divisor: the compiler sees that none is zero.
        let words = match self {
            Self::Pairs => columns.div_ceil(4).wrapping_mul(4),
            #[cfg(feature = "int4")]
            Self::Fours => columns.div_ceil(4).wrapping_mul(2),
            #[cfg(feature = "bytes")]
            Self::Bytes => columns.div_ceil(16).wrapping_mul(16),
        };
        words.wrapping_add(2 * BLOCK_ROWS)
    }

    /// The word of a block that has a weight. `row`: of the block.
    pub(super) const fn place(self, row: usize, column: usize) -> usize {
        let behind_biases = match self {
            Self::Pairs => (row / 2).wrapping_add(column & !1),
            #[cfg(feature = "int4")]
            Self::Fours => column / 2,
            #[cfg(feature = "bytes")]
            Self::Bytes => {
                (column & !15).wrapping_add(row.wrapping_mul(4)).wrapping_add(column % 16 / 4)
            }
        };
        behind_biases.wrapping_add(BLOCK_ROWS)
    }

    /// The weight in its word.
    pub(super) const fn weight_in(self, word: u32, row: usize, column: usize) -> i8 {
        match self {
            Self::Pairs => {
                let half = (word >> (16 * (column % 2))) as i16;
                let low = half as i8;
                if row % 2 == 1 { low } else { ((half as i32 - low as i32) >> 8) as i8 }
            }
            #[cfg(feature = "int4")]
            Self::Fours => {
                let half = word >> (16 * (column % 2));
                let digit = (half >> (12 - 4 * (row & 3)) & 15) as i8;
                // The first digit has a sign, the others are eight too large.
                if row.is_multiple_of(BLOCK_ROWS) { digit << 4 >> 4 } else { digit.wrapping_sub(8) }
            }
            #[cfg(feature = "bytes")]
            Self::Bytes => (word >> (8 * (column % 4))) as i8,
        }
    }

    /// The largest |w|.
    #[must_use]
    pub const fn most_weight(self) -> u8 {
        match self {
            #[cfg(feature = "int4")]
            Self::Fours => 8,
            _ => 127,
        }
    }

    /// Every |Σ w·x| stays below this.
    #[must_use]
    pub const fn sum_limit(self) -> u32 {
        match self {
            #[cfg(feature = "int4")]
            Self::Fours => 1 << 19,
            _ => 1 << 23,
        }
    }

    /// The widest x, in bits, sign included.
    #[must_use]
    pub const fn most_bits(self) -> u32 {
        match self {
            #[cfg(feature = "bytes")]
            Self::Bytes => 8,
            _ => 14,
        }
    }
}

/// Packing, the reverse of the view.
#[cfg(feature = "emit")]
mod pack {
    use super::{BLOCK_ROWS, Layout};
    use alloc::vec::Vec;

    impl Layout {
        /// The words of a matrix. `weights`: `[rows × columns]`, row after row · `biases`,
        /// `multipliers` (not yet shifted): `[rows]`.
        #[must_use]
        pub fn pack(
            self,
            weights: &[i8],
            columns: usize,
            biases: &[i32],
            multipliers: &[i16],
        ) -> Vec<u32> {
            let rows = biases.len();
            let mut words = Vec::with_capacity(self.words_needed(rows, columns));
            for first in (0..rows).step_by(BLOCK_ROWS) {
                let block = first..first + BLOCK_ROWS;
                let behind = words.len() + self.block_words(columns);
                words.extend(block.clone().map(|r| biases.get(r).copied().unwrap_or(0) as u32));
                self.put_weights(&mut words, columns, |r, c| {
                    let weight = weights.get((first + r) * columns + c).copied();
                    weight.filter(|_| c < columns).unwrap_or(0)
                });
                debug_assert_eq!(words.len() + BLOCK_ROWS, behind);
                words.extend(block.map(|r| {
                    let m = multipliers.get(r).copied().unwrap_or(0);
                    (i32::from(m) << 16) as u32
                }));
            }
            words
        }

        /// The groups of a block. `weight`: of one of its rows, 0 behind the last column.
        fn put_weights(
            self,
            words: &mut Vec<u32>,
            columns: usize,
            weight: impl Fn(usize, usize) -> i8,
        ) {
            let wide = |r, c| i32::from(weight(r, c));
            match self {
                Self::Pairs => {
                    let half = |r, c| (256 * wide(r, c) + wide(r + 1, c)) as u32 & 0xFFFF;
                    for c in (0..columns.next_multiple_of(4)).step_by(2) {
                        words.extend([0, 2].map(|r| half(r, c) | half(r, c + 1) << 16));
                    }
                }
                #[cfg(feature = "int4")]
                Self::Fours => {
                    let half = |c| {
                        let digits = [1, 2, 3].map(|r| wide(r, c) + 8);
                        let first = 4096 * wide(0, c);
                        (first + 256 * digits[0] + 16 * digits[1] + digits[2]) as u32 & 0xFFFF
                    };
                    let pairs = (0..columns.next_multiple_of(4)).step_by(2);
                    words.extend(pairs.map(|c| half(c) | half(c + 1) << 16));
                }
                #[cfg(feature = "bytes")]
                Self::Bytes => {
                    for c in (0..columns).step_by(16) {
                        let row = |r| {
                            (c..c + 16)
                                .step_by(4)
                                .map(move |c| [c, c + 1, c + 2, c + 3])
                                .map(move |four| (r, four))
                        };
                        let of = |(r, four): (usize, [usize; 4])| {
                            u32::from_le_bytes(four.map(|c| weight(r, c) as u8))
                        };
                        words.extend((0..BLOCK_ROWS).flat_map(row).map(of));
                    }
                }
            }
        }
    }
}

#[cfg(all(test, feature = "emit"))]
mod tests {
    use super::Layout;
    use crate::kernel::Rows;
    use alloc::vec::Vec;

    const ALL: &[Layout] = &[
        Layout::Pairs,
        #[cfg(feature = "int4")]
        Layout::Fours,
        #[cfg(feature = "bytes")]
        Layout::Bytes,
    ];

    #[test]
    fn packed_weights_come_back_for_every_shape_and_layout() {
        let shapes = [(1, 1), (2, 3), (3, 4), (4, 5), (5, 8), (9, 17), (6, 33)];
        for (layout, (rows, columns)) in
            ALL.iter().flat_map(|&layout| shapes.map(|shape| (layout, shape)))
        {
            let most = layout.most_weight() as i8;
            let least = if most == 8 { -8 } else { -most };
            let weights: Vec<i8> = (0..rows * columns)
                .map(|i| {
                    ((i * 89 % 255) as i32 - 127).clamp(least.into(), 7.max(most / 16 * 16).into())
                })
                .map(|w| w as i8)
                .collect();
            let biases: Vec<i32> = (0..rows as i32).map(|r| r * 77 - 100).collect();
            let multipliers: Vec<i16> = (0..rows as i16).map(|r| 32767 - r).collect();
            let words = layout.pack(&weights, columns, &biases, &multipliers);
            let view = Rows::of(layout, &words, rows, columns).expect("exact length");
            for r in 0..rows {
                assert_eq!(view.bias(r), biases[r]);
                assert_eq!(view.multiplier(r), i32::from(multipliers[r]) << 16);
                for c in 0..columns {
                    let expected = weights[r * columns + c];
                    assert_eq!(view.weight(r, c), expected, "{layout:?} {rows}×{columns} {r},{c}");
                }
                let mut row = std::vec![0; columns];
                view.each_weight(r, &mut row, |out, weight| *out += weight);
                let row_of = &weights[r * columns..];
                assert!(row.iter().zip(row_of).all(|(&x, &w)| x == i32::from(w)));
            }
            assert!(Rows::of(layout, &words[1..], rows, columns).is_none());
        }
    }

    #[test]
    fn a_size_that_wraps_around_is_no_matrix() {
        for &layout in ALL {
            assert!(Rows::of(layout, &[], 4, usize::MAX - 7).is_none());
            assert!(Rows::of(layout, &[], usize::MAX, 1).is_none());
        }
    }
}
