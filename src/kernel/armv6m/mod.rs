//! Cortex-M0 and M0+: one multiplication of 32 bits, eight registers that can do arithmetic, four rows
//! at a time.

#![expect(unsafe_code, reason = "assembly reads the blocks through pointers")]

mod pair;
mod run;

pub use super::portable::{add_scaled, magnitude, moments, narrow, norm, scale};
pub use pair::matvec_pair;

use super::bare;
use super::rows::{BLOCK_ROWS, GROUP, Rows};
use core::mem::MaybeUninit;
use run::{Job, run, widen};

/// Groups of x that are widened at once, 16 bytes each on the stack.
const CHUNK: usize = 32;

const WORD: usize = size_of::<u32>();

/// See [`super::portable::matvec`].
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    let (groups, rest) = x.as_chunks::<GROUP>();
    let mut tail = [0; GROUP];
    for (to, from) in tail.iter_mut().zip(rest) {
        *to = *from;
    }
    let count = out.len().min(rows.rows());
    let vector = Vector {
        x: x.as_ptr(),
        step: WORD,
        whole: groups.len(),
        groups: x.len().div_ceil(GROUP),
        tail: &tail,
    };
    Matrix::of(rows, bias_shift).product(&vector, &mut out[..count]);
}

/// See [`super::portable::dots`].
pub fn dots(words: &[u32], columns: usize, x: &[[i16; GROUP]], out: &mut [i32]) {
    let stride = bare::stride(columns);
    let blocks = out.len().div_ceil(BLOCK_ROWS);
    if blocks.wrapping_mul(stride) > words.len() || x.len() > stride / GROUP {
        return;
    }
    let vector = Vector {
        x: x.as_ptr().cast(),
        step: WORD,
        whole: x.len(),
        groups: x.len(),
        tail: &[0; GROUP],
    };
    Matrix { words, stride, biases: 0, shift: 0 }.product(&vector, out);
}

/// Whole blocks.
struct Matrix<'m> {
    words: &'m [u32],
    /// Words of a block.
    stride: usize,
    /// Words of a block before its groups.
    biases: usize,
    /// 2…31; 0 where there are neither biases nor multipliers.
    shift: u32,
}

/// What a matrix is multiplied with.
struct Vector<'x> {
    /// Two columns, and two more `step` bytes behind them, of `whole` groups.
    x: *const i16,
    step: usize,
    whole: usize,
    /// All groups: the last may be `tail`.
    groups: usize,
    tail: &'x [i16; GROUP],
}

impl<'m> Matrix<'m> {
    fn of(rows: &Rows<'m>, bias_shift: u32) -> Self {
        Self {
            words: rows.words(),
            stride: Rows::words_needed(1, rows.columns()),
            biases: BLOCK_ROWS,
            shift: bias_shift,
        }
    }

    /// A block for each four of `out`, the last for what is left, times `vector`.
    #[inline(never)] // For the flash.
    fn product(&self, vector: &Vector<'_>, out: &mut [i32]) {
        let (whole, part) = out.as_chunks_mut::<BLOCK_ROWS>();
        let last = self.words.get(whole.len().wrapping_mul(self.stride)..).unwrap_or(&[]);
        let mut four = [[0; BLOCK_ROWS]];
        let mut wide = [const { MaybeUninit::<[i32; GROUP]>::uninit() }; CHUNK];
        let mut first = 0usize;
        loop {
            let count = vector.groups.wrapping_sub(first).min(CHUNK);
            vector.widen(first, count, &mut wide);
            let next = first.wrapping_add(count);
            let partly = u32::from(first > 0) | u32::from(next < vector.groups) << 1;
            let (shift, mode) =
                if partly == 0 { (self.shift, 0) } else { (0, partly | self.shift << 2) };
            let groups = self.biases.wrapping_add(first.wrapping_mul(GROUP));
            let mut job = Job {
                out_end: core::ptr::null_mut(),
                x_end: wide.as_ptr().wrapping_add(count).cast(),
                shift,
                mode,
                x: wide.as_ptr().cast(),
                entry: if count == 0 { 0 } else { 2 - count % 2 },
                lead: groups.wrapping_mul(WORD),
                stride: self.stride.wrapping_mul(WORD),
                out: core::ptr::null_mut(),
            };
            blocks(self.words, whole, &mut job);
            if !part.is_empty() {
                blocks(last, &mut four, &mut job);
            }
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

/// As many blocks from the start of `words` as `out` has.
fn blocks(words: &[u32], out: &mut [[i32; BLOCK_ROWS]], job: &mut Job) {
    if out.is_empty() {
        return;
    }
    let range = out.as_mut_ptr_range();
    (job.out, job.out_end) = (range.start.cast(), range.end.cast());
    // SAFETY: `product` made `job` for a matrix of which `words` are whole blocks, at least one for
    // each element of `out`, with as many groups as x; x and out outlive the call.
    unsafe { run(words.as_ptr(), job) }
}

impl Vector<'_> {
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
            // SAFETY: only the group behind the whole ones is left, and `wide` has a place for it.
            unsafe { widen(self.tail.as_ptr(), to.wrapping_add(whole), 1, WORD) }
        }
    }
}
