//! Keys and values on their way into a cache, on the cores of `mod.rs`, four numbers in a round: see
//! [`crate::kernel::bare`], which says what these mean.
//!
//! ```text
//! cut      SMMLSR (the shift with its rounding) ─ pack ─ SSAT16 ─ −128 becomes −127: QSUB8, QADD8
//! row      columns 2i, 2i + 1 side by side:    w = b << 8 in an even row, SADD16(w, b) in an odd one
//! column   rows a, c and b, d side by side:    h = SADD16(ac << 8, bd)
//! ```
//! 5.25 instructions a number of a row, 5.5 of a column.

use super::cpu;
use super::vector::minus;
use crate::kernel::bare::stride;
use crate::kernel::rows::{BLOCK_ROWS, GROUP};
use core::arch::naked_asm;

/// See [`crate::kernel::bare::put_row`].
pub fn put_row(words: &mut [u32], columns: usize, row: usize, values: &[i32], shift: u32) {
    let stride = stride(columns);
    let start = (row / BLOCK_ROWS).wrapping_mul(stride);
    let groups = words.get_mut(start..start.wrapping_add(stride)).unwrap_or_default();
    in_fours(groups.len() / GROUP, values, |group, fours| {
        let first = groups.as_mut_ptr().wrapping_add(group.wrapping_mul(GROUP) | (row / 2 % 2));
        // SAFETY: there is a group for each four; every other word of it is of this row.
        unsafe {
            if row.is_multiple_of(2) {
                run_even_row(first, fours.as_ptr(), fours.as_ptr_range().end, minus(shift));
            } else {
                run_odd_row(first, fours.as_ptr(), fours.as_ptr_range().end, minus(shift));
            }
        }
    });
}

/// See [`crate::kernel::bare::put_column`].
pub fn put_column(words: &mut [u32], columns: usize, column: usize, values: &[i32], shift: u32) {
    let stride = stride(columns);
    let blocks = if column < stride { words.len() / stride } else { 0 };
    in_fours(blocks, values, |block, fours| {
        let first = block.wrapping_mul(stride).wrapping_add(column & !1);
        let first = words.as_mut_ptr().wrapping_add(first).cast::<i16>().wrapping_add(column & 1);
        let bytes = stride.wrapping_mul(4);
        // SAFETY: there is a block for each four, with two words of the column.
        unsafe { run_column(first, fours.as_ptr(), fours.as_ptr_range().end, minus(shift), bytes) }
    });
}

/// Calls `write` with fours of `values`, at least one, and the place of the first: those of which there
/// are `places`. What is left is filled up with zeros.
#[inline(always)]
fn in_fours(places: usize, values: &[i32], mut write: impl FnMut(usize, &[[i32; GROUP]])) {
    let (fours, rest) = values.as_chunks();
    let fours = fours.get(..places).unwrap_or(fours);
    if !fours.is_empty() {
        write(0, fours);
    }
    if !rest.is_empty() && fours.len() < places {
        let mut four = [[0; GROUP]];
        for (to, from) in four.as_flattened_mut().iter_mut().zip(rest) {
            *to = *from;
        }
        write(fours.len(), &four);
    }
}

/// Four numbers, as two bytes in r4 and two in r6; wants the multiplier of [`minus`] in r3, a zero in
/// r12 and 1 in both halves of lr.
macro_rules! cut {
    ($first_of_r4:literal, $second_of_r4:literal, $first_of_r6:literal, $second_of_r6:literal) => {
        concat!(
            "ldm r1!, {{r4-r7}}\n",
            "smmlsr r4, r4, r3, r12\n",
            "smmlsr r5, r5, r3, r12\n",
            "smmlsr r6, r6, r3, r12\n",
            "smmlsr r7, r7, r3, r12\n",
            "pkhbt r8, ",
            $first_of_r4,
            ", ",
            $second_of_r4,
            ", lsl #16\n",
            "pkhbt r6, ",
            $first_of_r6,
            ", ",
            $second_of_r6,
            ", lsl #16\n",
            "ssat16 r4, #8, r8\n",
            "ssat16 r6, #8, r6\n",
            "qsub8 r4, r4, lr\n",
            "qsub8 r6, r6, lr\n",
            "qadd8 r4, r4, lr\n",
            "qadd8 r6, r6, lr\n",
        )
    };
}

/// A row, four numbers a turn: `merge` makes words of r4 and r6.
macro_rules! row {
    ($merge:expr) => {
        concat!(
            "push {{r4-r8, lr}}\n",
            "mov r12, #0\n",
            "mov lr, #0x00010001\n",
            "2:\n",
            cut!("r4", "r5", "r6", "r7"),
            $merge,
            "str r4, [r0], #8\n",
            "str r6, [r0], #8\n",
            "cmp r1, r2\n",
            "bne 2b\n",
            "pop {{r4-r8, pc}}\n",
        )
    };
}

/// # Safety
///
/// From `values` up to `end` lie fours, at least one, and from `to` on two words for each, every other
/// one.
#[unsafe(naked)]
unsafe extern "C" fn run_even_row(
    to: *mut u32,
    values: *const [i32; 4],
    end: *const [i32; 4],
    minus: i32,
) {
    naked_asm!(
        cpu!(),
        row!(concat!(
            "lsl r4, r4, #8\n",
            "lsl r6, r6, #8\n",
            "bic r4, r4, #0x00FF0000\n",
            "bic r6, r6, #0x00FF0000\n",
        )),
    )
}

/// # Safety
///
/// As [`run_even_row`].
#[unsafe(naked)]
unsafe extern "C" fn run_odd_row(
    to: *mut u32,
    values: *const [i32; 4],
    end: *const [i32; 4],
    minus: i32,
) {
    naked_asm!(
        cpu!(),
        row!(concat!(
            "ldr r5, [r0]\n",
            "ldr r7, [r0, #8]\n",
            "sadd16 r4, r4, r5\n",
            "sadd16 r6, r6, r7\n",
        )),
    )
}

/// # Safety
///
/// From `values` up to `end` lie fours, at least one, and for each a half at `to`, and one 4 bytes
/// behind, and so every `stride` bytes.
#[unsafe(naked)]
unsafe extern "C" fn run_column(
    to: *mut i16,
    values: *const [i32; 4],
    end: *const [i32; 4],
    minus: i32,
    stride: usize,
) {
    naked_asm!(
        cpu!(),
        "push {{r4-r9, lr}}",
        "ldr r9, [sp, #28]",
        "mov r12, #0",
        "mov lr, #0x00010001",
        "2:",
        cut!("r4", "r6", "r5", "r7"),
        "lsl r4, r4, #8",
        "bic r4, r4, #0x00FF0000",
        "sadd16 r4, r4, r6",
        "lsr r7, r4, #16",
        "strh r4, [r0]",
        "strh r7, [r0, #4]",
        "add r0, r0, r9",
        "cmp r1, r2",
        "bne 2b",
        "pop {{r4-r9, pc}}",
    )
}
