//! Cortex-M0 and M0+: a multiplication of 32 bits, and eight registers that can do more than be added.
//! Four rows at a time, one stream.
//!
//! ```text
//! for as many columns as CHUNK has                                  (layout: `layout.rs`)
//!     x, as words, to the stack
//!     for each block of four rows
//!         A₀ = L₀ = A₁ = L₁ = 0, or the sums of the columns before  A, L: one each per row pair
//!         for each word w of row pair p, and its two columns x
//!             Lₚ += SXTB(w)·x₀, Aₚ += SXTH(w)·x₀                    D′, and 256·D + D′ modulo 2³²
//!             w >>= 16
//!             Lₚ += SXTB(w)·x₁, Aₚ += w·x₁
//!         out[0..4] = [A₀ − L₀, L₀ << 8, A₁ − L₁, L₁ << 8] · next four words / 2¹⁶ + bias / 2^shift
//! ```
//!
//! | r0 | r1 | r2, r3 | r4–r6 | r7 | r8, r9 | r10, r11 | r12 | lr | stack |
//! |---|---|---|---|---|---|---|---|---|---|
//! | weights | x | two columns of x | words | a factor | A₀ L₀ | A₁ L₁ | end of x | end of out | [`Job`] |
//!
//! # Tricks
//!
//! * MULS overwrites a factor. Each of the four factors of a word is made by the very instruction that
//!   copies it, and the last needs no copy: 12 instructions for 4 products.
//! * ADD is the one operation that r8–r12 and lr take part in. There the sums stand.
//! * x is widened once for all rows, 2½ instructions a column, so that LDM loads two columns ready for
//!   use, wherever they lay. From half-words the loop would take .22 instructions a product more.
//! * Eight columns are sixteen halves of eight words: LDM takes 3, 3 and 2 of these, for the registers
//!   of x change between the third and the fourth. A group without a partner goes first.
//! * A shift leaves the last bit that falls out in the carry, and ADCS rounds with it: ten instructions
//!   make a result, its bias included.
//!
//! # What was tried
//!
//! Executed instructions a product on a Cortex-M0, emulated (`cargo xtask bench`); bytes of `run`:
//!
//! | | 1×64×64 | 1×128×128 | 1×512×128 | bytes |
//! |---|---|---|---|---|
//! | this | 3.66 | 3.46 | 3.41 | 562 |
//! | words in twos, not 3, 3 and 2 | 3.70 | 3.49 | 3.44 | 564 |
//! | one group a round, not two | 3.76 | 3.55 | 3.50 | 460 |
//! | 64 columns at once (256 bytes of stack, not 512) | 3.66 | 3.56 | 3.49 | 562 |
//! | 256 columns at once (1024 bytes) | 3.67 | 3.46 | 3.37 | 562 |
//!
//! A third sum for two row pairs together, of a₀ + 256·b₁ with the upper weight a of the one and the lower
//! weight b of the other, would save a multiplication and an addition in four, as `pair.rs` does with two
//! vectors; but to make that number takes four instructions from words that lie as they do, and so
//! nothing is won. The floor of this layout is 3.19: 12 instructions for each word of 4 products, and 6
//! loads for 32.

#![expect(unsafe_code, reason = "assembly reads the blocks through pointers")]

mod pair;
mod run;
mod vector;

pub use super::portable::magnitude;
pub use pair::matvec_pair;
pub use vector::{add_scaled, moments, narrow, norm, scale};

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
