//! Eight words at once: loads, the multiply-accumulate of each unit, and what ends a block.

#![expect(unsafe_code, reason = "loads and stores of wide registers, and VPDPWSSD")]

use super::unit::{EVEX, VEX};
use crate::kernel::rows::BLOCK_ROWS;
use core::arch::asm;
use core::arch::x86_64::*;

/// Blocks whose sums end together.
pub(super) const BLOCKS: usize = 4;

/// # Safety
///
/// Eight words can be read from there on.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) unsafe fn load(words: *const u32) -> __m256i {
    // SAFETY: as the caller promises; the load wants no alignment.
    unsafe { _mm256_loadu_si256(words.cast()) }
}

/// # Safety
///
/// Four words can be read from there on.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) unsafe fn load_four(words: *const u32) -> __m128i {
    // SAFETY: as the caller promises; the load wants no alignment.
    unsafe { _mm_loadu_si128(words.cast()) }
}

/// Eight columns of a vector, each pair of them twice, once for each row pair of a group:
/// `x₀ x₀ x₁ x₁ x₂ x₂ x₃ x₃`.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load_columns(x: &[i16; 8]) -> __m256i {
    // SAFETY: the reference says that all eight can be read.
    let pairs = unsafe { _mm_loadu_si128(x.as_ptr().cast()) };
    let twice = _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3);
    _mm256_permutevar8x32_epi32(_mm256_castsi128_si256(pairs), twice)
}

/// Writes the results of blocks, as many as there is room for.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn store<const N: usize>(results: [__m128i; N], out: &mut [i32]) {
    let (whole, part) = out.as_chunks_mut::<BLOCK_ROWS>();
    for (block, &result) in results.iter().enumerate() {
        if let Some(out) = whole.get_mut(block) {
            store_four(result, out);
        } else if !part.is_empty() && block == whole.len() {
            let mut four = [0; BLOCK_ROWS];
            store_four(result, &mut four);
            for (to, from) in part.iter_mut().zip(four) {
                *to = from;
            }
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store_four(values: __m128i, out: &mut [i32; BLOCK_ROWS]) {
    // SAFETY: the reference says that all four can be written.
    unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), values) }
}

/// What there is of some blocks, and `rest` of the others.
#[inline]
pub(super) fn filled<T: Copy, const N: usize>(some: [T; N], rest: T) -> [T; BLOCKS] {
    core::array::from_fn(|block| some.get(block).copied().unwrap_or(rest))
}

/// What the words of a block have gathered, modulo 2³²: eight partial sums of each, in the order of
/// the words, so that the even ones belong to the first row pair.
#[derive(Clone, Copy)]
pub(super) struct Sums {
    /// 256·D + D′
    both: __m256i,
    /// 256·D′
    low: __m256i,
}

impl Sums {
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn zero() -> Self {
        Self { both: _mm256_setzero_si256(), low: _mm256_setzero_si256() }
    }

    /// Two groups, whose low bytes were moved up: `low = words << 8` in each half.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn add<const UNIT: u8>(&mut self, words: __m256i, low: __m256i, x: __m256i) {
        self.both = mac::<UNIT>(self.both, words, x);
        self.low = mac::<UNIT>(self.low, low, x);
    }
}

/// 256 · the low byte of each half.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn low_bytes(words: __m256i) -> __m256i {
    _mm256_slli_epi16::<8>(words)
}

/// `sum + w · x`, two halves to a word. Must not be asked for what the processor does not have.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn mac<const UNIT: u8>(mut sum: __m256i, w: __m256i, x: __m256i) -> __m256i {
    // Assembly and not intrinsics: the same body serves every unit, whatever features it was
    // compiled with.
    match UNIT {
        // SAFETY: arithmetic in registers, on a processor that `unit` has asked.
        VEX => unsafe {
            asm!("{{vex}} vpdpwssd {s}, {w}, {x}", s = inout(ymm_reg) sum, w = in(ymm_reg) w,
                x = in(ymm_reg) x, options(pure, nomem, nostack, preserves_flags));
        },
        // SAFETY: as above.
        EVEX => unsafe {
            asm!("{{evex}} vpdpwssd {s}, {w}, {x}", s = inout(ymm_reg) sum, w = in(ymm_reg) w,
                x = in(ymm_reg) x, options(pure, nomem, nostack, preserves_flags));
        },
        _ => sum = _mm256_add_epi32(sum, _mm256_madd_epi16(w, x)),
    }
    sum
}

/// The sums of each row, of four blocks a to d: 256·D of the first row of each pair and 256·D′ of the
/// second, as `[a, c]` and `[b, d]`.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn rows(sums: [Sums; BLOCKS]) -> [__m256i; 2] {
    let both = pairs(sums.map(|s| s.both));
    let low = pairs(sums.map(|s| s.low));
    let high = _mm256_sub_epi32(both, _mm256_srai_epi32::<8>(low));
    [_mm256_unpacklo_epi32(high, low), _mm256_unpackhi_epi32(high, low)]
}

/// Adds what belongs to the same row pair: two sums of each block.
#[inline]
#[target_feature(enable = "avx2")]
fn pairs([a, b, c, d]: [__m256i; BLOCKS]) -> __m256i {
    let ab = _mm256_add_epi32(_mm256_unpacklo_epi64(a, b), _mm256_unpackhi_epi64(a, b));
    let cd = _mm256_add_epi32(_mm256_unpacklo_epi64(c, d), _mm256_unpackhi_epi64(c, d));
    let halves =
        [_mm256_permute2x128_si256::<0x20>(ab, cd), _mm256_permute2x128_si256::<0x31>(ab, cd)];
    _mm256_add_epi32(halves[0], halves[1])
}

/// `[a, c]` and `[b, d]` as a to d.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn four([ac, bd]: [__m256i; 2]) -> [__m128i; BLOCKS] {
    [
        _mm256_castsi256_si128(ac),
        _mm256_castsi256_si128(bd),
        _mm256_extracti128_si256::<1>(ac),
        _mm256_extracti128_si256::<1>(bd),
    ]
}

/// What stands before and behind the groups of a block.
#[derive(Clone, Copy)]
pub(super) struct Ends {
    biases: __m128i,
    multipliers: __m128i,
}

impl Ends {
    /// Those of `N` blocks.
    ///
    /// # Safety
    ///
    /// From `block` on there are so many, of `size` words each, at least four.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn of<const N: usize>(block: *const u32, size: usize) -> [Self; N] {
        core::array::from_fn(|i| {
            let block = block.wrapping_add(i.wrapping_mul(size));
            let behind = block.wrapping_add(size.wrapping_sub(BLOCK_ROWS));
            // SAFETY: the first four words of a block, and its last four.
            unsafe { Self { biases: load_four(block), multipliers: load_four(behind) } }
        })
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn none() -> Self {
        Self { biases: _mm_setzero_si128(), multipliers: _mm_setzero_si128() }
    }
}

/// What is done to biases, a lane each: `⌊(b + half) / 2^by⌋`.
#[derive(Clone, Copy)]
pub(super) struct Shifts {
    by: __m256i,
    half: __m256i,
}

impl Shifts {
    /// Of the blocks a and b, and of c and d.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn of([ab, cd]: [u32; 2]) -> Self {
        let lanes = |shift: u32| _mm_set1_epi32((shift & 31) as i32);
        let by = _mm256_set_m128i(lanes(cd), lanes(ab));
        Self { by, half: _mm256_srli_epi32::<1>(_mm256_sllv_epi32(_mm256_set1_epi32(1), by)) }
    }
}

/// Sums to results, of four blocks.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn finish(
    sums: [Sums; BLOCKS],
    ends: [Ends; BLOCKS],
    shifts: &Shifts,
) -> [__m128i; BLOCKS] {
    let [ac, bd] = rows(sums);
    let [a, b, c, d] = ends;
    four([scale_add(ac, [a, c], shifts), scale_add(bd, [b, d], shifts)])
}

/// `round(sum · m / 2³²) + round(b / 2^shift)`
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn scale_add(sum: __m256i, [low, high]: [Ends; 2], shifts: &Shifts) -> __m256i {
    let m = _mm256_set_m128i(high.multipliers, low.multipliers);
    let bias = _mm256_set_m128i(high.biases, low.biases);
    let bias = _mm256_srav_epi32(_mm256_add_epi32(bias, shifts.half), shifts.by);
    _mm256_add_epi32(scale(sum, m), bias)
}

/// See [`crate::kernel::portable::scale`]: products of 64 bits, of the even lanes and the odd ones.
#[inline]
#[target_feature(enable = "avx2")]
fn scale(values: __m256i, m: __m256i) -> __m256i {
    let half = _mm256_set1_epi64x(1 << 31);
    let product = |v, m| _mm256_add_epi64(_mm256_mul_epi32(v, m), half);
    let even = product(values, m);
    let odd = product(_mm256_srli_epi64::<32>(values), _mm256_srli_epi64::<32>(m));
    _mm256_blend_epi32::<0b1010_1010>(_mm256_srli_epi64::<32>(even), odd)
}
