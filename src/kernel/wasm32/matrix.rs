//! A matrix and a vector: strips of four blocks, then single ones.

#![expect(
    unsafe_code,
    reason = "blocks are read through a pointer, after one check for all of them"
)]

use super::lanes::{Sums, load, load_columns, low_bytes, store};
use crate::kernel::bare::{holds, stride};
use crate::kernel::front::{filled_up, strips};
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::wasm32::*;

/// Blocks of a strip.
const BLOCKS: usize = 4;

/// A vector, four columns at a time.
struct Columns<'x> {
    groups: &'x [[i16; GROUP]],
    /// What is left, with zeros behind.
    tail: Option<[i16; GROUP]>,
}

impl<'x> Columns<'x> {
    fn of(x: &'x [i16]) -> Self {
        let (groups, rest) = x.as_chunks();
        let tail: [i16; GROUP] = filled_up(rest);
        Self { groups, tail: if rest.is_empty() { None } else { Some(tail) } }
    }
}

/// See [`crate::kernel::portable::matvec`].
#[target_feature(enable = "simd128")]
pub(super) fn matvec(matrix: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = Columns::of(x.get(..matrix.columns()).unwrap_or(x));
    let size = matrix.stride();
    let count = out.len().min(matrix.rows());
    let out = out.get_mut(..count).unwrap_or_default();
    for (strip, blocks, out) in strips::<{ BLOCKS * BLOCK_ROWS }>(matrix.words(), size, out) {
        // SAFETY: there are as many blocks as `out` takes, and x has no more columns than they.
        unsafe {
            let groups = strip.as_ptr().wrapping_add(BLOCK_ROWS);
            let mut block = strip.as_ptr();
            for (out, sums) in out.chunks_mut(BLOCK_ROWS).zip(gather(blocks, groups, size, &x)) {
                store_some(sums.finish(block, size, bias_shift & 31), out);
                block = block.wrapping_add(size);
            }
        }
    }
}

/// See [`crate::kernel::portable::dots`].
#[target_feature(enable = "simd128")]
pub(super) fn dots(words: &[u32], columns: usize, x: &[[i16; GROUP]], out: &mut [i32]) {
    let size = stride(columns);
    if !holds(words.len(), columns, out.len(), x.len()) {
        return;
    }
    let x = Columns::of(x.as_flattened());
    for (strip, blocks, out) in strips::<{ BLOCKS * BLOCK_ROWS }>(words, size, out) {
        // SAFETY: there are as many blocks as `out` takes, and x has no more columns than they.
        let sums = unsafe { gather(blocks, strip.as_ptr(), size, &x) };
        for (out, sums) in out.chunks_mut(BLOCK_ROWS).zip(sums) {
            // 256·D and 256·D′.
            store_some(i32x4_shr(sums.rows(), 8), out);
        }
    }
}

/// The sums of up to four blocks.
///
/// # Safety
///
/// From `groups` on there are the groups of so many blocks, `size` words from one to the next, as many
/// groups in each as x reaches.
#[inline]
#[target_feature(enable = "simd128")]
unsafe fn gather(
    blocks: usize,
    groups: *const u32,
    size: usize,
    x: &Columns<'_>,
) -> [Sums; BLOCKS] {
    let mut all = [Sums::zero(); BLOCKS];
    // SAFETY: as the caller promises, of each block.
    unsafe {
        if blocks == BLOCKS {
            return gather_some(groups, size, x);
        }
        let mut block = groups;
        for sums in all.iter_mut().take(blocks) {
            [*sums] = gather_some(block, size, x);
            block = block.wrapping_add(size);
        }
    }
    all
}

/// # Safety
///
/// As of [`gather`], for `N` blocks.
#[inline]
#[target_feature(enable = "simd128")]
unsafe fn gather_some<const N: usize>(
    groups: *const u32,
    size: usize,
    x: &Columns<'_>,
) -> [Sums; N] {
    let mut sums = [Sums::zero(); N];
    let mut at = groups;
    for x in x.groups {
        // SAFETY: a group that x reaches.
        unsafe { add(&mut sums, at, size, load_columns(x)) };
        at = at.wrapping_add(GROUP);
    }
    if let Some(tail) = &x.tail {
        // SAFETY: the last group that x reaches.
        unsafe { add(&mut sums, at, size, load_columns(tail)) };
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
unsafe fn add<const N: usize>(sums: &mut [Sums; N], group: *const u32, size: usize, x: v128) {
    for (block, sums) in sums.iter_mut().enumerate() {
        // SAFETY: as the caller promises.
        let words = unsafe { load(group.wrapping_add(block.wrapping_mul(size))) };
        sums.add(words, low_bytes(words), x);
    }
}

/// Writes as many as there is room for.
#[inline]
#[target_feature(enable = "simd128")]
pub(super) fn store_some(values: v128, out: &mut [i32]) {
    if let Some(out) = out.first_chunk_mut() {
        return store(values, out);
    }
    let mut four = [0; BLOCK_ROWS];
    store(values, &mut four);
    for (to, from) in out.iter_mut().zip(four) {
        *to = from;
    }
}
