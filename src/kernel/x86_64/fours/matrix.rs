//! An int4 matrix and a vector: strips of two blocks.

#![expect(
    unsafe_code,
    reason = "blocks are read through a pointer, after one check for all of them"
)]

use super::super::lanes::{Ends, Shifts, load, store};
use super::{COLUMNS, Sums, finish, load_last};
use crate::kernel::front::{filled_up, strips};
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::x86_64::*;

/// Blocks of a strip.
const BLOCKS: usize = 2;

/// A vector, sixteen columns at a time.
struct Columns<'x> {
    sixteens: &'x [[i16; COLUMNS]],
    /// What is left, and zeros behind.
    tail: [i16; COLUMNS],
    /// Groups that `tail` reaches, at most four.
    groups: usize,
    sum: i32,
}

impl<'x> Columns<'x> {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn of(x: &'x [i16]) -> Self {
        let (sixteens, rest) = x.as_chunks();
        let tail: [i16; COLUMNS] = filled_up(rest);
        let sum = x.iter().fold(0i32, |sum, &x| sum.wrapping_add(x.into()));
        Self { sixteens, tail, groups: rest.len().div_ceil(GROUP), sum }
    }
}

/// See [`crate::kernel::portable::fours::matvec`].
#[target_feature(enable = "avx2")]
pub(super) fn matvec<const UNIT: u8>(
    matrix: &Rows<'_>,
    x: &[i16],
    bias_shift: u32,
    out: &mut [i32],
) {
    let x = Columns::of(x.get(..matrix.columns()).unwrap_or(x));
    let shifts = Shifts::of([bias_shift; 2]);
    let size = matrix.stride();
    let count = out.len().min(matrix.rows());
    let out = out.get_mut(..count).unwrap_or_default();
    for (strip, blocks, out) in strips::<{ BLOCKS * BLOCK_ROWS }>(matrix.words(), size, out) {
        // SAFETY: there are as many blocks as `N` says, and x has no more columns than they.
        let results = unsafe {
            match blocks {
                BLOCKS => strip_of_rows::<UNIT, BLOCKS>(strip, size, &x, &shifts),
                _ => strip_of_rows::<UNIT, 1>(strip, size, &x, &shifts),
            }
        };
        store(results, out);
    }
}

/// # Safety
///
/// `words` are at least `N` blocks of a matrix, each of `size` words, and x is not longer than they.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn strip_of_rows<const UNIT: u8, const N: usize>(
    words: &[u32],
    size: usize,
    x: &Columns<'_>,
    shifts: &Shifts,
) -> [__m128i; BLOCKS] {
    // SAFETY: four words stand in front of the groups of every block, and four behind.
    let (sums, ends) = unsafe {
        let sums = gather::<UNIT, N>(words.as_ptr().add(BLOCK_ROWS), size, x);
        (sums, Ends::of::<N>(words.as_ptr(), size))
    };
    let sum = |i: usize| sums.get(i).copied().unwrap_or(Sums::zero()).rows(x.sum);
    let end = |i: usize| ends.get(i).copied().unwrap_or(Ends::none());
    finish([sum(0), sum(1)], [end(0), end(1)], shifts)
}

/// # Safety
///
/// From `groups` on there are the groups of `N` blocks, `size` words from one to the next, as many
/// groups in each as x reaches, and four words more.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn gather<const UNIT: u8, const N: usize>(
    groups: *const u32,
    size: usize,
    x: &Columns<'_>,
) -> [Sums; N] {
    let mut sums = [Sums::zero(); N];
    let mut at = groups;
    for columns in x.sixteens {
        let columns = load_columns(columns);
        for (block, sums) in sums.iter_mut().enumerate() {
            // SAFETY: four groups of a block, of those that x reaches.
            let words = unsafe { load(at.wrapping_add(block.wrapping_mul(size))) };
            sums.add::<UNIT>(words, columns);
        }
        at = at.wrapping_add(COLUMNS / 2);
    }
    if x.groups > 0 {
        let columns = load_columns(&x.tail);
        for (block, sums) in sums.iter_mut().enumerate() {
            // SAFETY: the last groups of a block that x reaches, and four words behind.
            let words = unsafe { load_last(at.wrapping_add(block.wrapping_mul(size)), x.groups) };
            sums.add::<UNIT>(words, columns);
        }
    }
    sums
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_columns(x: &[i16; COLUMNS]) -> __m256i {
    // SAFETY: the reference says that all sixteen can be read.
    unsafe { load(x.as_ptr().cast()) }
}
