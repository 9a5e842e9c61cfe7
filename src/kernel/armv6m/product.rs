//! A matrix with a vector: x is widened, as many columns as fit the stack, and the assembly goes over all
//! blocks.

use super::run::{Job, run, widen};
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::mem::MaybeUninit;

/// Groups of x that are widened at once, 16 bytes each on the stack.
const CHUNK: usize = 32;

const WORD: usize = size_of::<u32>();

/// How the weights of a matrix lie.
#[derive(Clone, Copy)]
pub(super) enum Weights {
    /// int8: two rows in a half-word.
    Pairs,
    /// int4: four rows in a half-word, and Σx, of all x.
    #[cfg(feature = "int4")]
    Fours(i32),
}

/// Whole blocks.
pub(super) struct Matrix<'m> {
    pub(super) words: &'m [u32],
    /// Words of a block.
    pub(super) stride: usize,
    /// Words of a block before its groups.
    pub(super) biases: usize,
    /// 2…31; 0 where there are neither biases nor multipliers.
    pub(super) shift: u32,
    pub(super) weights: Weights,
}

/// What a matrix is multiplied with.
pub(super) struct Vector<'x> {
    /// Two columns, and two more `step` bytes behind them, of `whole` groups.
    x: *const i16,
    step: usize,
    whole: usize,
    /// All groups: the last may be `tail`.
    groups: usize,
    tail: &'x [i16],
}

impl<'m> Matrix<'m> {
    /// All blocks of `rows`, which lie as `weights` says.
    pub(super) fn of(rows: &Rows<'m>, bias_shift: u32, weights: Weights) -> Self {
        Self {
            words: rows.words(),
            stride: rows.stride(),
            biases: BLOCK_ROWS,
            shift: bias_shift,
            weights,
        }
    }

    /// A block for each four of `out`, the last for what is left, times `vector`.
    #[inline(never)] // For the flash.
    pub(super) fn product(&self, vector: &Vector<'_>, out: &mut [i32]) {
        let (whole, part) = out.as_chunks_mut::<BLOCK_ROWS>();
        let last = self.words.get(whole.len().wrapping_mul(self.stride)..).unwrap_or(&[]);
        let mut four = [[0; BLOCK_ROWS]];
        let four: &mut [_] = if part.is_empty() { &mut [] } else { &mut four };
        let mut wide = [const { MaybeUninit::<[i32; GROUP]>::uninit() }; CHUNK];
        let mut first = 0usize;
        loop {
            let count = vector.groups.wrapping_sub(first).min(CHUNK);
            vector.widen(first, count, &mut wide);
            let next = first.wrapping_add(count);
            let partly = u32::from(first > 0) | u32::from(next < vector.groups) << 1;
            let (shift, mode) =
                if partly == 0 { (self.shift, 0) } else { (0, partly | self.shift << 2) };
            let groups = self.biases.wrapping_add(first.wrapping_mul(self.weights.group_words()));
            let mut job = Job {
                out_end: core::ptr::null_mut(),
                x_end: wide.as_ptr().wrapping_add(count).cast(),
                shift,
                mode,
                x: wide.as_ptr().cast(),
                entry: if count == 0 { 0 } else { 2 - count % 2 },
                lead: groups.wrapping_mul(WORD),
                stride: self.stride.wrapping_sub(BLOCK_ROWS).wrapping_mul(WORD),
                out: core::ptr::null_mut(),
            };
            // What int4 weights are too large is taken away with the first columns.
            let weights = if first == 0 { self.weights } else { self.weights.without_offset() };
            weights.blocks(self.words, whole, &mut job);
            weights.blocks(last, four, &mut job);
            first = next;
            if first >= vector.groups {
                break;
            }
        }
        for (to, from) in part.iter_mut().zip(four.as_flattened()) {
            *to = *from;
        }
    }
}

impl Weights {
    /// Words of a group.
    fn group_words(self) -> usize {
        match self {
            Self::Pairs => 4,
            #[cfg(feature = "int4")]
            Self::Fours(_) => 2,
        }
    }

    /// Of columns that the offset of the weights was taken away for.
    fn without_offset(self) -> Self {
        match self {
            Self::Pairs => self,
            #[cfg(feature = "int4")]
            Self::Fours(_) => Self::Fours(0),
        }
    }

    /// As many blocks from the start of `words` as `out` has.
    fn blocks(self, words: &[u32], out: &mut [[i32; BLOCK_ROWS]], job: &mut Job) {
        if out.is_empty() {
            return;
        }
        let range = out.as_mut_ptr_range();
        (job.out, job.out_end) = (range.start.cast(), range.end.cast());
        match self {
            // SAFETY: `product` made `job` for a matrix of which `words` are whole blocks, at least
            // one for each element of `out`, with as many groups as x; x and out outlive the call.
            Self::Pairs => unsafe { run(words.as_ptr(), job) },
            #[cfg(feature = "int4")]
            // SAFETY: as above.
            Self::Fours(sum_x) => unsafe {
                super::fours::run(words.as_ptr(), job, &super::fours::starts(sum_x));
            },
        }
    }
}

impl<'x> Vector<'x> {
    /// `x`, whose last 1–3 columns go to `tail`, with zeros behind.
    pub(super) fn of(x: &'x [i16], tail: &'x mut [i16]) -> Self {
        let (groups, rest) = x.as_chunks::<GROUP>();
        for (to, from) in tail.iter_mut().zip(rest) {
            *to = *from;
        }
        let (whole, all) = (groups.len(), x.len().div_ceil(GROUP));
        Self { x: x.as_ptr(), step: WORD, whole, groups: all, tail }
    }

    /// One of two vectors that lie side by side, in whole groups.
    #[cfg(feature = "int4")]
    pub(super) fn of_two(x: &'x [[u32; 2]], which: usize) -> Self {
        let groups = x.len() / (GROUP / 2);
        let start = x.as_ptr().cast::<u32>().wrapping_add(which).cast();
        Self { x: start, step: 2 * WORD, whole: groups, groups, tail: &[] }
    }

    /// Writes `count` groups, from `first` on, to the start of `wide`.
    fn widen(&self, first: usize, count: usize, wide: &mut [MaybeUninit<[i32; GROUP]>; CHUNK]) {
        let to = wide.as_mut_ptr().cast();
        let whole = self.whole.wrapping_sub(first).min(count);
        let group = self.step.wrapping_mul(GROUP / 2);
        if whole > 0 {
            let x = self.x.wrapping_byte_add(first.wrapping_mul(group));
            // SAFETY: x has `self.whole` groups, and `wide` at least `count`.
            unsafe { widen(x, to, whole, self.step) }
        }
        if whole < count {
            // SAFETY: only the group behind the whole ones is left: there is a tail, which is a group,
            // and `wide` has a place for it.
            unsafe { widen(self.tail.as_ptr(), to.wrapping_add(whole), 1, WORD) }
        }
    }
}
