//! Four words at once: loads, the multiply-accumulate, and what ends a block.

#![expect(unsafe_code, reason = "loads and stores of wide registers")]

use crate::kernel::rows::BLOCK_ROWS;
use core::arch::wasm32::*;

/// # Safety
///
/// Four words can be read from there on.
#[inline]
#[target_feature(enable = "simd128")]
pub(super) unsafe fn load(words: *const u32) -> v128 {
    // SAFETY: as the caller promises; the load wants no alignment.
    unsafe { v128_load(words.cast()) }
}

/// Four columns of a vector, each pair of them twice, once for each row pair: `x₀ x₀ x₁ x₁`.
#[inline]
#[target_feature(enable = "simd128")]
pub(super) fn load_columns(x: &[i16; 4]) -> v128 {
    // SAFETY: the reference says that all four can be read.
    let pairs = unsafe { v128_load64_zero(x.as_ptr().cast()) };
    i32x4_shuffle::<0, 0, 1, 1>(pairs, pairs)
}

#[inline]
#[target_feature(enable = "simd128")]
pub(super) fn store(values: v128, out: &mut [i32; BLOCK_ROWS]) {
    // SAFETY: the reference says that all four can be written.
    unsafe { v128_store(out.as_mut_ptr().cast(), values) }
}

/// What the words of a block have gathered, modulo 2³²: four partial sums of each, in the order of the
/// words, so that the even ones belong to the first row pair.
#[derive(Clone, Copy)]
pub(super) struct Sums {
    /// 256·D + D′
    both: v128,
    /// 256·D′
    low: v128,
}

impl Sums {
    #[inline]
    #[target_feature(enable = "simd128")]
    pub(super) fn zero() -> Self {
        Self { both: i32x4_splat(0), low: i32x4_splat(0) }
    }

    /// A group, and 256 · its low bytes.
    #[inline]
    #[target_feature(enable = "simd128")]
    pub(super) fn add(&mut self, words: v128, low: v128, x: v128) {
        self.both = i32x4_add(self.both, i32x4_dot_i16x8(words, x));
        self.low = i32x4_add(self.low, i32x4_dot_i16x8(low, x));
    }

    /// Of each row: 256·D of the first of a pair, 256·D′ of the second.
    #[inline]
    #[target_feature(enable = "simd128")]
    pub(super) fn rows(self) -> v128 {
        let pairs = |sums| i32x4_add(sums, i32x4_shuffle::<2, 3, 0, 1>(sums, sums));
        let (both, low) = (pairs(self.both), pairs(self.low));
        let high = i32x4_sub(both, i32x4_shr(low, 8));
        i32x4_shuffle::<0, 4, 1, 5>(high, low)
    }

    /// The results of a block: see the function of that name.
    ///
    /// # Safety
    ///
    /// As there.
    #[inline]
    #[target_feature(enable = "simd128")]
    pub(super) unsafe fn finish(self, block: *const u32, size: usize, bias_shift: u32) -> v128 {
        // SAFETY: as the caller promises.
        unsafe { finish(self.rows(), block, size, bias_shift) }
    }
}

/// The results of a block. `sums`: 256·D of each row · `bias_shift`: less than 32.
///
/// # Safety
///
/// From `block` on there are `size` words, at least four.
#[inline]
#[target_feature(enable = "simd128")]
pub(super) unsafe fn finish(sums: v128, block: *const u32, size: usize, bias_shift: u32) -> v128 {
    let behind = block.wrapping_add(size.wrapping_sub(BLOCK_ROWS));
    // SAFETY: the first four words of the block, and its last four.
    let (biases, multipliers) = unsafe { (load(block), load(behind)) };
    let half = i32x4_splat(((1u32 << (bias_shift & 31)) >> 1) as i32);
    let bias = i32x4_shr(i32x4_add(biases, half), bias_shift);
    i32x4_add(scale(sums, multipliers), bias)
}

/// 256 · the low byte of each half.
#[inline]
#[target_feature(enable = "simd128")]
pub(super) fn low_bytes(words: v128) -> v128 {
    i16x8_shl(words, 8)
}

/// See [`crate::kernel::portable::scale`].
#[inline]
#[target_feature(enable = "simd128")]
fn scale(values: v128, m: v128) -> v128 {
    let m = i32x4_shr(m, 16);
    let low = i32x4_mul(v128_and(values, i32x4_splat(0xFFFF)), m);
    let low = i32x4_shr(i32x4_add(low, i32x4_splat(0x8000)), 16);
    i32x4_add(i32x4_mul(i32x4_shr(values, 16), m), low)
}
