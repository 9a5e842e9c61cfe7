//! An int4 matrix and two vectors: a block at a time, each word of weights read and cut once.

#![expect(
    unsafe_code,
    reason = "blocks are read through a pointer, after one check for all of them"
)]

use super::super::lanes::{Ends, Shifts, load, store};
use super::{COLUMNS, Sums, finish, load_last};
use crate::kernel::front::{filled_up, sums_of_both};
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::x86_64::*;

/// Two columns of the first vector, two of the second.
type Both = [u32; 2];

/// As many of them as a block has words for sixteen columns.
type Sixteen = [Both; COLUMNS / 2];

/// Two vectors, sixteen columns at a time.
struct Columns<'x> {
    sixteens: &'x [Sixteen],
    /// What is left, and zeros behind.
    tail: Sixteen,
    /// Groups that `tail` reaches, at most four.
    groups: usize,
    sums: [i32; 2],
}

impl<'x> Columns<'x> {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn of(x: &'x [Both]) -> Self {
        let (sixteens, rest) = x.as_chunks();
        let tail: Sixteen = filled_up(rest);
        let sums = sums_of_both(x);
        Self { sixteens, tail, groups: rest.len().div_ceil(GROUP / 2), sums }
    }
}

/// See [`crate::kernel::portable::fours::matvec_pair`].
#[target_feature(enable = "avx2")]
pub(super) fn matvec_pair<const UNIT: u8>(
    matrix: &Rows<'_>,
    x: &[Both],
    bias_shifts: [u32; 2],
    out: [&mut [i32]; 2],
) {
    let x = x.get(..matrix.columns().div_ceil(GROUP).wrapping_mul(GROUP / 2)).unwrap_or(x);
    let x = Columns::of(x);
    let shifts = Shifts::of(bias_shifts);
    let size = matrix.stride();
    let [a, b] = out;
    let count = a.len().min(b.len()).min(matrix.rows());
    let (a, b) = (a.get_mut(..count).unwrap_or_default(), b.get_mut(..count).unwrap_or_default());
    let outs = a.chunks_mut(BLOCK_ROWS).zip(b.chunks_mut(BLOCK_ROWS));
    for ((a, b), block) in outs.zip(matrix.blocks()) {
        // SAFETY: four words stand in front of the groups of a block, and four behind; x has no more
        // columns than it.
        let (sums, [ends]) = unsafe {
            let sums = gather::<UNIT>(block.as_ptr().add(BLOCK_ROWS), &x);
            (sums, Ends::of::<1>(block.as_ptr(), size))
        };
        let [sums_a, sums_b] = sums;
        let [sum_a, sum_b] = x.sums;
        let [of_a, of_b] = finish([sums_a.rows(sum_a), sums_b.rows(sum_b)], [ends; 2], &shifts);
        store([of_a], a);
        store([of_b], b);
    }
}

/// The sums of a block, for each vector.
///
/// # Safety
///
/// From `groups` on there are as many groups as x reaches, and four words more.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn gather<const UNIT: u8>(groups: *const u32, x: &Columns<'_>) -> [Sums; 2] {
    let mut sums = [Sums::zero(); 2];
    let mut at = groups;
    for columns in x.sixteens {
        // SAFETY: four groups, of those that x reaches.
        add::<UNIT>(&mut sums, unsafe { load(at) }, columns);
        at = at.wrapping_add(COLUMNS / 2);
    }
    if x.groups > 0 {
        // SAFETY: the last groups that x reaches, and four words behind.
        add::<UNIT>(&mut sums, unsafe { load_last(at, x.groups) }, &x.tail);
    }
    sums
}

/// Eight words with both vectors.
#[inline]
#[target_feature(enable = "avx2")]
fn add<const UNIT: u8>([a, b]: &mut [Sums; 2], words: __m256i, x: &Sixteen) {
    let [x, y] = columns(x);
    a.add::<UNIT>(words, x);
    b.add::<UNIT>(words, y);
}

/// Sixteen columns of each.
#[inline]
#[target_feature(enable = "avx2")]
fn columns(x: &Sixteen) -> [__m256i; 2] {
    let words: *const u32 = x.as_ptr().cast();
    // SAFETY: the reference says that all sixteen words can be read.
    let [first, second] = unsafe { [load(words), load(words.add(8))] };
    let (first, second) = (_mm256_castsi256_ps(first), _mm256_castsi256_ps(second));
    // Moved as they are, whatever number they would be.
    let a = _mm256_castps_si256(_mm256_shuffle_ps::<0b10_00_10_00>(first, second));
    let b = _mm256_castps_si256(_mm256_shuffle_ps::<0b11_01_11_01>(first, second));
    [a, b].map(|words| _mm256_permute4x64_epi64::<0b11_01_10_00>(words))
}
