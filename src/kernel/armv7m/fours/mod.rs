//! int4 on the cores of `armv7m/mod.rs`: four rows in two sums of 64 bits, one stream.
//!
//! ```text
//! half = 4096·w₀ + 256·u₁ + 16·u₂ + u₃, u = w + 8                   (layout: `kernel/layout.rs`)
//! for each block of four rows
//!     bias[0..4] = next four words, rounded to 1 / 2^bias_shift     to the stack
//!     for each half h and its column x
//!         v = (h << 16) + (h & 00FF)                                2²⁸·w₀ + 2²⁴·u₁ + (2²⁰ + 16)·u₂ + (2¹⁶ + 1)·u₃
//!         B += v · x                                                64 bits
//!         A += (v & 0F0F0F0F) · x                                   64 bits: 2²⁴·D₁ + (2¹⁶ + 1)·D₃
//!     B − A = 16 · (2²⁴·D₀ + (2¹⁶ + 1)·D₂)
//!     out[0..4] = round(256·D · next four words / 2³²) + bias
//! ```
//! Where the sums start takes away what u has too much, as each says with X = Σ x.
//!
//! | r0 | r1 | r2, r3 | r4 | r5, r6 | r8, r9 | r10, r11 | r12 | stack |
//! |---|---|---|---|---|---|---|---|---|
//! | weights | x | a group: 2 words | v | two columns of x | A | B | x at the loop's end | 4 biases, then [`Job`] |
//!
//! # Tricks
//!
//! * Four sums of 20 bits need more than one SMLAL, and fit into two. Of either half of a word, v takes two
//!   instructions, and the digits of A a third: UXTB and an addition of the word moved up, which leaves
//!   the upper half behind; or UBFX, and BFI in place.
//! * The lowest 16 bits of 2²⁴·D + (2¹⁶ + 1)·D′ are those of D′. What a multiplication by 1 − 2¹⁶ leaves is
//!   2²⁴·D + D′, modulo 2³²: `separate!` needs six instructions for two rows, fewer than for a row pair.
//! * The loop, its entry in the middle, the tail and the scaling are as in `armv7m/mod.rs`.
//!
//! Executed instructions a product, emulated: 25 for 16 products in the loop, 1.56, and 1.71 at 128 columns.
//! With the feature `cortex-m3`, four MLA a column (`short.rs`): 37, 2.31, and 2.45.

#[cfg(not(feature = "cortex-m3"))]
#[path = "long.rs"]
mod kind;
#[cfg(feature = "cortex-m3")]
#[path = "short.rs"]
mod kind;
mod pair;

pub use pair::matvec_pair;

use super::frame::{biases, enter, results, rounds};
use super::sums::finish;
use crate::kernel::blocks::{Places, in_blocks};
use crate::kernel::front::filled_up;
use crate::kernel::rows::{GROUP, Rows};
use core::arch::naked_asm;
use kind::*;

/// Bytes of the weights of one group: a word per two columns.
const GROUP_BYTES: usize = 2 * GROUP;

/// What `run` keeps on its stack, in that order, behind the biases of a block.
#[repr(C)]
struct Job {
    job: super::Job,
    /// What the sums become with each block.
    starts: [u32; 4],
}

/// See [`crate::kernel::portable::fours::matvec`].
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    let (groups, rest) = x.as_chunks::<GROUP>();
    let tail: [i16; GROUP] = filled_up(rest);
    let sum_x = groups.iter().chain(&[tail]).fold(0i32, |sum, &[a, b, c, d]| {
        let sum = sum.wrapping_add(a.into()).wrapping_add(b.into());
        sum.wrapping_add(c.into()).wrapping_add(d.into())
    });
    let job = super::Job::of(rows.columns(), GROUP_BYTES, x, &tail, bias_shift);
    let mut job = Job { job, starts: starts(sum_x) };
    let count = out.len().min(rows.rows());
    in_blocks(rows.words(), rows.stride(), &mut out[..count], |words, out| {
        blocks(words, out, &mut job);
    });
}

/// As many blocks from the start of `words` as `out` has, at least one.
fn blocks(words: &[u32], out: &mut Places, job: &mut Job) {
    job.job.to(out);
    // SAFETY: `matvec` made `job` for a matrix of which `words` are whole blocks, at least one for
    // each element of `out`; x, the tail and out outlive the call.
    unsafe { run(words.as_ptr(), job) }
}

/// A group.
macro_rules! step {
    () => {
        concat!("ldm r0!, {{r2, r3}}\n", columns!("r2"), columns!("r3"))
    };
}

/// # Safety
///
/// As `run` of `armv7m/mod.rs`, for blocks of this layout.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        "push {{r4-r11, lr}}",
        "add r12, r1, #36",
        "ldm r12, {{r2-r5}}",
        "push {{r2-r5}}",
        "ldm r1, {{r2-r10}}",
        enter!("r10", "5f", "2"),
        "push {{r2-r10}}",
        "sub sp, sp, #16",
        "2:", // a block
        biases!(),
        "add r2, sp, #52", // starts
        "ldm r2, {{r8-r11}}",
        rounds!(),
        separate!("r8", "r9", "r10", "r11"),
        results!("r11", "r9", "r10", "r8"),
        "add sp, sp, #68",
        "pop {{r4-r11, pc}}",
    )
}
