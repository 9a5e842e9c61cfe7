//! The assembly of `mod.rs`.

use crate::kernel::armv6m::ops::{add_shifted, mac, op, scale};
use crate::kernel::rows::GROUP;
use core::arch::naked_asm;

/// x, y and x + 2¹⁶·y of four columns.
pub(super) type Wide = [[i32; 3]; GROUP];

/// What `run` keeps on its stack, in that order, but for `words`.
#[repr(C)]
pub(super) struct Job {
    /// Bytes of a block.
    pub(super) stride: usize,
    /// Bytes of a block before its first group.
    pub(super) lead: usize,
    /// Widened columns.
    pub(super) x: *const Wide,
    pub(super) x_end: *const Wide,
    /// 1 if `out` holds sums of the columns before, 2 if it gets sums to which others will be added.
    pub(super) mode: u32,
    /// Where four results of each vector go, the first up to `out_end`.
    pub(super) out: [*mut i32; 2],
    pub(super) out_end: *mut i32,
    /// 2…31, of each vector.
    pub(super) bias_shifts: [u32; 2],
}

/// Two columns of both vectors, as they lie side by side, become six words.
///
/// # Safety
///
/// There are so many `pairs` of columns, at least one, and places for them at `to`.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn widen(x: *const [u32; 2], to: *mut Wide, pairs: usize) {
    naked_asm!(
        "push {{r4-r7}}",
        "2:",
        "ldm r0!, {{r6, r7}}",
        "sxth r3, r6",
        "sxth r4, r7",
        "lsls r5, r7, #16",
        "adds r5, r5, r3",
        "stm r1!, {{r3-r5}}",
        "asrs r3, r6, #16",
        "asrs r4, r7, #16",
        "lsls r5, r4, #16",
        "adds r5, r5, r3",
        "stm r1!, {{r3-r5}}",
        "subs r2, r2, #1",
        "bne 2b",
        "pop {{r4-r7}}",
        "bx lr",
    )
}

/// A column of a row pair, its half in `w`, which is lost, with x, y and x + 2¹⁶·y in r4–r6.
macro_rules! half {
    ($w:literal, $a:literal, $b:literal, $t:literal) => {
        concat!(
            mac!($a, "r4", $w),
            mac!($b, "r5", $w),
            op!("adds", $w, "#128"),
            op!("asrs", $w, $w, "#8"),
            mac!($t, $w, "r6"),
        )
    };
}

/// Two columns of a row pair, its word in `w`, which is lost.
macro_rules! word {
    ($w:literal, $a:literal, $b:literal, $t:literal) => {
        concat!(
            op!("ldm", "r1!", "{{r4-r6}}"),
            op!("sxth", "r7", $w),
            half!("r7", $a, $b, $t),
            op!("ldm", "r1!", "{{r4-r6}}"),
            op!("asrs", $w, $w, "#16"),
            half!($w, $a, $b, $t),
        )
    };
}

/// Two columns of a block.
macro_rules! columns {
    () => {
        concat!(
            "ldm r0!, {{r2, r3}}\n",
            word!("r2", "r8", "r9", "r10"),
            "subs r1, #24\n",
            word!("r3", "r11", "r12", "lr"),
        )
    };
}

/// A result, of 256·D in `value`.
macro_rules! result {
    ($value:literal, $multiplier:literal, $bias:literal, $shift:literal) => {
        concat!(
            op!("ldrh", "r6", $multiplier),
            scale!($value, "r6", "r7"),
            op!("ldr", "r7", $bias),
            op!("ldr", "r6", $shift),
            add_shifted!($value, "r7", "r6"),
        )
    };
}

/// # Safety
///
/// From `words` on there are as many blocks of `job.stride` bytes as `job.out[0]..job.out_end` has
/// places for four results, at least one, and `job.out[1]` has as many places. Each has four biases,
/// groups, those of `job.x..job.x_end` behind `job.lead` bytes, and four multipliers.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        "push {{r4-r7, lr}}",
        "mov r4, r8",
        "mov r5, r9",
        "mov r6, r10",
        "mov r7, r11",
        "push {{r4-r7}}",
        "adds r1, #20",
        "ldm r1!, {{r2-r6}}", // out, out_end, bias_shifts
        "push {{r2-r6}}",
        "subs r1, #40",
        "ldm r1, {{r1-r5}}", // stride, lead, x, x_end, mode
        "push {{r0-r5}}",
        "b 2f",
        "3:", // 4 columns
        columns!(),
        columns!(),
        "4:",
        "ldr r2, [sp, #16]", // x_end
        "cmp r1, r2",
        "bne 3b",
        "ldr r1, [sp]",     // words
        "ldr r0, [sp, #4]", // stride
        "adds r0, r0, r1",
        "str r0, [sp]",
        "ldr r2, [sp, #20]", // mode
        "cmp r2, #1",
        "bhi 8f",
        "subs r0, #16",
        "5:", // a row pair: 256·D and 256·D′ of the first vector, of the second
        "mov r6, r10",
        "mov r2, r8",
        "lsls r3, r6, #8",
        "subs r3, r2, r3",
        "lsls r3, r3, #8",
        "asrs r7, r3, #8",
        "subs r2, r2, r7",
        "asrs r7, r2, #8",
        "subs r6, r6, r7",
        "lsrs r6, r6, #8",
        "mov r4, r9",
        "subs r5, r4, r6",
        "lsls r5, r5, #8",
        "asrs r7, r5, #8",
        "subs r4, r4, r7",
        result!("r2", "[r0, #2]", "[r1]", "[sp, #36]"),
        result!("r3", "[r0, #6]", "[r1, #4]", "[sp, #36]"),
        result!("r4", "[r0, #2]", "[r1]", "[sp, #40]"),
        result!("r5", "[r0, #6]", "[r1, #4]", "[sp, #40]"),
        "ldr r6, [sp, #24]", // out
        "ldr r7, [sp, #28]",
        "stm r6!, {{r2, r3}}",
        "stm r7!, {{r4, r5}}",
        "str r6, [sp, #24]",
        "str r7, [sp, #28]",
        "adds r0, #8",
        "adds r1, #8",
        "mov r8, r11",
        "mov r9, r12",
        "mov r10, lr",
        "ldr r2, [sp]", // words: the next block
        "cmp r0, r2",
        "bne 5b",
        "6:",
        "ldr r7, [sp, #32]", // out_end
        "cmp r6, r7",
        "beq 9f",
        "2:",                // a block
        "ldr r1, [sp, #12]", // x
        "ldr r2, [sp, #8]",  // lead
        "adds r0, r0, r2",
        "ldr r2, [sp, #20]", // mode
        "lsrs r2, r2, #1",
        "bcs 7f",
        "movs r2, #0",
        "mov r8, r2",
        "mov r9, r2",
        "mov r10, r2",
        "mov r11, r2",
        "mov r12, r2",
        "mov lr, r2",
        "b 4b",
        "7:", // sums of the columns before
        "ldr r6, [sp, #24]",
        "ldm r6!, {{r2-r5}}",
        "mov r8, r2",
        "mov r9, r3",
        "mov r10, r4",
        "mov r11, r5",
        "ldr r6, [sp, #28]",
        "ldm r6!, {{r2, r3}}",
        "mov r12, r2",
        "mov lr, r3",
        "b 4b",
        "8:", // sums, of which there is only a part
        "mov r2, r8",
        "mov r3, r9",
        "mov r4, r10",
        "mov r5, r11",
        "ldr r6, [sp, #24]",
        "ldr r7, [sp, #28]",
        "stm r6!, {{r2-r5}}",
        "mov r2, r12",
        "mov r3, lr",
        "stm r7!, {{r2, r3}}",
        "adds r7, #8",
        "str r6, [sp, #24]",
        "str r7, [sp, #28]",
        "b 6b",
        "9:",
        "add sp, #44",
        "pop {{r4-r7}}",
        "mov r8, r4",
        "mov r9, r5",
        "mov r10, r6",
        "mov r11, r7",
        "pop {{r4-r7, pc}}",
    )
}
