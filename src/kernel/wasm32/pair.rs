//! A matrix and two vectors: two blocks at a time, each word of weights read once.

#![expect(
    unsafe_code,
    reason = "blocks are read through a pointer, after one check for all of them"
)]

use super::lanes::{Sums, load, low_bytes};
use super::matrix::store_some;
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::wasm32::*;

/// Blocks of a strip: with two vectors it has as many sums as four blocks with one.
const BLOCKS: usize = 2;

/// Two columns of the first vector, two of the second.
type Both = [u32; 2];

/// See [`crate::kernel::portable::matvec_pair`].
#[target_feature(enable = "simd128")]
pub(super) fn matvec_pair(
    matrix: &Rows<'_>,
    x: &[Both],
    bias_shifts: [u32; 2],
    out: [&mut [i32]; 2],
) {
    let x = x.get(..matrix.columns().div_ceil(GROUP).wrapping_mul(2)).unwrap_or(x);
    let size = matrix.stride();
    let [a, b] = out;
    let count = a.len().min(b.len()).min(matrix.rows());
    let (a, b) = (a.get_mut(..count).unwrap_or_default(), b.get_mut(..count).unwrap_or_default());
    let mut rest = matrix.words();
    for (a, b) in a.chunks_mut(BLOCKS * BLOCK_ROWS).zip(b.chunks_mut(BLOCKS * BLOCK_ROWS)) {
        let blocks = a.len().div_ceil(BLOCK_ROWS);
        let Some((strip, behind)) = rest.split_at_checked(blocks.wrapping_mul(size)) else {
            return;
        };
        rest = behind;
        let groups = strip.as_ptr().wrapping_add(BLOCK_ROWS);
        // SAFETY: there are so many blocks, and x has no more columns than they.
        unsafe {
            let both = if blocks == BLOCKS {
                gather::<BLOCKS>(groups, size, x)
            } else {
                gather::<1>(groups, size, x).map(|[sums]| [sums; BLOCKS])
            };
            for ((out, sums), bias_shift) in [a, b].into_iter().zip(both).zip(bias_shifts) {
                let mut block = strip.as_ptr();
                for (out, sums) in out.chunks_mut(BLOCK_ROWS).zip(sums) {
                    store_some(sums.finish(block, size, bias_shift & 31), out);
                    block = block.wrapping_add(size);
                }
            }
        }
    }
}

/// The sums of `N` blocks, for each vector.
///
/// # Safety
///
/// From `groups` on there are the groups of so many blocks, `size` words from one to the next, as many
/// groups in each as x reaches.
#[inline]
#[target_feature(enable = "simd128")]
unsafe fn gather<const N: usize>(groups: *const u32, size: usize, x: &[Both]) -> [[Sums; N]; 2] {
    let mut sums = [[Sums::zero(); N]; 2];
    let (fours, rest) = x.as_chunks::<2>();
    let mut at = groups;
    for &[[a, b], [c, d]] in fours {
        // SAFETY: a group that x reaches.
        unsafe { add(&mut sums, at, size, [u32x4(a, a, c, c), u32x4(b, b, d, d)]) };
        at = at.wrapping_add(GROUP);
    }
    if let &[[a, b]] = rest {
        // SAFETY: the last group that x reaches.
        unsafe { add(&mut sums, at, size, [u32x4(a, a, 0, 0), u32x4(b, b, 0, 0)]) };
    }
    sums
}

/// A group of each block.
///
/// # Safety
///
/// They can be read.
#[inline]
#[target_feature(enable = "simd128")]
unsafe fn add<const N: usize>(
    [a, b]: &mut [[Sums; N]; 2],
    group: *const u32,
    size: usize,
    [x, y]: [v128; 2],
) {
    for (block, (a, b)) in a.iter_mut().zip(b).enumerate() {
        // SAFETY: as the caller promises.
        let words = unsafe { load(group.wrapping_add(block.wrapping_mul(size))) };
        let low = low_bytes(words);
        a.add(words, low, x);
        b.add(words, low, y);
    }
}
