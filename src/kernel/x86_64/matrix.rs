//! A matrix and a vector: strips of four blocks, the last of as many as are left.

#![expect(
    unsafe_code,
    reason = "blocks are read through a pointer, after one check for all of them"
)]

use super::lanes::{BLOCKS, Ends, Shifts, Sums, filled, finish, four, rows};
use super::lanes::{load, load_columns, load_four, low_bytes, store};
use crate::kernel::bare::{holds, stride};
use crate::kernel::front::{filled_up, strips};
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::x86_64::*;

/// Rows of a strip.
const STRIP_ROWS: usize = BLOCKS * BLOCK_ROWS;

/// A vector, eight columns at a time.
struct Columns<'x> {
    eights: &'x [[i16; 8]],
    /// What is left, and zeros behind.
    tail: [i16; 8],
    /// Groups that `tail` reaches: 0, 1 or 2.
    groups: usize,
}

impl<'x> Columns<'x> {
    fn of(x: &'x [i16]) -> Self {
        let (eights, rest) = x.as_chunks();
        let tail: [i16; 8] = filled_up(rest);
        Self { eights, tail, groups: rest.len().div_ceil(GROUP) }
    }
}

/// See [`crate::kernel::portable::matvec`].
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
    for (strip, blocks, out) in strips::<STRIP_ROWS>(matrix.words(), size, out) {
        // SAFETY: there are as many blocks as `N` says, and x has no more columns than they.
        let results = unsafe {
            match blocks {
                4 => strip_of_rows::<UNIT, 4>(strip, size, &x, &shifts),
                3 => strip_of_rows::<UNIT, 3>(strip, size, &x, &shifts),
                2 => strip_of_rows::<UNIT, 2>(strip, size, &x, &shifts),
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
    let block = words.as_ptr();
    // SAFETY: four words stand in front of the groups of every block, and four behind.
    unsafe {
        let sums = gather::<UNIT, N>(block.add(BLOCK_ROWS), size, x);
        let ends = filled(Ends::of::<N>(block, size), Ends::none());
        finish(filled(sums, Sums::zero()), ends, shifts)
    }
}

/// See [`crate::kernel::portable::dots`].
#[target_feature(enable = "avx2")]
pub(super) fn dots<const UNIT: u8>(
    words: &[u32],
    columns: usize,
    x: &[[i16; GROUP]],
    out: &mut [i32],
) {
    let size = stride(columns);
    if !holds(words.len(), columns, out.len(), x.len()) {
        return;
    }
    let x = Columns::of(x.as_flattened());
    for (strip, blocks, out) in strips::<STRIP_ROWS>(words, size, out) {
        // SAFETY: there are as many blocks as `N` says, and x has no more columns than they.
        let results = unsafe {
            match blocks {
                4 => strip_of_dots::<UNIT, 4>(strip, size, &x),
                3 => strip_of_dots::<UNIT, 3>(strip, size, &x),
                2 => strip_of_dots::<UNIT, 2>(strip, size, &x),
                _ => strip_of_dots::<UNIT, 1>(strip, size, &x),
            }
        };
        store(results, out);
    }
}

/// # Safety
///
/// As of [`strip_of_rows`], for blocks that are groups alone.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn strip_of_dots<const UNIT: u8, const N: usize>(
    words: &[u32],
    size: usize,
    x: &Columns<'_>,
) -> [__m128i; BLOCKS] {
    // SAFETY: as the caller promises.
    let sums = unsafe { gather::<UNIT, N>(words.as_ptr(), size, x) };
    // 256·D and 256·D′.
    four(rows(filled(sums, Sums::zero())).map(|sums| _mm256_srai_epi32::<8>(sums)))
}

/// # Safety
///
/// From `groups` on there are the groups of `N` blocks, `size` words from one to the next, as many
/// groups in each as x reaches.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn gather<const UNIT: u8, const N: usize>(
    groups: *const u32,
    size: usize,
    x: &Columns<'_>,
) -> [Sums; N] {
    let mut sums = [Sums::zero(); N];
    for (i, x) in x.eights.iter().enumerate() {
        let x = load_columns(x);
        let at = groups.wrapping_add(i.wrapping_mul(2 * GROUP));
        for (block, sums) in sums.iter_mut().enumerate() {
            // SAFETY: two groups of a block, of those that x reaches.
            let words = unsafe { load(at.wrapping_add(block.wrapping_mul(size))) };
            sums.add::<UNIT>(words, low_bytes(words), x);
        }
    }
    if x.groups > 0 {
        let at = groups.wrapping_add(x.eights.len().wrapping_mul(2 * GROUP));
        let tail = load_columns(&x.tail);
        for (block, sums) in sums.iter_mut().enumerate() {
            let at = at.wrapping_add(block.wrapping_mul(size));
            // SAFETY: the last two groups of a block that x reaches, or the last one.
            let words = unsafe {
                if x.groups == 2 { load(at) } else { _mm256_zextsi128_si256(load_four(at)) }
            };
            sums.add::<UNIT>(words, low_bytes(words), tail);
        }
    }
    sums
}
