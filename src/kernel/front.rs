//! What stands in front of the loops of many kernels: the last columns, filled up; the sum of all; and strips
//! of blocks, each with its part of the output.

#![allow(dead_code, reason = "each set of kernels takes what it needs")]

use super::rows::BLOCK_ROWS;

/// `rest`, and zeros behind.
#[inline(always)]
pub(super) fn filled_up<T: Copy + Default, const N: usize>(rest: &[T]) -> [T; N] {
    let mut all = [T::default(); N];
    for (to, from) in all.iter_mut().zip(rest) {
        *to = *from;
    }
    all
}

/// Σ x of two vectors that lie side by side, as `matvec_pair` has them.
#[inline(always)]
pub(super) fn sums_of_both(x: &[[u32; 2]]) -> [i32; 2] {
    let add = |sum: i32, word: u32| {
        sum.wrapping_add((word as i16).into()).wrapping_add(word as i32 >> 16)
    };
    x.iter().fold([0; 2], |[a, b], &[x, y]| [add(a, x), add(b, y)])
}

/// Parts of `out` of `N` rows, the last of as many as are left, each with the words of the blocks that it
/// takes, of `size` words, and how many those are; as long as there are words.
#[inline]
pub(super) fn strips<'s, const N: usize>(
    words: &'s [u32],
    size: usize,
    out: &'s mut [i32],
) -> impl Iterator<Item = (&'s [u32], usize, &'s mut [i32])> {
    let mut rest = words;
    out.chunks_mut(N).map_while(move |out| {
        let blocks = out.len().div_ceil(BLOCK_ROWS);
        let (strip, behind) = rest.split_at_checked(blocks.wrapping_mul(size))?;
        rest = behind;
        Some((strip, blocks, out))
    })
}
