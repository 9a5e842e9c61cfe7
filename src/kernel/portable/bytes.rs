//! What a matrix of [`Layout::Bytes`](crate::kernel::Layout) means: rows of bytes, and x of 8 bits.

use super::scale_sums;
use crate::kernel::rows::{BLOCK_ROWS, Rows};

/// Columns, and words, of a group.
const GROUP: usize = 16;

/// [`super::matvec`] of such a matrix. `x`: |x| ≤ 128.
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    each_block(rows, x.chunks(GROUP), bias_shift, out);
}

/// [`super::matvec_pair`] of such a matrix.
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let words = rows.columns().div_ceil(2);
    let x = x.get(..words).unwrap_or(x);
    for ((which, bias_shift), out) in [0, 1].into_iter().zip(bias_shifts).zip(out) {
        let group = |words: &[[u32; 2]]| {
            let mut group = [0; GROUP];
            for (to, x) in group.as_chunks_mut::<2>().0.iter_mut().zip(words) {
                let word = x.get(which).copied().unwrap_or(0);
                *to = [word as i16, (word >> 16) as i16];
            }
            group
        };
        each_block(rows, x.chunks(GROUP / 2).map(group), bias_shift, out);
    }
}

/// `groups`: of x.
fn each_block<X: AsRef<[i16]>>(
    rows: &Rows<'_>,
    groups: impl Iterator<Item = X> + Clone,
    bias_shift: u32,
    out: &mut [i32],
) {
    let count = out.len().min(rows.rows());
    for (block, out) in rows.blocks().zip(out[..count].chunks_mut(BLOCK_ROWS)) {
        let words = block.get(BLOCK_ROWS..).unwrap_or(&[]).as_chunks::<GROUP>().0;
        let mut sums = [0; BLOCK_ROWS];
        for (words, x) in words.iter().zip(groups.clone()) {
            for (sum, row) in sums.iter_mut().zip(words.as_chunks::<4>().0) {
                *sum = add(*sum, row, x.as_ref());
            }
        }
        scale_sums(block, sums.map(|sum| sum << 8), bias_shift, out);
    }
}

/// `sum + Σ w·x` of up to sixteen columns.
fn add(sum: i32, row: &[u32; 4], x: &[i16]) -> i32 {
    let weights = row.iter().flat_map(|word| word.to_le_bytes());
    weights
        .zip(x)
        .fold(sum, |sum, (w, &x)| sum.wrapping_add(i32::from(w as i8).wrapping_mul(x.into())))
}
