//! int4: eight rows at a time, or four with two vectors, sixteen columns at once.
//!
//! ```text
//! half = 4096·w₀ + 256·u₁ + 16·u₂ + u₃, u = w + 8                   (layout: `kernel/layout.rs`)
//! for sixteen columns x, and for each block its next eight words w, a column in each half
//!     P₀ += madd(w, x)          P₁ += madd(w >> 4, x)
//!     P₂ += madd(w >> 8, x)     P₃ += madd(w >> 12, x)
//! add the lanes of each P; take away 2184·X, 136·X, 8·X, 0 with X = Σ x
//! D = P₃, P₂ − 16·P₃, P₁ − 16·P₂, P₀ − 16·P₁
//! out = round(256·D · M / 2³²) + bias
//! ```
//! What X takes away is what u has too much. Every digit but the first is positive, so that a shift cuts
//! exactly; P₀ may wrap around 32 bits. madd is that of the processor (`unit.rs`).
//!
//! Eleven instructions and a load, or seven with VPDPWSSD, for 64 products.

#![expect(
    unsafe_code,
    reason = "functions compiled for AVX2 are called where the processor has it"
)]

mod matrix;
mod pair;

use super::lanes::{Ends, Shifts, load, load_four, mac, scale_add};
use super::matrices;
use super::unit::{EVEX, MADD, VEX, unit};
use crate::kernel::portable;
use crate::kernel::rows::Rows;
use core::arch::x86_64::*;

/// Columns of eight words.
const COLUMNS: usize = 16;

/// See [`portable::fours::matvec`].
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    matrices!(portable::fours, matrix::matvec(rows, x, bias_shift, out));
}

/// See [`portable::fours::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    matrices!(portable::fours, pair::matvec_pair(rows, x, bias_shifts, out));
}

/// P₀ to P₃ of a block, modulo 2³²: eight partial sums of each.
#[derive(Clone, Copy)]
struct Sums([__m256i; 4]);

impl Sums {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn zero() -> Self {
        Self([_mm256_setzero_si256(); 4])
    }

    /// Eight words of a block, with their columns.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn add<const UNIT: u8>(&mut self, words: __m256i, x: __m256i) {
        let [p0, p1, p2, p3] = self.0;
        self.0 = [
            mac::<UNIT>(p0, words, x),
            mac::<UNIT>(p1, _mm256_srai_epi16::<4>(words), x),
            mac::<UNIT>(p2, _mm256_srai_epi16::<8>(words), x),
            mac::<UNIT>(p3, _mm256_srai_epi16::<12>(words), x),
        ];
    }

    /// 256·D of each row.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn rows(self, sum_x: i32) -> __m128i {
        let [p0, p1, p2, p3] = self.0;
        let lanes = _mm256_hadd_epi32(_mm256_hadd_epi32(p3, p2), _mm256_hadd_epi32(p1, p0));
        let halves = [_mm256_castsi256_si128(lanes), _mm256_extracti128_si256::<1>(lanes)];
        let eights = _mm_mullo_epi32(_mm_set1_epi32(sum_x), _mm_setr_epi32(0, 8, 136, 2184));
        let sums = _mm_sub_epi32(_mm_add_epi32(halves[0], halves[1]), eights);
        let next = _mm_slli_si128::<4>(sums);
        _mm_slli_epi32::<8>(_mm_sub_epi32(sums, _mm_slli_epi32::<4>(next)))
    }
}

/// Sums to results: 256·D of two blocks, or of one with two vectors.
#[inline]
#[target_feature(enable = "avx2")]
fn finish([a, b]: [__m128i; 2], ends: [Ends; 2], shifts: &Shifts) -> [__m128i; 2] {
    let both = scale_add(_mm256_set_m128i(b, a), ends, shifts);
    [_mm256_castsi256_si128(both), _mm256_extracti128_si256::<1>(both)]
}

/// The last words of a block that x reaches, of `groups`, one to four; behind them is anything.
///
/// # Safety
///
/// They can be read, and four words behind them.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn load_last(words: *const u32, groups: usize) -> __m256i {
    // SAFETY: two words and four, or four and four.
    unsafe { if groups == 1 { _mm256_zextsi128_si256(load_four(words)) } else { load(words) } }
}
