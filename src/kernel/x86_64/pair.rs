//! A matrix and two vectors: two blocks at a time, each word of weights read once.

use super::lanes::{BLOCKS, Ends, Sums, finish, groups, load, load_last, low_bytes, store};
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::x86_64::*;

/// Blocks of a strip: with two vectors it has as many sums as four blocks with one.
const BOTH: usize = BLOCKS / 2;

/// Two columns of the first vector, two of the second.
type Both = [u32; 2];

/// See [`crate::kernel::portable::matvec_pair`].
#[target_feature(enable = "avx2")]
pub(super) fn matvec_pair<const UNIT: u8>(
    matrix: &Rows<'_>,
    x: &[Both],
    bias_shifts: [u32; 2],
    out: [&mut [i32]; 2],
) {
    let x = x.get(..matrix.columns().div_ceil(GROUP).wrapping_mul(2)).unwrap_or(x);
    let [first, second] = bias_shifts.map(|shift| _mm_set1_epi32((shift & 31) as i32));
    let shifts = _mm256_set_m128i(second, first);
    let [a, b] = out;
    let count = a.len().min(b.len()).min(matrix.rows());
    let (a, b) = (a.get_mut(..count).unwrap_or_default(), b.get_mut(..count).unwrap_or_default());
    let mut blocks = matrix.blocks();
    for (a, b) in a.chunks_mut(BOTH * BLOCK_ROWS).zip(b.chunks_mut(BOTH * BLOCK_ROWS)) {
        let Some(block) = blocks.next() else { return };
        let next = if a.len() > BLOCK_ROWS { blocks.next() } else { None };
        let sums = match next {
            Some(next) => gather::<UNIT, 2>([groups(block), groups(next)], x),
            None => {
                let [[a], [b]] = gather::<UNIT, 1>([groups(block)], x);
                [[a, Sums::zero()], [b, Sums::zero()]]
            }
        };
        let [[a0, a1], [b0, b1]] = sums;
        let ends = [Ends::of(block), Ends::of(next.unwrap_or(&[]))];
        let [e0, e1] = ends;
        let [a0, a1, b0, b1] = finish([a0, a1, b0, b1], [e0, e1, e0, e1], shifts);
        for (out, results) in [(a, [a0, a1]), (b, [b0, b1])] {
            for (out, result) in out.chunks_mut(BLOCK_ROWS).zip(results) {
                store(result, out);
            }
        }
    }
}

/// The sums of blocks, given from their first group on, for each vector.
#[inline]
#[target_feature(enable = "avx2")]
fn gather<const UNIT: u8, const N: usize>(words: [&[u32]; N], x: &[Both]) -> [[Sums; N]; 2] {
    let mut sums = [[Sums::zero(); N]; 2];
    let (eights, rest) = x.as_chunks::<4>();
    let mut weights = [&[][..]; N];
    for (weights, words) in weights.iter_mut().zip(words) {
        // Of one length, so that the loop need not look.
        let Some(words) = words.as_chunks::<8>().0.get(..eights.len()) else { return sums };
        *weights = words;
    }
    let [a, b] = &mut sums;
    for (i, x) in eights.iter().enumerate() {
        let x = columns(x);
        for ((a, b), weights) in a.iter_mut().zip(b.iter_mut()).zip(weights) {
            let Some(words) = weights.get(i) else { continue };
            add::<UNIT>([a, b], load(words), x);
        }
    }
    if rest.is_empty() {
        return sums;
    }
    let mut tail = [Both::default(); 4];
    for (to, from) in tail.iter_mut().zip(rest) {
        *to = *from;
    }
    let x = columns(&tail);
    for ((a, b), words) in a.iter_mut().zip(b.iter_mut()).zip(words) {
        add::<UNIT>([a, b], load_last(words, eights.len()), x);
    }
    sums
}

/// Eight columns of both, as [`super::lanes::load_columns`] has one.
#[inline]
#[target_feature(enable = "avx2")]
fn columns(x: &[Both; 4]) -> [__m256i; 2] {
    let &[[a, b], [c, d], [e, f], [g, h]] = x;
    let both = load(&[a, b, c, d, e, f, g, h]);
    [_mm256_shuffle_epi32::<0b10_10_00_00>(both), _mm256_shuffle_epi32::<0b11_11_01_01>(both)]
}

#[inline]
#[target_feature(enable = "avx2")]
fn add<const UNIT: u8>([a, b]: [&mut Sums; 2], words: __m256i, [x, y]: [__m256i; 2]) {
    let low = low_bytes(words);
    a.add::<UNIT>(words, low, x);
    b.add::<UNIT>(words, low, y);
}
