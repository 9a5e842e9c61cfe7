//! A matrix with two vectors at once, on the cores of `mod.rs`: each word of weights is read once.
//!
//! ```text
//! for each block of four rows                                       (layout: `layout.rs`)
//!     for each word w of row pair p, and two columns of both x
//!         Aₚ, Bₚ += SMLAD(w, xₐ), SMLAD(w, x_b)                     256·D + D′, modulo 2³²
//!         lₚ, mₚ += SMLAD(SXTB16(w), xₐ), SMLAD(SXTB16(w), x_b)     D′
//! ```
//! The vectors lie side by side, two columns of the one, two of the other: 12 instructions, loads
//! included, for 16 products. Where a block starts and ends, and how the loop is entered in its
//! middle, is as there.
//!
//! | r0 | r1 | r2, r3 | r4, r5 | r6–r9 | r10–r12, lr | stack |
//! |---|---|---|---|---|---|---|
//! | weights | x | two words | both x | A₀ l₀ A₁ l₁ | B₀ m₀ B₁ m₁ | 4 biases of each, then [`Job`] |
//!
//! Executed instructions a product on a Cortex-M4, emulated: .75 in the loop, .83 at 128 columns.

use super::{cpu, shifting};
use crate::kernel::blocks::{Places, in_blocks_of_two};
use crate::kernel::rows::Rows;
use core::arch::naked_asm;

/// Groups that a round of the loop takes.
const STEPS: usize = 4;

/// What `run` keeps on its stack, in that order, behind the biases of a block.
#[repr(C)]
struct Job {
    /// Where four results of each vector go, the first up to `out_end`.
    out: [*mut i32; 2],
    out_end: *mut i32,
    x: *const [u32; 2],
    /// Of each vector, as in `mod.rs`.
    bias_scales: [i32; 2],
    loop_end: *const [u32; 2],
    /// Groups that the loop's first round leaves out; `STEPS` for no loop at all.
    entry: usize,
}

/// See [`crate::kernel::portable::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let [a, b] = out;
    let words = rows.columns().div_ceil(4).wrapping_mul(2);
    let Some(x) = x.get(..words) else { return };
    let count = a.len().min(b.len()).min(rows.rows());
    let mut job = Job {
        out: [core::ptr::null_mut(); 2],
        out_end: core::ptr::null_mut(),
        x: x.as_ptr(),
        bias_scales: bias_shifts.map(shifting),
        loop_end: x.as_ptr_range().end,
        entry: if words == 0 { STEPS } else { (words / 2).wrapping_neg() % STEPS },
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

/// `sum += w · x`, two columns of it.
macro_rules! mac {
    ($sum:literal, $w:literal, $x:literal) => {
        concat!("smlad ", $sum, ", ", $w, ", ", $x, ", ", $sum, "\n")
    };
}

/// Two columns of both vectors.
macro_rules! columns {
    () => {
        concat!(
            "ldrd r4, r5, [r1], #8\n",
            "ldrd r2, r3, [r0], #8\n",
            mac!("r6", "r2", "r4"),
            mac!("r10", "r2", "r5"),
            "sxtb16 r2, r2\n",
            mac!("r8", "r3", "r4"),
            mac!("r12", "r3", "r5"),
            "sxtb16 r3, r3\n",
            mac!("r7", "r2", "r4"),
            mac!("r11", "r2", "r5"),
            mac!("r9", "r3", "r4"),
            mac!("lr", "r3", "r5"),
        )
    };
}

/// A group.
macro_rules! step {
    () => {
        concat!(columns!(), columns!())
    };
}

/// # Safety
///
/// From `words` on there are as many whole blocks as `job.out[0]..job.out_end` has places for four
/// results, at least one, and `job.out[1]` has as many places. From `job.x` to `job.loop_end` lie
/// the columns of whole groups.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "ldm r1, {{r2-r9}}",
        // The steps have one length: entry = start + entry · (end − start) / 4, in Thumb state.
        "adr r1, 3f",
        "adr r12, 4f",
        "sub r12, r12, r1",
        "lsr r12, r12, #2",
        "orr r1, r1, #1",
        "mla r9, r9, r12, r1",
        "push {{r2-r9}}",
        "sub sp, sp, #32",
        "2:", // a block: its biases, rounded to the bits of the sums of each vector
        "ldm r0!, {{r2-r5}}",
        "ldrd r6, r7, [sp, #48]", // bias_scales
        "smmulr r8, r2, r7",
        "smmulr r9, r3, r7",
        "smmulr r10, r4, r7",
        "smmulr r11, r5, r7",
        "smmulr r2, r2, r6",
        "smmulr r3, r3, r6",
        "smmulr r4, r4, r6",
        "smmulr r5, r5, r6",
        "stm sp, {{r2-r5, r8-r11}}",
        "ldr r1, [sp, #44]", // x
        "mov r6, #0",
        "mov r7, #0",
        "mov r8, #0",
        "mov r9, #0",
        "mov r10, #0",
        "mov r11, #0",
        "mov r12, #0",
        "mov lr, #0",
        "ldr pc, [sp, #60]", // entry
        ".p2align 2",
        "3:", // 16 columns
        step!(),
        step!(),
        step!(),
        step!(),
        "4:",
        "ldr r2, [sp, #56]", // loop_end
        "cmp r1, r2",
        "bne 3b",
        "ldm r0!, {{r1-r4}}", // multipliers
        "sub r6, r6, r7",
        "lsl r7, r7, #8",
        "sub r8, r8, r9",
        "lsl r9, r9, #8",
        "sub r10, r10, r11",
        "lsl r11, r11, #8",
        "sub r12, r12, lr",
        "lsl lr, lr, #8",
        "ldr r5, [sp]",
        "smmlar r6, r6, r1, r5",
        "ldr r5, [sp, #16]",
        "smmlar r10, r10, r1, r5",
        "ldr r5, [sp, #4]",
        "smmlar r7, r7, r2, r5",
        "ldr r5, [sp, #20]",
        "smmlar r11, r11, r2, r5",
        "ldr r5, [sp, #8]",
        "smmlar r8, r8, r3, r5",
        "ldr r5, [sp, #24]",
        "smmlar r12, r12, r3, r5",
        "ldr r5, [sp, #12]",
        "smmlar r9, r9, r4, r5",
        "ldr r5, [sp, #28]",
        "smmlar lr, lr, r4, r5",
        "ldrd r1, r2, [sp, #32]", // out
        "stm r1!, {{r6-r9}}",
        "stm r2!, {{r10, r11, r12, lr}}",
        "strd r1, r2, [sp, #32]",
        "ldr r3, [sp, #40]", // out_end
        "cmp r1, r3",
        "bne 2b",
        "add sp, sp, #64",
        "pop {{r4-r11, pc}}",
    )
}
