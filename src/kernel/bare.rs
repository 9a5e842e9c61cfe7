//! Matrices that grow in RAM, the keys and values of attention: row pairs in blocks of four rows as in
//! `rows.rs`, but groups alone, without biases and multipliers.
//!
//! ```text
//! word at (block b, columns 2i and 2i+1, row pair p) = b·columns + 2i + p        columns: whole groups
//! ```

use super::rows::{BLOCK_ROWS, GROUP};

/// Words of such a matrix.
#[must_use]
pub const fn bare_words(rows: usize, columns: usize) -> usize {
    rows.div_ceil(BLOCK_ROWS).wrapping_mul(stride(columns))
}

/// Words of a block.
pub(super) const fn stride(columns: usize) -> usize {
    columns.div_ceil(GROUP).wrapping_mul(GROUP)
}

/// `⌊value / 2^shift + ½⌋`, at most ±127. `shift`: 0…31.
fn cut(value: i32, shift: u32) -> i32 {
    let down = shift.wrapping_sub(1) & 31;
    let rounded = if shift == 0 { value } else { (value >> down).wrapping_add(1) >> 1 };
    rounded.clamp(-127, 127)
}

/// Writes row `row` of a matrix of `columns`: `values / 2^shift`.
pub fn put_row(words: &mut [u32], columns: usize, row: usize, values: &[i32], shift: u32) {
    let stride = stride(columns);
    let block = words.get_mut((row / BLOCK_ROWS).wrapping_mul(stride)..).unwrap_or_default();
    let pair = row % BLOCK_ROWS / 2;
    let words = block.get_mut(pair..stride).unwrap_or_default().iter_mut().step_by(2);
    let half = |half: u32, value: i32| {
        let low = i32::from(half as i8);
        let both = if row.is_multiple_of(2) {
            low.wrapping_add(cut(value, shift) << 8)
        } else {
            i32::from(half as i16).wrapping_sub(low).wrapping_add(cut(value, shift))
        };
        both as u32 & 0xFFFF
    };
    let (pairs, rest) = values.as_chunks::<2>();
    // Zeros behind, for a query is read in whole fours.
    let rest = [[rest.first().copied().unwrap_or(0), 0], [0; 2]];
    for (word, &[a, b]) in words.zip(pairs.iter().chain(&rest)) {
        *word = half(*word, a) | half(*word >> 16, b) << 16;
    }
}

/// Writes column `column` of a matrix of `columns`: `values / 2^shift`.
pub fn put_column(words: &mut [u32], columns: usize, column: usize, values: &[i32], shift: u32) {
    let (stride, first) = (stride(columns), column & !1);
    let (up, mask) = if column.is_multiple_of(2) { (0, 0xFFFF_0000) } else { (16, 0xFFFF) };
    let mut blocks = words.get_mut(first..).unwrap_or_default();
    let put = |word: &mut u32, high: i32, low: i32| {
        let half = (cut(high, shift) << 8).wrapping_add(cut(low, shift)) as u32 & 0xFFFF;
        *word = (*word & mask) | half << up;
    };
    for four in values.chunks(BLOCK_ROWS) {
        let at = |i: usize| four.get(i).copied().unwrap_or(0);
        if let Some([even, odd]) = blocks.first_chunk_mut::<2>() {
            put(even, at(0), at(1));
            put(odd, at(2), at(3));
        }
        blocks = blocks.get_mut(stride..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::portable;

    #[test]
    fn rows_and_columns_come_back_as_products_in_any_order_and_when_written_again() {
        for (rows, columns) in [(1, 1), (2, 3), (5, 4), (8, 6), (7, 9)] {
            let value = |r: usize, c: usize| ((r * 37 + c * 91) % 255) as i32 - 127;
            let mut by_rows = std::vec![0xA5A5_A5A5; bare_words(rows, columns)];
            let mut by_columns = std::vec![0; bare_words(rows, columns)];
            for round in [1, 0] {
                for r in (0..rows).rev() {
                    let row: Vec<i32> =
                        (0..columns).map(|c| value(r, c) << round >> round).collect();
                    put_row(&mut by_rows, columns, r, &row, 0);
                }
            }
            for c in 0..columns {
                let column: Vec<i32> = (0..rows).map(|r| value(r, c) * 8 + 3).collect();
                put_column(&mut by_columns, columns, c, &column, 3);
            }
            let in_fours = columns.next_multiple_of(4);
            let x: Vec<i16> = (0..in_fours as i16).map(|c| c * 77 - 150).collect();
            for words in [by_rows, by_columns] {
                let mut out = std::vec![0; rows];
                portable::dots(&words, columns, x.as_chunks().0, &mut out);
                for (r, out) in out.iter().enumerate() {
                    let exact: i32 = (0..columns).map(|c| value(r, c) * i32::from(x[c])).sum();
                    assert_eq!(*out, exact, "{rows}×{columns}, row {r}");
                }
            }
        }
    }
}
