//! Matrices that grow in RAM, the keys and values of attention: row pairs in blocks of four rows as in
//! `layout.rs`, but groups alone, without biases and multipliers.
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

/// Whether a matrix of `columns` has `rows` in `words` words, and so many groups in a row.
pub(super) const fn holds(words: usize, columns: usize, rows: usize, groups: usize) -> bool {
    let stride = stride(columns);
    match rows.div_ceil(BLOCK_ROWS).checked_mul(stride) {
        Some(needed) => needed <= words && groups <= stride / GROUP,
        None => false,
    }
}

/// In eight bits, whose least value is not there.
fn byte(value: i16) -> i32 {
    i32::from(value.max(-127))
}

/// Numbers that are cut at once, whole fours.
const PART: usize = 32;

/// Writes row `row` of a matrix of `columns`: `values / 2^shift`, rounded, which have 8 bits then;
/// −128 becomes −127. Rows come in order from 0 on: an even one clears the odd one behind it.
///
/// `values`: `[columns]` · `shift`: 1…31.
pub fn put_row(words: &mut [u32], columns: usize, row: usize, values: &[i32], shift: u32) {
    in_parts(values, shift, |first, part| put_row_part(words, columns, (row, first), part));
}

/// Writes column `column` of a matrix of `columns` as [`put_row`] does a row, but clears none.
///
/// `values`: `[rows]` · `shift`: 1…31.
pub fn put_column(words: &mut [u32], columns: usize, column: usize, values: &[i32], shift: u32) {
    in_parts(values, shift, |first, part| put_column_part(words, columns, (first, column), part));
}

/// Calls `write` with values of 8 bits and where they start, zeros behind the last ones.
#[inline(always)]
pub(super) fn in_parts(values: &[i32], shift: u32, mut write: impl FnMut(usize, &[[i16; GROUP]])) {
    let mut first = 0usize; // `enumerate` could overflow.
    for values in values.chunks(PART) {
        let mut bytes = [0; PART];
        super::narrow(values, shift, 127, bytes.get_mut(..values.len()).unwrap_or_default());
        let fours = bytes.as_chunks().0;
        write(first, fours.get(..values.len().div_ceil(GROUP)).unwrap_or(fours));
        first = first.wrapping_add(PART);
    }
}

/// Writes part of row `row` of a matrix of `columns`, from the column `first` on, −128 ≤ values ≤ 127, the least as −127, zeros
/// beyond the columns. Rows come in order from 0 on: an even one clears the odd one behind it.
fn put_row_part(
    words: &mut [u32],
    columns: usize,
    (row, first): (usize, usize),
    values: &[[i16; GROUP]],
) {
    let start = (row / BLOCK_ROWS).wrapping_mul(stride(columns)).wrapping_add(first);
    let (groups, _) = words.get_mut(start..).unwrap_or_default().as_chunks_mut();
    let is_even = row.is_multiple_of(2);
    let put = |word: &mut u32, low: i16, high: i16| {
        let (low, high) = (byte(low) as u32, (byte(high) as u32) << 16);
        *word = if is_even {
            (high | low & 0xFFFF) << 8 & 0xFF00_FF00
        } else {
            word.wrapping_add(low) & 0xFFFF | (*word & 0xFFFF_0000).wrapping_add(high)
        };
    };
    for (group, &[a, b, c, d]) in groups.iter_mut().zip(values) {
        let [w0, w1, w2, w3] = group;
        let (ab, cd) = if row % BLOCK_ROWS < 2 { (w0, w2) } else { (w1, w3) };
        put(ab, a, b);
        put(cd, c, d);
    }
}

/// Writes part of column `column` of a matrix of `columns`, from the row `first` on, a multiple of
/// four, −128 ≤ values ≤ 127, the least as −127.
fn put_column_part(
    words: &mut [u32],
    columns: usize,
    (first, column): (usize, usize),
    values: &[[i16; BLOCK_ROWS]],
) {
    let stride = stride(columns);
    let start = (first / BLOCK_ROWS).wrapping_mul(stride).wrapping_add(column & !1);
    let mut blocks = words.get_mut(start..).unwrap_or_default();
    let up = column as u32 % 2 * 16;
    let put = |word: &mut u32, upper: i16, lower: i16| {
        let half = (byte(upper) << 8).wrapping_add(byte(lower)) as u32 & 0xFFFF;
        *word = *word & !(0xFFFF << up) | half << up;
    };
    for &[a, b, c, d] in values {
        let Some([even, odd]) = blocks.first_chunk_mut::<2>() else { return };
        put(even, a, b);
        put(odd, c, d);
        blocks = blocks.get_mut(stride..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::portable;

    #[test]
    fn rows_and_columns_come_back_as_products_and_when_written_again() {
        for (rows, columns) in [(1, 1), (2, 3), (5, 4), (8, 6), (7, 9), (41, 38)] {
            let value = |r: usize, c: usize| ((r * 37 + c * 91) % 256) as i16 - 128;
            let kept = |value: i16| i32::from(value.max(-127));
            let wide = |value: i16, c: usize| i32::from(value) * 8 + c as i32 % 4;
            let mut by_rows = std::vec![0xA5A5_A5A5; bare_words(rows, columns) + 4];
            let mut by_columns = by_rows.clone();
            for round in [1, 0] {
                for r in 0..rows {
                    let row = (0..columns).map(|c| wide(value(r, c) >> round, c));
                    put_row(&mut by_rows, columns, r, &row.collect::<Vec<_>>(), 3);
                }
                for c in 0..columns {
                    let column = (0..rows).map(|r| wide(value(r, c) >> round, r));
                    put_column(&mut by_columns, columns, c, &column.collect::<Vec<_>>(), 3);
                }
            }
            let fours = |values: Vec<i16>| {
                let mut fours = vec![[0; 4]; columns.div_ceil(4)];
                fours.as_flattened_mut()[..columns].copy_from_slice(&values);
                fours
            };
            let x: Vec<i16> = (0..columns as i16).map(|c| c * 77 - 150).collect();
            let x = &fours(x)[..];
            for words in [by_rows, by_columns] {
                let mut out = std::vec![0; rows];
                portable::dots(&words, columns, x, &mut out);
                for (r, out) in out.iter().enumerate() {
                    let x = x.as_flattened().iter().enumerate().take(columns);
                    let exact: i32 = x.map(|(c, &x)| kept(value(r, c)) * i32::from(x)).sum();
                    assert_eq!(*out, exact, "{rows}×{columns}, row {r}");
                }
                assert_eq!(words.last(), Some(&0xA5A5_A5A5), "behind the matrix");
            }
        }
    }
}
