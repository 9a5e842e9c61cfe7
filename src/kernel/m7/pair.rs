//! A matrix with two vectors at once, on a Cortex-M7: each word of weights is read once.
//!
//! The sums are those of `dsp/pair.rs`. A step takes two columns, the low bytes of their words while those
//! of the next are on their way:
//!
//! ```text
//! cycle   first        second              P, Q: words of rows 0, 1 and 2, 3; P′, Q′: their low bytes
//!   0                  a ←
//!   1     m₀ += P′·b   P ←                 of the step before
//!   2     m₁ += Q′·b   Q ←
//!   3     A₀ += P·a    b ←                 of this step
//!   4     A₁ += Q·a
//!   5     B₀ += P·b    P′
//!   6     B₁ += Q·b    Q′
//!   7     l₀ += P′·a
//!   8     l₁ += Q′·a                       and the next step's cycle 0
//! ```
//! 14 instructions for 16 products, of which the 8 multiplications alone take a cycle. Where a block starts
//! and ends, and how the loop is entered in its middle, is as in `mod.rs`.
//!
//! | r0 | r1 | r2, r3 | r4, r5 | r6–r9 | r10–r12, lr | stack |
//! |---|---|---|---|---|---|---|
//! | weights | x | P Q | a b | A₀ l₀ A₁ l₁ | B₀ m₀ B₁ m₁ | 4 biases of each, then [`Job`] |

use super::entry;
use crate::kernel::blocks::{Places, in_blocks_of_two};
use crate::kernel::dsp::shifting;
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
        x: range.start,
        bias_scales: bias_shifts.map(shifting),
        loop_end: range.end,
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

/// `sum += w · x`, two columns of it.
macro_rules! mac {
    ($sum:literal, $w:literal, $x:literal) => {
        concat!("smlad ", $sum, ", ", $w, ", ", $x, ", ", $sum, "\n")
    };
}

/// What the last columns left.
macro_rules! drain {
    () => {
        concat!(mac!("r11", "r2", "r5"), mac!("lr", "r3", "r5"))
    };
}

/// Two columns of both vectors; `end` stands where b is read no more, and then the next.
macro_rules! columns {
    ($end:literal) => {
        concat!(
            "ldr r4, [r1], #8\n",
            mac!("r11", "r2", "r5"),
            "ldr r2, [r0], #8\n",
            mac!("lr", "r3", "r5"),
            $end,
            "ldr r3, [r0, #-4]\n",
            mac!("r6", "r2", "r4"),
            "ldr r5, [r1, #-4]\n",
            mac!("r8", "r3", "r4"),
            mac!("r10", "r2", "r5"),
            "sxtb16 r2, r2\n",
            mac!("r12", "r3", "r5"),
            "sxtb16 r3, r3\n",
            mac!("r7", "r2", "r4"),
            mac!("r9", "r3", "r4"),
        )
    };
}

/// A group.
macro_rules! step {
    () => {
        concat!(columns!(""), columns!(""))
    };
}

/// The group at the end of the loop, four bytes longer: whether there is another round.
macro_rules! last_step {
    () => {
        concat!(columns!(""), columns!("ldr r5, [sp, #56]\ncmp r1, r5\n"))
    };
}

/// A row of both vectors, whose sums are in `a` and `b`: its multiplier is in `m`, its biases wait at
/// `at_a` and `at_b`.
macro_rules! row {
    ($a:literal, $b:literal, $m:literal, $at_a:literal, $at_b:literal) => {
        concat!(
            "ldr r5, [sp, #",
            $at_a,
            "]\n",
            "smmlar ",
            $a,
            ", ",
            $a,
            ", ",
            $m,
            ", r5\n",
            "ldr r5, [sp, #",
            $at_b,
            "]\n",
            "smmlar ",
            $b,
            ", ",
            $b,
            ", ",
            $m,
            ", r5\n",
        )
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
        "push {{r4-r11, lr}}",
        "ldm r1, {{r2-r9}}",
        // As in `mod.rs`, but for the length of the last step.
        "adr.w r1, 3f",
        "adr.w r12, 7f",
        "sub r12, r12, r1",
        "orr r1, r1, #1",
        "mla r1, r9, r12, r1",
        "lsr r9, r9, #2",
        "add r9, r1, r9, lsl #2",
        "push {{r2-r9}}",
        "sub sp, sp, #32",
        "2:", // a block: its biases, rounded to the bits of the sums of each vector
        "ldr r2, [r0], #16",
        "ldr r6, [sp, #48]", // bias_scales
        "ldr r3, [r0, #-12]",
        "ldr r7, [sp, #52]",
        "ldr r4, [r0, #-8]",
        "smmulr r8, r2, r7",
        "ldr r5, [r0, #-4]",
        "smmulr r9, r3, r7",
        "smmulr r10, r4, r7",
        "smmulr r11, r5, r7",
        "strd r8, r9, [sp, #16]",
        "smmulr r2, r2, r6",
        "mov r7, #0",
        "smmulr r3, r3, r6",
        "strd r10, r11, [sp, #24]",
        "smmulr r4, r4, r6",
        "mov r8, #0",
        "smmulr r5, r5, r6",
        "mov r9, #0",
        "strd r2, r3, [sp]",
        "mov r6, #0",
        "ldr r1, [sp, #44]", // x
        "mov r10, #0",
        "strd r4, r5, [sp, #8]",
        "mov r11, #0",
        "mov r12, #0",
        "mov lr, #0",
        "movs r5, #0",       // Sets Z, for a loop without rounds.
        "ldr pc, [sp, #60]", // entry
        ".p2align 3",
        "3:", // 16 columns
        step!(),
        "7:",
        step!(),
        step!(),
        last_step!(),
        "bne 3b",
        drain!(),
        "ldr r1, [r0], #16", // multipliers
        "sub r6, r6, r7",
        "ldr r2, [r0, #-12]",
        "lsl r7, r7, #8",
        "ldr r3, [r0, #-8]",
        "sub r8, r8, r9",
        "ldr r4, [r0, #-4]",
        "lsl r9, r9, #8",
        "sub r10, r10, r11",
        "lsl r11, r11, #8",
        "sub r12, r12, lr",
        "lsl lr, lr, #8",
        row!("r6", "r10", "r1", "0", "16"),
        row!("r7", "r11", "r2", "4", "20"),
        row!("r8", "r12", "r3", "8", "24"),
        row!("r9", "lr", "r4", "12", "28"),
        "ldr r1, [sp, #32]", // out
        "ldr r2, [sp, #36]",
        "ldr r3, [sp, #40]", // out_end
        "stm r1!, {{r6-r9}}",
        "stm r2!, {{r10, r11, r12, lr}}",
        "cmp r1, r3",
        "strd r1, r2, [sp, #32]",
        "bne 2b",
        "add sp, sp, #64",
        "pop {{r4-r11, pc}}",
    )
}
