//! Eight words at once: loads, the multiply-accumulate of each unit, and what ends a block.

#![expect(unsafe_code, reason = "loads and stores of wide registers, and VPDPWSSD")]

use super::unit::{EVEX, VEX};
use crate::kernel::rows::BLOCK_ROWS;
use core::arch::asm;
use core::arch::x86_64::*;

/// Blocks whose sums end together.
pub(super) const BLOCKS: usize = 4;

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load(words: &[u32; 8]) -> __m256i {
    // SAFETY: the reference says that all eight words can be read.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load_four(words: &[u32; 4]) -> __m128i {
    // SAFETY: the reference says that all four words can be read.
    unsafe { _mm_loadu_si128(words.as_ptr().cast()) }
}

/// What is left of `words` behind so many eights: two groups, or one and zeros. Where x has only one,
/// zeros follow it, and the second may be anything.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load_last(words: &[u32], eights: usize) -> __m256i {
    let rest = words.get(eights.wrapping_mul(8)..).unwrap_or(&[]);
    match (rest.first_chunk(), rest.first_chunk()) {
        (Some(two), _) => load(two),
        (None, Some(one)) => _mm256_zextsi128_si256(load_four(one)),
        (None, None) => _mm256_setzero_si256(),
    }
}

/// A block from its first group on.
#[inline]
pub(super) fn groups(block: &[u32]) -> &[u32] {
    block.get(BLOCK_ROWS..).unwrap_or(&[])
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

/// Writes as many as there is room for.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn store(values: __m128i, out: &mut [i32]) {
    let mut four = [0; BLOCK_ROWS];
    let room = match out.first_chunk_mut() {
        Some(room) => room,
        None => &mut four,
    };
    // SAFETY: the reference says that all four can be written.
    unsafe { _mm_storeu_si128(room.as_mut_ptr().cast(), values) };
    if out.len() < BLOCK_ROWS {
        for (to, from) in out.iter_mut().zip(four) {
            *to = from;
        }
    }
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
fn mac<const UNIT: u8>(mut sum: __m256i, w: __m256i, x: __m256i) -> __m256i {
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
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn of(block: &[u32]) -> Self {
        Self {
            biases: load_four(block.first_chunk().unwrap_or(&[0; BLOCK_ROWS])),
            multipliers: load_four(block.last_chunk().unwrap_or(&[0; BLOCK_ROWS])),
        }
    }
}

/// Sums to results, of four blocks. `shifts`: of the biases, a lane each.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn finish(
    sums: [Sums; BLOCKS],
    ends: [Ends; BLOCKS],
    shifts: __m256i,
) -> [__m128i; BLOCKS] {
    let [ac, bd] = rows(sums);
    let [a, b, c, d] = ends;
    four([scale_add(ac, [a, c], shifts), scale_add(bd, [b, d], shifts)])
}

/// `round(sum · m / 2³²) + round(b / 2^shift)`
#[inline]
#[target_feature(enable = "avx2")]
fn scale_add(sum: __m256i, [low, high]: [Ends; 2], shifts: __m256i) -> __m256i {
    let m = _mm256_set_m128i(high.multipliers, low.multipliers);
    let bias = _mm256_set_m128i(high.biases, low.biases);
    let half = _mm256_srli_epi32::<1>(_mm256_sllv_epi32(_mm256_set1_epi32(1), shifts));
    let bias = _mm256_srav_epi32(_mm256_add_epi32(bias, half), shifts);
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
