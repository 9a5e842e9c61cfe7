//! A matrix and a vector: four blocks at a time.

use super::lanes::{BLOCKS, Ends, Sums, finish, four, rows};
use super::lanes::{groups, load, load_columns, load_last, low_bytes, store};
use crate::kernel::bare::stride;
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::x86_64::*;

/// A vector, eight columns at a time.
#[derive(Clone, Copy)]
struct Columns<'x> {
    eights: &'x [[i16; 8]],
    /// What is left, and zeros behind.
    tail: [i16; 8],
    is_whole: bool,
}

impl<'x> Columns<'x> {
    fn of(x: &'x [i16]) -> Self {
        let (eights, rest) = x.as_chunks();
        let mut tail = [0; 8];
        for (to, from) in tail.iter_mut().zip(rest) {
            *to = *from;
        }
        Self { eights, tail, is_whole: rest.is_empty() }
    }
}

/// See [`crate::kernel::portable::matvec`].
#[target_feature(enable = "avx2")]
pub(super) fn matvec<const UNIT: u8>(
    matrix: &Rows<'_>,
    x: &[i16],
    bias_shift: u32,
    out: &mut [i32],
) {
    let x = Columns::of(x.get(..matrix.columns()).unwrap_or(x));
    let shifts = _mm256_set1_epi32((bias_shift & 31) as i32);
    let count = out.len().min(matrix.rows());
    let mut blocks = matrix.blocks();
    for out in out.get_mut(..count).unwrap_or_default().chunks_mut(BLOCKS * BLOCK_ROWS) {
        let strip = strip(out.len(), &mut blocks);
        let sums = gather::<UNIT>(strip.map(groups), &x);
        let results = finish(sums, strip.map(|block| Ends::of(block)), shifts);
        for (out, result) in out.chunks_mut(BLOCK_ROWS).zip(results) {
            store(result, out);
        }
    }
}

/// See [`crate::kernel::portable::dots`].
#[target_feature(enable = "avx2")]
pub(super) fn dots<const UNIT: u8>(
    words: &[u32],
    columns: usize,
    x: &[[i16; GROUP]],
    out: &mut [i32],
) {
    let stride = stride(columns);
    let needed = out.len().div_ceil(BLOCK_ROWS).wrapping_mul(stride);
    if needed > words.len() || x.len() > stride / GROUP {
        return;
    }
    let x = Columns::of(x.as_flattened());
    let mut rest = words;
    let mut blocks = core::iter::from_fn(|| {
        let (block, behind) = rest.split_at_checked(stride)?;
        rest = behind;
        Some(block)
    });
    for out in out.chunks_mut(BLOCKS * BLOCK_ROWS) {
        let sums = rows(gather::<UNIT>(strip(out.len(), &mut blocks), &x));
        // 256·D and 256·D′, whose low bits are zero.
        let results = four(sums.map(|sums| _mm256_srai_epi32::<8>(sums)));
        for (out, result) in out.chunks_mut(BLOCK_ROWS).zip(results) {
            store(result, out);
        }
    }
}

/// The blocks of the next `rows` rows, at most four; none where there are no rows.
#[inline]
fn strip<'m>(rows: usize, blocks: &mut impl Iterator<Item = &'m [u32]>) -> [&'m [u32]; BLOCKS] {
    let count = rows.div_ceil(BLOCK_ROWS);
    core::array::from_fn(|i| if i < count { blocks.next().unwrap_or(&[]) } else { &[] })
}

/// The sums of blocks, given from their first group on.
#[inline]
#[target_feature(enable = "avx2")]
fn gather<const UNIT: u8>(words: [&[u32]; BLOCKS], x: &Columns<'_>) -> [Sums; BLOCKS] {
    let zero = Sums::zero();
    match words {
        [a, b, c, d] if !d.is_empty() => gather_some::<UNIT, 4>([a, b, c, d], x),
        [a, b, c, _] if !c.is_empty() => {
            let [a, b, c] = gather_some::<UNIT, 3>([a, b, c], x);
            [a, b, c, zero]
        }
        [a, b, ..] if !b.is_empty() => {
            let [a, b] = gather_some::<UNIT, 2>([a, b], x);
            [a, b, zero, zero]
        }
        [a, ..] => {
            let [a] = gather_some::<UNIT, 1>([a], x);
            [a, zero, zero, zero]
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn gather_some<const UNIT: u8, const N: usize>(words: [&[u32]; N], x: &Columns<'_>) -> [Sums; N] {
    let mut sums = [Sums::zero(); N];
    let mut eights = [&[][..]; N];
    for (eights, words) in eights.iter_mut().zip(words) {
        // Of one length, so that the loop need not look.
        let Some(words) = words.as_chunks::<8>().0.get(..x.eights.len()) else { return sums };
        *eights = words;
    }
    for (i, x) in x.eights.iter().enumerate() {
        let x = load_columns(x);
        for (sums, eights) in sums.iter_mut().zip(eights) {
            let Some(words) = eights.get(i) else { continue };
            let words = load(words);
            sums.add::<UNIT>(words, low_bytes(words), x);
        }
    }
    if x.is_whole {
        return sums;
    }
    let tail = load_columns(&x.tail);
    for (sums, words) in sums.iter_mut().zip(words) {
        let words = load_last(words, x.eights.len());
        sums.add::<UNIT>(words, low_bytes(words), tail);
    }
    sums
}
