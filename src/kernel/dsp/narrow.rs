//! Widths of wide values, and their mantissas, on the cores of `mod.rs`: eight at a time by LDM and STM.
//!
//! ```text
//! width    OR of v ⊕ 2v, of the upper halves, two at a time         1.9 instructions a number
//! narrow   SMMLSR (the shift with its rounding) ─ pack ─ saturate   3.0 instructions a number
//! ```

use super::cpu;
use super::vector::minus;
use core::arch::naked_asm;
use core::ops::Range;

/// See [`crate::kernel::portable::narrow`].
pub fn narrow(values: &[i32], shift: u32, limit: i32, out: &mut [i16]) {
    let n = out.len().min(values.len());
    let (from, to) = (values.as_ptr(), out.as_mut_ptr());
    let room = 0x7FFF_i32.wrapping_sub(limit) as u32;
    // STM wants the alignment.
    let eights = if to.cast::<u32>().is_aligned() { n & !7 } else { 0 };
    let job = Cut {
        minus: minus(shift),
        room: room << 16 | room,
        end_of_eights: from.wrapping_add(eights),
        end: from.wrapping_add(n),
    };
    // SAFETY: both slices have n numbers; the ends are those of eights among them, and of all.
    unsafe { if room == 0 { cut_to_16(from, to, &job) } else { cut(from, to, &job) } }
}

/// What [`cut`] does to `from..end`.
#[repr(C)]
struct Cut {
    /// What [`shift_right`] takes.
    minus: i32,
    /// From the limit up to 2¹⁵ − 1, in both halves.
    room: u32,
    end_of_eights: *const i32,
    end: *const i32,
}

/// A loop over eights, r2–r9, and one over the rest: `eight` and `one` bring what lies above the
/// limit down to it.
macro_rules! cut {
    ($eight:expr, $one:expr) => {
        naked_asm!(
            cpu!(),
            "push {{r4-r11, lr}}",
            "ldm r2, {{r10, r12, lr}}",
            "ldr r2, [r2, #12]",
            "push {{r2}}",
            "mov r11, #0",
            "cmp r0, lr",
            "beq 3f",
            "2:",
            "ldm r0!, {{r2-r9}}",
            "smmlsr r2, r2, r10, r11",
            "smmlsr r3, r3, r10, r11",
            "smmlsr r4, r4, r10, r11",
            "smmlsr r5, r5, r10, r11",
            "smmlsr r6, r6, r10, r11",
            "smmlsr r7, r7, r10, r11",
            "smmlsr r8, r8, r10, r11",
            "smmlsr r9, r9, r10, r11",
            $eight,
            "stm r1!, {{r2, r4, r6, r8}}",
            "cmp r0, lr",
            "bne 2b",
            "3:",
            "pop {{lr}}",
            "b 5f",
            "4:",
            "ldr r2, [r0], #4",
            "smmlsr r2, r2, r10, r11",
            $one,
            "strh r2, [r1], #2",
            "5:",
            "cmp r0, lr",
            "bne 4b",
            "pop {{r4-r11, pc}}",
        )
    };
}

/// Two halves of a word together.
macro_rules! pack {
    () => {
        "pkhbt r2, r2, r3, lsl #16\npkhbt r4, r4, r5, lsl #16\n\
         pkhbt r6, r6, r7, lsl #16\npkhbt r8, r8, r9, lsl #16\n"
    };
}

/// To fewer than 16 bits: results fit 16, and saturate there when the room above is added.
///
/// # Safety
/// From `from` to `job.end` lie numbers, whole eights up to `job.end_of_eights`; from `to` on places
/// for as many, at a multiple of four if there are eights.
#[unsafe(naked)]
unsafe extern "C" fn cut(from: *const i32, to: *mut i16, job: &Cut) {
    cut!(
        concat!(
            pack!(),
            "qadd16 r2, r2, r12\nqadd16 r4, r4, r12\nqadd16 r6, r6, r12\nqadd16 r8, r8, r12\n",
            "ssub16 r2, r2, r12\nssub16 r4, r4, r12\nssub16 r6, r6, r12\nssub16 r8, r8, r12\n",
        ),
        "qadd16 r2, r2, r12\nssub16 r2, r2, r12\n"
    )
}

/// To 16 bits, in which each result saturates by itself.
///
/// # Safety
/// As for [`cut`].
#[unsafe(naked)]
unsafe extern "C" fn cut_to_16(from: *const i32, to: *mut i16, job: &Cut) {
    cut!(
        concat!(
            "ssat r2, #16, r2\nssat r3, #16, r3\nssat r4, #16, r4\nssat r5, #16, r5\n",
            "ssat r6, #16, r6\nssat r7, #16, r7\nssat r8, #16, r8\nssat r9, #16, r9\n",
            pack!(),
        ),
        "ssat r2, #16, r2\n"
    )
}

/// See [`crate::kernel::portable::narrow_short`].
pub fn narrow_short(values: &[i16], shift: u32, limit: i32, out: &mut [i16]) {
    let n = out.len().min(values.len());
    let from = values.as_ptr();
    let room = 0x7FFF_i32.wrapping_sub(limit) as u32;
    let job = CutAgain {
        minus: if shift < 16 { minus(shift.wrapping_add(16)) } else { 0 },
        room: room << 16 | room,
        end_of_fours: from.wrapping_add(n & !3),
        end: from.wrapping_add(n),
    };
    // SAFETY: both slices have n numbers; the ends are those of fours among them, and of all.
    unsafe { cut_again(from, out.as_mut_ptr(), &job) }
}

/// What [`cut_again`] does to `from..end`.
#[repr(C)]
struct CutAgain {
    /// For the shift of an upper half down to its place and beyond; what lies below it changes
    /// nothing, for it is less than the least part of what is rounded. 0 if nothing is left.
    minus: i32,
    /// From the limit up to 2¹⁵ − 1, in both halves.
    room: u32,
    end_of_fours: *const i16,
    end: *const i16,
}

/// Four numbers in 18 instructions: from r0, to r1 · the job r2–r5 · two words, each apart, r6–r9 · 0 r12.
///
/// # Safety
/// From `from` to `job.end` lie numbers, whole fours up to `job.end_of_fours`; from `to` on places for
/// as many.
#[unsafe(naked)]
unsafe extern "C" fn cut_again(from: *const i16, to: *mut i16, job: &CutAgain) {
    naked_asm!(
        cpu!(),
        "push {{r4-r9, lr}}",
        "ldm r2, {{r2-r5}}",
        "mov r12, #0",
        "b 3f",
        "2:",
        "ldr r6, [r0], #4", // At any address; LDM would fault.
        "ldr r7, [r0], #4",
        "lsl r8, r6, #16",
        "lsl r9, r7, #16",
        "smmlsr r6, r6, r2, r12",
        "smmlsr r7, r7, r2, r12",
        "smmlsr r8, r8, r2, r12",
        "smmlsr r9, r9, r2, r12",
        "pkhbt r8, r8, r6, lsl #16",
        "pkhbt r9, r9, r7, lsl #16",
        "qadd16 r8, r8, r3",
        "qadd16 r9, r9, r3",
        "ssub16 r8, r8, r3",
        "ssub16 r9, r9, r3",
        "str r8, [r1], #4",
        "str r9, [r1], #4",
        "3:",
        "cmp r0, r4",
        "bne 2b",
        "b 5f",
        "4:",
        "ldrsh r6, [r0], #2",
        "lsl r6, r6, #16",
        "smmlsr r6, r6, r2, r12",
        "qadd16 r6, r6, r3",
        "ssub16 r6, r6, r3",
        "strh r6, [r1], #2",
        "5:",
        "cmp r0, r5",
        "bne 4b",
        "pop {{r4-r9, pc}}",
    )
}

/// See [`portable::width`].
#[must_use]
pub fn width(values: &[i32]) -> u32 {
    let Range { start, end } = values.as_ptr_range();
    // SAFETY: the end is that of eights among the values.
    let widths = |eights: usize| unsafe { widths(start, start.wrapping_add(eights), end) };
    let found = widths(values.len() & !7);
    // The lowest bit of a half has no neighbour. If there is nothing above, each number is looked at.
    let (edges, rest) = (found as u32, found >> 32);
    let upper = (edges >> 17 | (edges & 0xFFFF) >> 1) << 16;
    let rest = if upper == 0 { widths(0) >> 32 } else { rest };
    32 - (upper | rest as u32).leading_zeros()
}

/// OR of v ⊕ 2v, v the upper halves of two numbers of eights: where a bit differs from the one below it;
/// above it, OR of v ⊕ (v ≫ 31) of the rest.
///
/// # Safety
/// From `from` to `end` lie numbers, whole eights up to `end_of_eights`.
#[unsafe(naked)]
unsafe extern "C" fn widths(from: *const i32, end_of_eights: *const i32, end: *const i32) -> u64 {
    naked_asm!(
        cpu!(),
        "push {{r4-r10, lr}}",
        "mov r12, r0",
        "mov r0, #0",
        "b 3f",
        "2:",
        "ldm r12!, {{r3-r10}}",
        "pkhtb r3, r3, r4, asr #16",
        "pkhtb r5, r5, r6, asr #16",
        "pkhtb r7, r7, r8, asr #16",
        "pkhtb r9, r9, r10, asr #16",
        "eor r3, r3, r3, lsl #1",
        "eor r5, r5, r5, lsl #1",
        "eor r7, r7, r7, lsl #1",
        "eor r9, r9, r9, lsl #1",
        "orr r3, r3, r5",
        "orr r7, r7, r9",
        "orr r0, r0, r3",
        "orr r0, r0, r7",
        "3:",
        "cmp r12, r1",
        "bne 2b",
        "mov r1, #0",
        "b 5f",
        "4:",
        "ldr r3, [r12], #4",
        "eor r3, r3, r3, asr #31",
        "orr r1, r1, r3",
        "5:",
        "cmp r12, r2",
        "bne 4b",
        "pop {{r4-r10, pc}}",
    )
}
