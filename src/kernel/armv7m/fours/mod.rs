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

use super::sums::finish;
use super::{STEPS, entry, half};
use crate::kernel::blocks::{Places, in_blocks};
use crate::kernel::front::filled_up;
use crate::kernel::rows::{GROUP, Rows};
use core::arch::naked_asm;
use kind::*;

/// Bytes of the weights of one group: a word per two columns.
const GROUP_BYTES: usize = 2 * GROUP;

/// What `run` keeps on its stack, in that order, behind the biases of a block; all but `starts` as in
/// `armv7m/mod.rs`.
#[repr(C)]
struct Job {
    skip: usize,
    out: *mut i32,
    out_end: *mut i32,
    x: *const i16,
    loop_end: *const i16,
    tail: *const i16,
    half: u32,
    bias_shift: u32,
    entry: usize,
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
    let unreached = rows.columns().div_ceil(GROUP).wrapping_sub(x.len().div_ceil(GROUP));
    // The tail is known by its end: without whole groups x, which is not read, may end there too.
    let start = if groups.is_empty() { tail.as_ptr() } else { x.as_ptr() };
    let mut job = Job {
        skip: unreached.wrapping_mul(GROUP_BYTES),
        out: core::ptr::null_mut(),
        out_end: core::ptr::null_mut(),
        x: start,
        loop_end: start.wrapping_add(groups.len().wrapping_mul(GROUP)),
        tail: if rest.is_empty() { core::ptr::null() } else { tail.as_ptr() },
        half: half(bias_shift),
        bias_shift: bias_shift & 31,
        entry: entry::<STEPS>(groups.len()),
        starts: starts(sum_x),
    };
    let count = out.len().min(rows.rows());
    in_blocks(rows.words(), rows.stride(), &mut out[..count], |words, out| {
        blocks(words, out, &mut job);
    });
}

/// As many blocks from the start of `words` as `out` has, at least one.
fn blocks(words: &[u32], out: &mut Places, job: &mut Job) {
    let range = out.as_mut_ptr_range();
    (job.out, job.out_end) = (range.start.cast(), range.end.cast());
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
        // The steps have one length: entry = start + entry · (end − start) / 4, in Thumb state.
        "adr.w r1, 3f",
        "adr.w r12, 5f",
        "sub r12, r12, r1",
        "lsr r12, r12, #2",
        "orr r1, r1, #1",
        "mla r10, r10, r12, r1",
        "push {{r2-r10}}",
        "sub sp, sp, #16",
        "2:", // a block: its biases, rounded to the bits of the sums
        "ldm r0!, {{r2-r5}}",
        "ldrd r6, r7, [sp, #40]", // half, bias_shift
        "adds r2, r2, r6",
        "asrs r2, r7",
        "adds r3, r3, r6",
        "asrs r3, r7",
        "adds r4, r4, r6",
        "asrs r4, r7",
        "adds r5, r5, r6",
        "asrs r5, r7",
        "stm sp, {{r2-r5}}",
        "ldrd r1, r12, [sp, #28]", // x, loop_end
        "add r2, sp, #52",         // starts
        "ldm r2, {{r8-r11}}",
        "ldr pc, [sp, #48]", // entry
        ".p2align 2",
        "3:", // 16 columns
        step!(),
        step!(),
        step!(),
        "4:",
        step!(),
        "5:",
        "cmp r1, r12",
        "bne 3b",
        "ldr r6, [sp, #36]", // tail
        "cbz r6, 6f",
        "add r7, r6, #8",
        "cmp r7, r12", // Was that it?
        "beq 6f",
        "mov r1, r6",
        "mov r12, r7",
        "b 4b",
        "6:",
        separate!("r8", "r9", "r10", "r11"),
        "ldm sp, {{r5, r6, r7, r12, lr}}", // biases, skip
        "add r0, r0, lr",
        "ldm r0!, {{r1-r4}}", // multipliers
        finish!("r5", "r11", "r1", "lr"),
        finish!("r6", "r9", "r2", "lr"),
        finish!("r7", "r10", "r3", "lr"),
        finish!("r12", "r8", "r4", "lr"),
        "ldrd r1, r2, [sp, #20]", // out, out_end
        "stm r1!, {{r5, r6, r7, r12}}",
        "str r1, [sp, #20]",
        "cmp r1, r2",
        "bne 2b",
        "add sp, sp, #68",
        "pop {{r4-r11, pc}}",
    )
}
