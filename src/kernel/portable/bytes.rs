//! What a matrix of [`Layout::Bytes`](crate::kernel::Layout) means: rows of bytes, and x of 8 bits.

use super::scale_sums;
use crate::kernel::front::filled_up;
use crate::kernel::rows::{BLOCK_ROWS, Rows};

/// Columns, and words, of a group.
const GROUP: usize = 16;

/// [`super::matvec`] of such a matrix. `x`: of 8 bits, −128…127.
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    let (groups, rest) = x.as_chunks::<GROUP>();
    let tail: [i16; GROUP] = filled_up(rest);
    let count = out.len().min(rows.rows());
    for (block, out) in rows.blocks().zip(out[..count].chunks_mut(BLOCK_ROWS)) {
        let words = block.get(BLOCK_ROWS..).unwrap_or(&[]).as_chunks::<GROUP>().0;
        let mut sums = [0; BLOCK_ROWS];
        for (words, x) in words.iter().zip(groups) {
            add_group(&mut sums, words, x);
        }
        if let Some(words) = words.get(groups.len()) {
            add_group(&mut sums, words, &tail);
        }
        scale_sums(block, sums.map(|sum| sum << 8), bias_shift, out);
    }
}

/// [`super::matvec_pair`] of such a matrix.
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let words = rows.columns().div_ceil(2);
    let x = x.get(..words).unwrap_or(x);
    for ((which, bias_shift), out) in [0, 1].into_iter().zip(bias_shifts).zip(out) {
        let count = out.len().min(rows.rows());
        for (block, out) in rows.blocks().zip(out[..count].chunks_mut(BLOCK_ROWS)) {
            let words = block.get(BLOCK_ROWS..).unwrap_or(&[]).as_chunks::<GROUP>().0;
            let mut sums = [0; BLOCK_ROWS];
            for (words, x) in words.iter().zip(x.chunks(GROUP / 2)) {
                let mut group = [0; GROUP];
                for (to, x) in group.as_chunks_mut::<2>().0.iter_mut().zip(x) {
                    let word = x.get(which).copied().unwrap_or(0);
                    *to = [word as i16, (word >> 16) as i16];
                }
                add_group(&mut sums, words, &group);
            }
            scale_sums(block, sums.map(|sum| sum << 8), bias_shift, out);
        }
    }
}

/// `sums[r] + Σ w·x` of sixteen columns.
fn add_group(sums: &mut [i32; BLOCK_ROWS], words: &[u32; GROUP], x: &[i16; GROUP]) {
    for (sum, row) in sums.iter_mut().zip(words.as_chunks::<4>().0) {
        *sum = row.iter().zip(x.as_chunks::<4>().0).fold(*sum, |sum, (&word, x)| add(sum, word, x));
    }
}

// Inlined by hand: where size counts, a call or a loop here quadruples the instructions.
#[inline(always)]
fn add(sum: i32, word: u32, &[a, b, c, d]: &[i16; 4]) -> i32 {
    let product = |byte: u32, x: i16| i32::from(byte as i8).wrapping_mul(x.into());
    sum.wrapping_add(product(word, a))
        .wrapping_add(product(word >> 8, b))
        .wrapping_add(product(word >> 16, c))
        .wrapping_add(product(word >> 24, d))
}
