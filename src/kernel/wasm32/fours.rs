//! int4: eight rows at a time, or four with two vectors, eight columns at once.
//!
//! ```text
//! half = 4096·w₀ + 256·u₁ + 16·u₂ + u₃, u = w + 8                   (layout: `kernel/layout.rs`)
//! for eight columns x, and for each block its next four words w, a column in each half
//!     P₀ += i32x4.dot_i16x8_s(w, x)          P₁ += i32x4.dot_i16x8_s(w >> 4, x)
//!     P₂ += i32x4.dot_i16x8_s(w >> 8, x)     P₃ += i32x4.dot_i16x8_s(w >> 12, x)
//! add the lanes of each P; take away 2184·X, 136·X, 8·X, 0 with X = Σ x
//! D = P₃, P₂ − 16·P₃, P₁ − 16·P₂, P₀ − 16·P₁
//! out = round(256·D · M / 2³²) + bias
//! ```
//! What X takes away is what u has too much. Every digit but the first is positive, so that a shift cuts
//! exactly; P₀ may wrap around 32 bits. Eleven instructions and a load for 32 products.

#![expect(
    unsafe_code,
    reason = "blocks are read through a pointer, after one check for all of them"
)]

use super::lanes::{finish, load};
use super::matrix::store_some;
use crate::kernel::front::{filled_up, strips, sums_of_both};
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::wasm32::*;

/// Columns of four words.
const COLUMNS: usize = 8;
/// Blocks of a strip.
const BLOCKS: usize = 2;

/// Two columns of the first vector, two of the second.
type Both = [u32; 2];
/// Eight columns of both.
type Eight = [Both; COLUMNS / 2];

/// One vector or two, eight columns at a time.
struct Columns<'x, T> {
    eights: &'x [T],
    /// What is left, with zeros behind.
    tail: Option<T>,
}

impl<'x, T: Copy + Default, const N: usize> Columns<'x, [T; N]> {
    #[inline]
    fn of(x: &'x [T]) -> Self {
        let (eights, rest) = x.as_chunks();
        let tail: [T; N] = filled_up(rest);
        Self { eights, tail: if rest.is_empty() { None } else { Some(tail) } }
    }
}

/// See [`crate::kernel::portable::fours::matvec`].
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    one(rows, x, bias_shift, out);
}

/// See [`crate::kernel::portable::fours::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[Both], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    two(rows, x, bias_shifts, out);
}

/// P₀ to P₃ of a block, modulo 2³²: four partial sums of each.
#[derive(Clone, Copy)]
struct Sums([v128; 4]);

impl Sums {
    #[inline]
    #[target_feature(enable = "simd128")]
    fn zero() -> Self {
        Self([i32x4_splat(0); 4])
    }

    /// Four words of a block, with their columns.
    #[inline]
    #[target_feature(enable = "simd128")]
    fn add(&mut self, words: v128, x: v128) {
        let mac = |sum, w| i32x4_add(sum, i32x4_dot_i16x8(w, x));
        let [p0, p1, p2, p3] = self.0;
        self.0 = [
            mac(p0, words),
            mac(p1, i16x8_shr(words, 4)),
            mac(p2, i16x8_shr(words, 8)),
            mac(p3, i16x8_shr(words, 12)),
        ];
    }

    /// 256·D of each row.
    #[inline]
    #[target_feature(enable = "simd128")]
    fn rows(self, sum_x: i32) -> v128 {
        let [p0, p1, p2, p3] = self.0;
        // The even lanes of both and the odd ones, added.
        let fold =
            |a, b| i32x4_add(i32x4_shuffle::<0, 2, 4, 6>(a, b), i32x4_shuffle::<1, 3, 5, 7>(a, b));
        let eights = i32x4_mul(i32x4_splat(sum_x), i32x4(0, 8, 136, 2184));
        let sums = i32x4_sub(fold(fold(p3, p2), fold(p1, p0)), eights);
        let next = i32x4_shuffle::<4, 0, 1, 2>(sums, i32x4_splat(0));
        i32x4_shl(i32x4_sub(sums, i32x4_shl(next, 4)), 8)
    }
}

/// [`matvec`], compiled for SIMD.
#[target_feature(enable = "simd128")]
fn one(matrix: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..matrix.columns()).unwrap_or(x);
    let sum_x = x.iter().fold(0i32, |sum, &x| sum.wrapping_add(x.into()));
    let x = Columns::of(x);
    let size = matrix.stride();
    let count = out.len().min(matrix.rows());
    let out = out.get_mut(..count).unwrap_or_default();
    for (strip, blocks, out) in strips::<{ BLOCKS * BLOCK_ROWS }>(matrix.words(), size, out) {
        let groups = strip.as_ptr().wrapping_add(BLOCK_ROWS);
        // SAFETY: there are so many blocks, and x has no more columns than they.
        unsafe {
            let sums = if blocks == BLOCKS {
                gather::<BLOCKS>(groups, size, &x)
            } else {
                let [sums] = gather::<1>(groups, size, &x);
                [sums; BLOCKS]
            };
            let mut block = strip.as_ptr();
            for (out, sums) in out.chunks_mut(BLOCK_ROWS).zip(sums) {
                store_some(finish(sums.rows(sum_x), block, size, bias_shift & 31), out);
                block = block.wrapping_add(size);
            }
        }
    }
}

/// The sums of `N` blocks.
///
/// # Safety
///
/// From `groups` on there are the groups of so many blocks, `size` words from one to the next, as many
/// groups in each as x reaches, and four words more.
#[inline]
#[target_feature(enable = "simd128")]
unsafe fn gather<const N: usize>(
    groups: *const u32,
    size: usize,
    x: &Columns<'_, [i16; COLUMNS]>,
) -> [Sums; N] {
    let mut sums = [Sums::zero(); N];
    let mut at = groups;
    for x in x.eights {
        // SAFETY: two groups of each block, of those that x reaches.
        unsafe { add(&mut sums, at, size, x) };
        at = at.wrapping_add(COLUMNS / 2);
    }
    if let Some(tail) = &x.tail {
        // SAFETY: the last groups of each block that x reaches, or the last one and two words more.
        unsafe { add(&mut sums, at, size, tail) };
    }
    sums
}

/// Four words of each block.
///
/// # Safety
///
/// They can be read.
#[inline]
#[target_feature(enable = "simd128")]
unsafe fn add<const N: usize>(
    sums: &mut [Sums; N],
    words: *const u32,
    size: usize,
    x: &[i16; COLUMNS],
) {
    // SAFETY: the reference says that all eight can be read.
    let x = unsafe { load(x.as_ptr().cast()) };
    for (block, sums) in sums.iter_mut().enumerate() {
        // SAFETY: as the caller promises.
        sums.add(unsafe { load(words.wrapping_add(block.wrapping_mul(size))) }, x);
    }
}

/// [`matvec_pair`], compiled for SIMD.
#[target_feature(enable = "simd128")]
fn two(matrix: &Rows<'_>, x: &[Both], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let x = x.get(..matrix.columns().div_ceil(GROUP).wrapping_mul(GROUP / 2)).unwrap_or(x);
    let [sum_a, sum_b] = sums_of_both(x);
    let x = Columns::of(x);
    let size = matrix.stride();
    let [a, b] = out;
    let count = a.len().min(b.len()).min(matrix.rows());
    let (a, b) = (a.get_mut(..count).unwrap_or_default(), b.get_mut(..count).unwrap_or_default());
    let outs = a.chunks_mut(BLOCK_ROWS).zip(b.chunks_mut(BLOCK_ROWS));
    for ((a, b), block) in outs.zip(matrix.blocks()) {
        let block = block.as_ptr();
        let [shift_a, shift_b] = bias_shifts;
        // SAFETY: a block, and x has no more columns than it.
        unsafe {
            let [sums_a, sums_b] = gather_both(block.wrapping_add(BLOCK_ROWS), &x);
            store_some(finish(sums_a.rows(sum_a), block, size, shift_a & 31), a);
            store_some(finish(sums_b.rows(sum_b), block, size, shift_b & 31), b);
        }
    }
}

/// The sums of a block, for each vector.
///
/// # Safety
///
/// From `groups` on there are as many groups as x reaches, and four words more.
#[inline]
#[target_feature(enable = "simd128")]
unsafe fn gather_both(groups: *const u32, x: &Columns<'_, Eight>) -> [Sums; 2] {
    let mut sums = [Sums::zero(); 2];
    let mut at = groups;
    for x in x.eights {
        // SAFETY: two groups, of those that x reaches.
        add_both(&mut sums, unsafe { load(at) }, x);
        at = at.wrapping_add(COLUMNS / 2);
    }
    if let Some(tail) = &x.tail {
        // SAFETY: the last groups that x reaches, or the last one and two words more.
        add_both(&mut sums, unsafe { load(at) }, tail);
    }
    sums
}

/// Four words with both vectors.
#[inline]
#[target_feature(enable = "simd128")]
fn add_both([a, b]: &mut [Sums; 2], words: v128, x: &Eight) {
    let first: *const u32 = x.as_ptr().cast();
    // SAFETY: the reference says that all eight words can be read.
    let [x, y] = unsafe { [load(first), load(first.wrapping_add(4))] };
    a.add(words, i32x4_shuffle::<0, 2, 4, 6>(x, y));
    b.add(words, i32x4_shuffle::<1, 3, 5, 7>(x, y));
}
