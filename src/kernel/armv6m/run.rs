//! The assembly of `mod.rs`.

use super::ops::{add_shifted, mac, op, scale};
use crate::kernel::rows::GROUP;
use core::arch::naked_asm;

/// What [`run`] does; it keeps all but the first two on its stack.
#[repr(C)]
pub(super) struct Job {
    /// Where `out` ends.
    pub(super) out_end: *mut i32,
    /// Where x ends.
    pub(super) x_end: *const [i32; GROUP],
    /// The usual case: all columns are there, biases are shifted by 2…31, and the results scaled. Else 0.
    pub(super) shift: u32,
    /// The other cases: 1 if `out` holds sums of the columns before, 2 if it gets sums to which others
    /// will be added, and four times that shift; without it, results are sums that are not scaled.
    pub(super) mode: u32,
    /// Widened columns.
    pub(super) x: *const [i32; GROUP],
    /// Where the loop is entered: 0 at its end, 1 at its single group, 2 at its start.
    pub(super) entry: usize,
    /// Bytes of a block before its first group.
    pub(super) lead: usize,
    /// Bytes of a block, less its last four words.
    pub(super) stride: usize,
    /// Four numbers for each block.
    pub(super) out: *mut i32,
}

/// Half-words as words: twice two of them for each group, `step` bytes from two to the next two.
///
/// # Safety
///
/// There are so many half-words behind `x`, and places for as many words at `to`. `groups` > 0.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn widen(
    x: *const i16,
    to: *mut [i32; GROUP],
    groups: usize,
    step: usize,
) {
    naked_asm!(
        "push {{r4-r7}}",
        "movs r4, #0",
        "movs r5, #2",
        "2:",
        "ldrsh r6, [r0, r4]",
        "ldrsh r7, [r0, r5]",
        "stm r1!, {{r6, r7}}",
        "adds r0, r0, r3",
        "ldrsh r6, [r0, r4]",
        "ldrsh r7, [r0, r5]",
        "stm r1!, {{r6, r7}}",
        "adds r0, r0, r3",
        "subs r2, r2, #1",
        "bne 2b",
        "pop {{r4-r7}}",
        "bx lr",
    )
}

/// Two columns of a row pair: a word, which is lost, with x in r2 and r3. 12 instructions for 4 products.
macro_rules! word {
    ($w:literal, $sum:literal, $low:literal) => {
        concat!(
            op!("sxtb", "r7", $w),
            mac!($low, "r7", "r2"),
            op!("sxth", "r7", $w),
            mac!($sum, "r7", "r2"),
            op!("asrs", $w, $w, "#16"),
            op!("sxtb", "r7", $w),
            mac!($low, "r7", "r3"),
            mac!($sum, $w, "r3"),
        )
    };
}

/// Two columns of the first row pair.
macro_rules! even {
    ($w:literal) => {
        word!($w, "r8", "r9")
    };
}

/// Two columns of the second row pair.
macro_rules! odd {
    ($w:literal) => {
        word!($w, "r10", "r11")
    };
}

/// Two results, of sum and low sum of a row pair.
macro_rules! results {
    ($sum:literal, $low:literal, $first:literal, $second:literal) => {
        concat!(
            op!("mov", "r3", $low),
            op!("mov", "r2", $sum),
            op!("subs", "r2", "r2", "r3"),
            op!("lsls", "r3", "r3", "#8"),
            two_results!($first, $second),
        )
    };
}

/// Two results, of 256·D in r2 and r3, with the multipliers behind r0 and the next biases, shifted by r7.
macro_rules! two_results {
    ($first:literal, $second:literal) => {
        concat!(
            op!("ldrh", "r4", $first),
            scale!("r2", "r4", "r5"),
            op!("ldrh", "r4", $second),
            scale!("r3", "r4", "r5"),
            op!("ldm", "r1!", "{{r4, r5}}"),
            add_shifted!("r2", "r4", "r7"),
            add_shifted!("r3", "r5", "r7"),
            op!("stm", "r6!", "{{r2, r3}}"),
        )
    };
}

#[cfg(feature = "int4")]
pub(super) use two_results;

/// # Safety
///
/// From `words` on there are as many blocks, of `stride` bytes and four words, as
/// `job.out..job.out_end` has places for four numbers, at least one; each has, behind `lead` bytes,
/// the groups of `job.x..job.x_end`. If results are scaled, a block starts with four biases and ends
/// with four multipliers.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        "push {{r4-r7, lr}}",
        "mov r4, r8",
        "mov r5, r9",
        "mov r6, r10",
        "mov r7, r11",
        "push {{r4-r7}}",
        "ldm r1!, {{r2, r3}}", // out_end, x_end
        "mov lr, r2",
        "mov r12, r3",
        "ldm r1!, {{r2, r3}}", // shift, mode
        "push {{r0, r2, r3}}",
        "ldm r1!, {{r2-r6}}", // x, entry, lead, stride, out
        "cmp r3, #1",
        "adr r3, 4f",
        "blo 2f",
        "adr r3, 3f",
        "beq 2f",
        "adr r3, 5f",
        "2:",
        "push {{r2-r6}}",
        "b 8f",
        ".p2align 2",
        "3:", // 4 columns
        "ldm r1!, {{r2, r3}}",
        "ldm r0!, {{r4, r5}}",
        even!("r4"),
        odd!("r5"),
        "ldm r1!, {{r2, r3}}",
        "ldm r0!, {{r4, r5}}",
        even!("r4"),
        odd!("r5"),
        "4:",
        "cmp r1, r12",
        "beq 6f",
        "5:", // 8 columns
        "ldm r1!, {{r2, r3}}",
        "ldm r0!, {{r4-r6}}",
        even!("r4"),
        odd!("r5"),
        "ldm r1!, {{r2, r3}}",
        even!("r6"),
        "ldm r0!, {{r4-r6}}",
        odd!("r4"),
        "ldm r1!, {{r2, r3}}",
        even!("r5"),
        odd!("r6"),
        "ldm r1!, {{r2, r3}}",
        "ldm r0!, {{r4, r5}}",
        even!("r4"),
        odd!("r5"),
        "cmp r1, r12",
        "bne 5b",
        "6:",                // the next block, then the results of this one
        "ldr r1, [sp, #20]", // words
        "ldr r0, [sp, #12]", // stride
        "adds r0, r0, r1",
        "ldr r6, [sp, #16]", // out
        "ldr r7, [sp, #24]", // shift
        "cmp r7, #0",
        "beq 20f",
        "7:",
        results!("r8", "r9", "[r0, #2]", "[r0, #6]"),
        results!("r10", "r11", "[r0, #10]", "[r0, #14]"),
        "9:",
        "adds r0, #16",
        "str r0, [sp, #20]",
        "str r6, [sp, #16]",
        "cmp r6, lr",
        "beq 30f",
        "8:",               // a block
        "ldr r2, [sp, #8]", // lead
        "adds r0, r0, r2",
        "ldr r1, [sp]", // x
        "movs r2, #0",
        "mov r8, r2",
        "mov r9, r2",
        "mov r10, r2",
        "mov r11, r2",
        "ldr r2, [sp, #4]", // entry
        "mov pc, r2",
        "20:",               // other than results of all columns
        "ldr r7, [sp, #28]", // mode
        "lsrs r7, r7, #1",
        "bcc 21f",
        "ldm r6!, {{r2-r5}}",
        "subs r6, #16",
        "add r8, r2",
        "add r9, r3",
        "add r10, r4",
        "add r11, r5",
        "21:",
        "mov r2, r8",
        "mov r3, r9",
        "mov r4, r10",
        "mov r5, r11",
        "lsrs r7, r7, #1",
        "bcs 23f",
        "bne 7b", // with a shift
        "subs r2, r2, r3",
        "asrs r2, r2, #8",
        "subs r4, r4, r5",
        "asrs r4, r4, #8",
        "23:",
        "stm r6!, {{r2-r5}}",
        "b 9b",
        "30:",
        "add sp, #32",
        "pop {{r4-r7}}",
        "mov r8, r4",
        "mov r9, r5",
        "mov r10, r6",
        "mov r11, r7",
        "pop {{r4-r7, pc}}",
    )
}
