//! A matrix with two vectors at once, on the cores of `mod.rs`: each word of weights is read and
//! unpacked once.
//!
//! ```text
//! for each block of four rows                                       (layout: `layout.rs`)
//!     for each half h of row pair p, and a column of both x
//!         Aₚ, Bₚ += (h + (h << 24)) · xₐ, (h + (h << 24)) · x_b     64 bits each, as in `mod.rs`
//! ```
//! The vectors lie side by side, two columns of the one, two of the other: 22 instructions, loads
//! included, for 16 products. Where a block starts and ends, and how the loop is entered in its
//! middle, is as there.
//!
//! | r0 | r1 | r2, r3 | r4 | r5 | r6–r9 | r10–r12, lr | stack |
//! |---|---|---|---|---|---|---|---|
//! | weights | x of b | two words | h + (h << 24), or x | x | A₀ A₁ | B₀ B₁ | 4 biases of each, then [`Job`] |
//!
//! No register is left for the second x of a lower half: one of four comes again.
//!
//! Executed instructions a product, emulated: 1.38 in the loop, 1.53 at 128 columns. Four groups a
//! round, not two, would take 1.51, and 320 bytes more.

use super::kind::*;
use super::sums::finish;
use super::{entry, half};
use crate::kernel::blocks::{Places, in_blocks_of_two};
use crate::kernel::rows::Rows;
use core::arch::naked_asm;

/// Groups that a round of the loop takes.
pub(super) const STEPS: usize = 2;

/// What `run` keeps on its stack, in that order, behind the biases of a block.
#[repr(C)]
struct Job {
    /// Where four results of each vector go, the first up to `out_end`.
    out: [*mut i32; 2],
    out_end: *mut i32,
    /// Four bytes in front of x, whose first number of b this makes the next to read.
    x: *const u8,
    loop_end: *const u8,
    /// Of each vector, as in `mod.rs`.
    bias: [[u32; 2]; 2],
    /// As in `mod.rs`.
    entry: usize,
}

/// See [`crate::kernel::portable::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let [a, b] = out;
    let words = rows.columns().div_ceil(4).wrapping_mul(2);
    let Some(x) = x.get(..words) else { return };
    let count = a.len().min(b.len()).min(rows.rows());
    let range = x.as_ptr_range();
    let mut job = Job {
        out: [core::ptr::null_mut(); 2],
        out_end: core::ptr::null_mut(),
        x: range.start.cast::<u8>().wrapping_sub(4),
        loop_end: range.end.cast::<u8>().wrapping_sub(4),
        bias: bias_shifts.map(|shift| [half(shift), shift & 31]),
        entry: entry::<STEPS>(words / 2),
    };
    let out = [&mut a[..count], &mut b[..count]];
    in_blocks_of_two(rows.words(), rows.stride(), out, |words, out| blocks(words, out, &mut job));
}

/// As many blocks from the start of `words` as both of `out` have, at least one.
fn blocks(words: &[u32], out: [&mut Places; 2], job: &mut Job) {
    let [a, b] = out;
    let range = a.as_mut_ptr_range();
    (job.out, job.out_end) = ([range.start.cast(), b.as_mut_ptr().cast()], range.end.cast());
    // SAFETY: `matvec_pair` made `job` for a matrix of which `words` are whole blocks, at least one
    // for each element of the two halves of `out`, which are equally long; x and out outlive the
    // call.
    unsafe { run(words.as_ptr(), job) }
}

/// A group.
macro_rules! step {
    () => {
        concat!(columns_of_both!(), columns_of_both!())
    };
}

/// A row of both vectors, whose sums are in `a` and `b`: its biases wait at `at_a` and `at_b`.
macro_rules! row {
    ($a:literal, $b:literal, $at_a:literal, $at_b:literal) => {
        concat!(
            "ldr r2, [r0], #4\n", // multiplier
            "ldr r3, [sp, #",
            $at_a,
            "]\n",
            finish!("r3", $a, "r2", "r5"),
            "str r3, [r1], #4\n",
            "ldr r3, [sp, #",
            $at_b,
            "]\n",
            finish!("r3", $b, "r2", "r5"),
            "str r3, [r4], #4\n",
        )
    };
}

#[cfg(feature = "int4")]
pub(super) use row;

/// # Safety
///
/// From `words` on there are as many whole blocks as `job.out[0]..job.out_end` has places for four
/// results, at least one, and `job.out[1]` has as many places. From `job.x` to `job.loop_end`, both
/// four bytes on, lie the columns of whole groups.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        "push {{r4-r11, lr}}",
        "ldm r1, {{r2-r11}}",
        // As in `mod.rs`, two steps.
        "adr.w r1, 3f",
        "adr.w r12, 4f",
        "sub r12, r12, r1",
        "lsr r12, r12, #1",
        "orr r1, r1, #1",
        "mla r11, r11, r12, r1",
        "push {{r2-r11}}",
        "sub sp, sp, #32",
        "2:", // a block: its biases, rounded to the bits of the sums of each vector
        "ldm r0!, {{r6-r9}}",
        "add r12, sp, #52",
        "ldm r12, {{r2-r5}}", // bias
        "add r10, r6, r2",
        "asr r10, r10, r3",
        "add r11, r7, r2",
        "asr r11, r11, r3",
        "add r12, r8, r2",
        "asr r12, r12, r3",
        "add lr, r9, r2",
        "asr lr, lr, r3",
        "stm sp, {{r10-r12, lr}}",
        "adds r6, r6, r4",
        "asrs r6, r5",
        "adds r7, r7, r4",
        "asrs r7, r5",
        "add r8, r8, r4",
        "asr r8, r8, r5",
        "add r9, r9, r4",
        "asr r9, r9, r5",
        "add r1, sp, #16",
        "stm r1, {{r6-r9}}",
        "ldr r1, [sp, #44]", // x
        "mov r6, #0",
        "mov r7, #0",
        "mov r8, #0",
        "mov r9, #0",
        "mov r10, #0",
        "mov r11, #0",
        "mov r12, #0",
        "mov lr, #0",
        "ldr pc, [sp, #68]", // entry
        ".p2align 2",
        "3:", // 8 columns
        step!(),
        step!(),
        "4:",
        "ldr r2, [sp, #48]", // loop_end
        "cmp r1, r2",
        "bne 3b",
        split!("r6", "r7", "r2", "r3", "r4"),
        "lsl r7, r7, #8",
        split!("r8", "r9", "r2", "r3", "r4"),
        "lsl r9, r9, #8",
        split!("r10", "r11", "r2", "r3", "r4"),
        "lsl r11, r11, #8",
        split!("r12", "lr", "r2", "r3", "r4"),
        "lsl lr, lr, #8",
        "ldr r1, [sp, #32]", // out
        "ldr r4, [sp, #36]",
        row!("r6", "r10", "0", "16"),
        row!("r7", "r11", "4", "20"),
        row!("r8", "r12", "8", "24"),
        row!("r9", "lr", "12", "28"),
        "ldr r3, [sp, #40]", // out_end
        "strd r1, r4, [sp, #32]",
        "cmp r1, r3",
        "bne 2b",
        "add sp, sp, #72",
        "pop {{r4-r11, pc}}",
    )
}
