//! Keys and values on their way into a cache, with Helium: see [`crate::kernel::bare`], which says what
//! these mean.
//!
//! ```text
//! row      eight columns: four words, every other one of the block      w = b << 8, or w + b
//! column   two blocks: two words of each, a half of every word          h = (a << 8) + b
//! ```
//! The words are scattered, and gathered where a half is added to. One number takes .75 to 1.1
//! instructions; predicates take what is left over.

use super::cpu;
use crate::kernel::bare::{in_parts, stride};
use crate::kernel::rows::{BLOCK_ROWS, GROUP};
use core::arch::naked_asm;

/// See [`crate::kernel::bare::put_row`].
pub fn put_row(words: &mut [u32], columns: usize, row: usize, values: &[i32], shift: u32) {
    in_parts(values, shift, |first, part| put_row_part(words, columns, (row, first), part));
}

/// See [`crate::kernel::bare::put_column`].
pub fn put_column(words: &mut [u32], columns: usize, column: usize, values: &[i32], shift: u32) {
    in_parts(values, shift, |first, part| put_column_part(words, columns, (first, column), part));
}

/// Part of a row, from the column `first` on, of 8 bits each.
fn put_row_part(
    words: &mut [u32],
    columns: usize,
    (row, first): (usize, usize),
    values: &[[i16; GROUP]],
) {
    let start = (row / BLOCK_ROWS).wrapping_mul(stride(columns)).wrapping_add(first);
    let words = words.get_mut(start..).unwrap_or_default();
    let count = (words.len() / GROUP).min(values.len()).wrapping_mul(2);
    let to = words.as_mut_ptr().wrapping_add(row / 2 % 2);
    // SAFETY: half of the words of `count / 2` groups, which are there, are of this row.
    unsafe {
        if row.is_multiple_of(2) {
            run_even_row(to, values.as_ptr().cast(), count);
        } else {
            run_odd_row(to, values.as_ptr().cast(), count);
        }
    }
}

/// Part of a column, from the row `first` on, of 8 bits each.
fn put_column_part(
    words: &mut [u32],
    columns: usize,
    (first, column): (usize, usize),
    values: &[[i16; BLOCK_ROWS]],
) {
    let stride = stride(columns);
    let start = (first / BLOCK_ROWS).wrapping_mul(stride).wrapping_add(column & !1);
    let words = words.get_mut(start..).unwrap_or_default();
    // Blocks that begin two words or more before the end.
    let blocks = words.len().wrapping_sub(2).checked_div(stride).unwrap_or(0).wrapping_add(1);
    let blocks = if words.len() < 2 { 0 } else { blocks.min(values.len()) };
    let to = words.as_mut_ptr().cast::<i16>().wrapping_add(column & 1);
    // SAFETY: the first two words of each of the blocks are there.
    unsafe {
        run_column(to, values.as_ptr().cast(), blocks.wrapping_mul(2), stride.wrapping_mul(4));
    }
}

/// # Safety
///
/// `values`: two for each of `words`, which are every other one from `to` on.
#[unsafe(naked)]
unsafe extern "C" fn run_even_row(to: *mut u32, values: *const i16, words: usize) {
    naked_asm!(
        cpu!(),
        "push {{r7, lr}}",
        "mov r12, #0",
        "vidup.u32 q2, r12, #8",
        "vmvn.i16 q3, #126", // −127
        "wlstp.32 lr, r2, 3f",
        "2:",
        "vldrh.u16 q0, [r1], #16",
        "vmax.s16 q0, q0, q3",
        "vshl.i16 q0, q0, #8",
        "vstrw.32 q0, [r0, q2]",
        "add r0, r0, #32",
        "letp lr, 2b",
        "3:",
        "pop {{r7, pc}}",
    )
}

/// # Safety
///
/// As [`run_even_row`].
#[unsafe(naked)]
unsafe extern "C" fn run_odd_row(to: *mut u32, values: *const i16, words: usize) {
    naked_asm!(
        cpu!(),
        "push {{r7, lr}}",
        "mov r12, #0",
        "vidup.u32 q2, r12, #8",
        "vmvn.i16 q3, #126", // −127
        "wlstp.32 lr, r2, 3f",
        "2:",
        "vldrh.u16 q0, [r1], #16",
        "vldrw.u32 q1, [r0, q2]",
        "vmax.s16 q0, q0, q3",
        "vadd.i16 q0, q0, q1",
        "vstrw.32 q0, [r0, q2]",
        "add r0, r0, #32",
        "letp lr, 2b",
        "3:",
        "pop {{r7, pc}}",
    )
}

/// # Safety
///
/// `values`: two for each of the halves, of which two lie 4 bytes apart at `to`, and every `stride` bytes
/// behind.
#[unsafe(naked)]
unsafe extern "C" fn run_column(to: *mut i16, values: *const i16, halves: usize, stride: usize) {
    naked_asm!(
        cpu!(),
        "push {{r7, lr}}",
        "mov r12, #0",
        "vmov q2[2], q2[0], r12, r3",
        "mov r12, #4",
        "add lr, r3, #4",
        "vmov q2[3], q2[1], r12, lr",
        "vmvn.i16 q3, #126", // −127
        "wlstp.32 lr, r2, 3f",
        "2:",
        "vldrh.u16 q0, [r1], #16",
        "vmax.s16 q0, q0, q3",
        "vshr.s32 q1, q0, #16",
        "vshl.i32 q0, q0, #8",
        "vadd.i32 q0, q0, q1",
        "vstrh.32 q0, [r0, q2]",
        "add r0, r0, r3, lsl #1",
        "letp lr, 2b",
        "3:",
        "pop {{r7, pc}}",
    )
}
