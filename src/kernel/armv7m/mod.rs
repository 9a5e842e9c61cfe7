//! The long multiply-accumulate of cores without dual ones, Cortex-M3 and Armv8-M without the DSP
//! extension: two rows at once in 64 bits, four rows to a block, one stream.
//!
//! ```text
//! for each block of four rows                                       (layout: `layout.rs`)
//!     bias[0..4] = next four words, rounded to 1 / 2^bias_shift     to the stack
//!     A₀ = A₁ = 0                                                   64 bits, one per row pair
//!     for each half h = 256·w + w′ of row pair p, and its column x
//!         Aₚ += (h + (h << 24)) · x                                 256·D + (2²⁴ + 1)·D′
//!     out[0..4] = round([256·D₀, 256·D₀′, 256·D₁, 256·D₁′] · next four words / 2³²) + bias
//! ```
//!
//! | r0 | r1 | r2–r5 | r6, lr | r7 | r8, r9 | r10, r11 | r12 | stack |
//! |---|---|---|---|---|---|---|---|---|
//! | weights | x | a group: 4 words | two columns of x | h + (h << 24) | A₀ | A₁ | x at the loop's end | 4 biases, then [`Job`] |
//!
//! # Tricks
//!
//! * One SMLAL gathers both rows of a pair. A shift by 24 leaves nothing of a half but its low byte,
//!   the weight w′, so that h + (h << 24) = 256·w + (2²⁴ + 1)·w′: two instructions make it of either
//!   half of a word. It fits 32 bits because |w| ≤ 127.
//! * The sum is unique: 256·d + (2²⁴ + 1)·d′ = 0 makes d′ a multiple of 256, and d then one of 2²⁴ + 1;
//!   but two D are less than 2²⁴ apart. `split!` (`long.rs`) takes them apart in seven instructions.
//! * SMLAL into bias · 2³² + 2³¹ multiplies, rounds and adds the bias: what SMMLAR does elsewhere.
//! * x comes by LDRSH, so that it may start anywhere.
//! * The loop takes 4 columns four times and is entered at one of five places, the last being its
//!   end. The last 1–3 columns come from a padded copy, in the last quarter of a round of its own.
//!
//! # What was weighed
//!
//! Executed instructions for the 8 products of two columns, loads of words apart; the first and the
//! fourth were built:
//!
//! | | unpacking | products | x | all |
//! |---|---|---|---|---|
//! | this | 8 | 4 SMLAL | 2 | 14 |
//! | w′ + (word << 16), (2²⁴, 2¹⁶ + 1): the upper half takes one more | 10 | 4 SMLAL | 2 | 16 |
//! | halves by MLA, w′ of both row pairs, 24 bits apart, by one SMLAL | 8 | 4 MLA, 2 SMLAL | 2 | 16 |
//! | halves by MLA, w′ by MLA | 8 | 8 MLA | 2 | 18 |
//! | the word itself by x₀, its upper half by x₁ − 2¹⁶·x₀, w′ likewise | 8 | 8 MLA | 3 | 19 |
//!
//! Two SMLAL for the four products of a column are the least: four sums of 24 bits do not fit in 64.
//! Halves by LDRSH, without LDM, would save half an instruction, and read each word of flash twice.
//!
//! # Instructions are not cycles
//!
//! On a Cortex-M3 an MLA takes 2 cycles, and an SMLAL by 16 bits 5, or 7 if they are negative (DDI 0337
//! says 4 to 7; which: tests of cmemu, University of Warsaw, on an STM32F100). From memory that does not
//! wait the loop would take, a product, counted by hand:
//!
//! | | instructions | cycles, x ≥ 0 | cycles, x < 0 |
//! |---|---|---|---|
//! | SMLAL (`long.rs`): one vector, two | 1.81, 1.38 | 4.2, 3.8 | 5.2, 4.8 |
//! | MLA (`short.rs`, feature `cortex-m3`) | 2.31, 2.00 | 3.7, 3.5 | 3.7, 3.5 |
//! | int4, SMLAL (`fours/long.rs`): one vector, two | 1.56, 1.19 | 3.8, 3.4 | 4.8, 4.4 |
//! | int4, MLA (`fours/short.rs`, that feature) | 2.31, 1.81 | 3.6, 3.0 | 3.6, 3.0 |
//!
//! Nobody has measured either on a board. A core that multiplies 64 bits in a cycle wants the first.

#![expect(unsafe_code, reason = "assembly reads the blocks through pointers")]

mod bare;
#[cfg(feature = "int4")]
pub mod fours;
mod frame;
#[cfg(not(feature = "cortex-m3"))]
#[path = "long.rs"]
mod kind;
#[cfg(feature = "cortex-m3")]
#[path = "short.rs"]
mod kind;
mod pair;
mod sums;
mod vector;

pub use super::portable::*; // What this set has not.
pub use bare::dots;
pub use pair::matvec_pair;
pub use vector::{add_scaled, moments, narrow, norm, scale};

use super::blocks::{Places, in_blocks};
use super::rows::{GROUP, Rows};
use crate::kernel::front::filled_up;
use core::arch::naked_asm;
use frame::{biases, enter, results, rounds};
use kind::*;
use sums::{finish, step};

/// Bytes of the weights of one group: a word per two rows and two columns.
const GROUP_BYTES: usize = 4 * GROUP;
/// Groups that a round of the loop takes.
const STEPS: usize = 4;

/// What `run` keeps on its stack, in that order, behind the biases of a block.
#[repr(C)]
struct Job {
    /// Bytes of weights behind the last group that `x` reaches.
    skip: usize,
    /// Where four results go, up to `out_end`.
    out: *mut i32,
    out_end: *mut i32,
    x: *const i16,
    /// Where x stands when the loop ends.
    loop_end: *const i16,
    /// The last 1–3 columns, zeros behind them, or null.
    tail: *const i16,
    /// What is added to a bias before its shift.
    half: u32,
    bias_shift: u32,
    /// Groups that the loop's first round leaves out; `STEPS` for no loop at all.
    entry: usize,
}

/// The groups that a first round of `STEPS` leaves out so that whole rounds follow it.
const fn entry<const STEPS: usize>(groups: usize) -> usize {
    if groups == 0 { STEPS } else { groups.wrapping_neg() % STEPS }
}

/// What is added before a shift to the right, so that it rounds.
const fn half(shift: u32) -> u32 {
    (1 << (shift & 31)) >> 1
}

impl Job {
    /// Of a matrix with so many columns, whose groups take so many bytes. `x`: `[columns]` or fewer · `tail`: what
    /// behind the groups of x is left of it.
    fn of(columns: usize, group_bytes: usize, x: &[i16], tail: &[i16; GROUP], shift: u32) -> Self {
        let (groups, rest) = x.as_chunks::<GROUP>();
        let unreached = columns.div_ceil(GROUP).wrapping_sub(x.len().div_ceil(GROUP));
        // The tail is known by its end: without whole groups x, which is not read, may end there too.
        let start = if groups.is_empty() { tail.as_ptr() } else { x.as_ptr() };
        Self {
            skip: unreached.wrapping_mul(group_bytes),
            out: core::ptr::null_mut(),
            out_end: core::ptr::null_mut(),
            x: start,
            loop_end: start.wrapping_add(groups.len().wrapping_mul(GROUP)),
            tail: if rest.is_empty() { core::ptr::null() } else { tail.as_ptr() },
            half: half(shift),
            bias_shift: shift & 31,
            entry: entry::<STEPS>(groups.len()),
        }
    }

    /// For results that go there.
    fn to(&mut self, out: &mut Places) {
        let range = out.as_mut_ptr_range();
        (self.out, self.out_end) = (range.start.cast(), range.end.cast());
    }
}

/// See [`super::portable::matvec`].
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    let tail = filled_up(x.as_chunks::<GROUP>().1);
    let mut job = Job::of(rows.columns(), GROUP_BYTES, x, &tail, bias_shift);
    let count = out.len().min(rows.rows());
    in_blocks(rows.words(), rows.stride(), &mut out[..count], |words, out| {
        blocks(words, out, &mut job);
    });
}

/// As many blocks from the start of `words` as `out` has, at least one.
fn blocks(words: &[u32], out: &mut Places, job: &mut Job) {
    job.to(out);
    // SAFETY: `matvec` made `job` for a matrix of which `words` are whole blocks, at least one for
    // each element of `out`; x, the tail and out outlive the call.
    unsafe { run(words.as_ptr(), job) }
}

/// # Safety
///
/// From `words` on there are as many whole blocks as `job.out..job.out_end` has places for four
/// results, at least one. `job.x` has the columns that `entry` and `loop_end` say; `tail` is null or
/// a group.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        "push {{r4-r11, lr}}",
        "ldm r1, {{r2-r10}}",
        enter!("r10", "5f", "2"),
        "push {{r2-r10}}",
        "sub sp, sp, #16",
        "2:", // a block
        biases!(),
        "mov r8, #0",
        "mov r9, #0",
        "mov r10, #0",
        "mov r11, #0",
        rounds!(),
        split!("r8", "r9", "r2", "r3", "r4"),
        "lsl r9, r9, #8",
        split!("r10", "r11", "r2", "r3", "r4"),
        "lsl r11, r11, #8",
        results!("r8", "r9", "r10", "r11"),
        "add sp, sp, #52",
        "pop {{r4-r11, pc}}",
    )
}
