//! A matrix and two vectors: strips of two blocks, each word of weights read once.

#![expect(
    unsafe_code,
    reason = "blocks are read through a pointer, after one check for all of them"
)]

use super::lanes::{BLOCKS, Ends, Shifts, Sums, filled, finish, load, low_bytes, store};
use crate::kernel::front::{filled_up, strips};
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::x86_64::*;

/// Blocks of a strip: with two vectors it has as many sums as four blocks with one.
const STRIP: usize = BLOCKS / 2;
const STRIP_ROWS: usize = STRIP * BLOCK_ROWS;

/// Two columns of the first vector, two of the second.
type Both = [u32; 2];

/// Two vectors, eight columns at a time.
struct Columns<'x> {
    eights: &'x [[Both; 4]],
    /// What is left, and zeros behind.
    tail: Option<[Both; 4]>,
}

impl<'x> Columns<'x> {
    fn of(x: &'x [Both]) -> Self {
        let (eights, rest) = x.as_chunks();
        let tail: [Both; 4] = filled_up(rest);
        Self { eights, tail: if rest.is_empty() { None } else { Some(tail) } }
    }
}

/// See [`crate::kernel::portable::matvec_pair`].
#[target_feature(enable = "avx2")]
pub(super) fn matvec_pair<const UNIT: u8>(
    matrix: &Rows<'_>,
    x: &[Both],
    bias_shifts: [u32; 2],
    out: [&mut [i32]; 2],
) {
    let x = x.get(..matrix.columns().div_ceil(GROUP).wrapping_mul(2)).unwrap_or(x);
    let x = Columns::of(x);
    let shifts = Shifts::of(bias_shifts);
    let size = matrix.stride();
    let [a, b] = out;
    let count = a.len().min(b.len()).min(matrix.rows());
    let (a, b) = (a.get_mut(..count).unwrap_or_default(), b.get_mut(..count).unwrap_or_default());
    let strips = strips::<STRIP_ROWS>(matrix.words(), size, a);
    for ((strip, blocks, a), b) in strips.zip(b.chunks_mut(STRIP_ROWS)) {
        // SAFETY: there are as many blocks as `N` says, and x has no more columns than they.
        let [a0, a1, b0, b1] = unsafe {
            match blocks {
                2 => strip_of_both::<UNIT, 2>(strip, size, &x, &shifts),
                _ => strip_of_both::<UNIT, 1>(strip, size, &x, &shifts),
            }
        };
        store([a0, a1], a);
        store([b0, b1], b);
    }
}

/// # Safety
///
/// `words` are at least `N` blocks of a matrix, each of `size` words, and x is not longer than they.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn strip_of_both<const UNIT: u8, const N: usize>(
    words: &[u32],
    size: usize,
    x: &Columns<'_>,
    shifts: &Shifts,
) -> [__m128i; BLOCKS] {
    let block = words.as_ptr();
    // SAFETY: four words stand in front of the groups of every block, and four behind.
    unsafe {
        let [a, b] = gather::<UNIT, N>(block.add(BLOCK_ROWS), size, x);
        let [a0, a1, ..] = filled(a, Sums::zero());
        let [b0, b1, ..] = filled(b, Sums::zero());
        let [e0, e1, ..] = filled(Ends::of::<N>(block, size), Ends::none());
        finish([a0, a1, b0, b1], [e0, e1, e0, e1], shifts)
    }
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
) -> [[Sums; N]; 2] {
    let mut sums = [[Sums::zero(); N]; 2];
    let mut at = groups;
    for x in x.eights {
        // SAFETY: two groups of a block, of those that x reaches.
        unsafe { add::<UNIT, N>(&mut sums, at, size, x) };
        at = at.wrapping_add(2 * GROUP);
    }
    if let Some(tail) = &x.tail {
        // SAFETY: the last group that x reaches, and four words behind it.
        unsafe { add::<UNIT, N>(&mut sums, at, size, tail) };
    }
    sums
}

/// Two groups of `N` blocks.
///
/// # Safety
///
/// They can be read.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn add<const UNIT: u8, const N: usize>(
    [a, b]: &mut [[Sums; N]; 2],
    groups: *const u32,
    size: usize,
    x: &[Both; 4],
) {
    let [x, y] = columns(x);
    for block in 0..N {
        // SAFETY: as the caller promises.
        let words = unsafe { load(groups.wrapping_add(block.wrapping_mul(size))) };
        let low = low_bytes(words);
        a[block].add::<UNIT>(words, low, x);
        b[block].add::<UNIT>(words, low, y);
    }
}

/// Eight columns of both, as [`super::lanes::load_columns`] has one.
#[inline]
#[target_feature(enable = "avx2")]
fn columns(x: &[Both; 4]) -> [__m256i; 2] {
    // SAFETY: the reference says that all eight words can be read.
    let both = unsafe { load(x.as_ptr().cast()) };
    [_mm256_shuffle_epi32::<0b10_10_00_00>(both), _mm256_shuffle_epi32::<0b11_11_01_01>(both)]
}
