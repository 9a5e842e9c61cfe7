//! int4: four rows in each half-word, one stream.
//!
//! ```text
//! half = 4096·w₀ + 256·u₁ + 16·u₂ + u₃, u = w + 8                 (layout: `kernel/layout.rs`)
//! P₀ = −2184·X    P₁ = −136·X    P₂ = −8·X    P₃ = 0              X = Σ x, once for all blocks
//! for each column
//!     P₀ += half·x    P₁ += (half >> 4)·x    P₂ += (half >> 8)·x    P₃ += (half >> 12)·x
//! D = P₃, P₂ − 16·P₃, P₁ − 16·P₂, P₀ − 16·P₁
//! ```
//! Where the sums start takes away what u has too much. Every digit but the first is positive, so that a
//! shift cuts exactly. The four factors of a column are four instructions, of which three copy: 12 for
//! 4 products, as with int8, and half as many words to load.
//!
//! Registers and blocks are as in `mod.rs`: r8–r11 are P₀–P₃.

use super::ops::{add_shifted, mac, op, scale};
use super::product::{Matrix, Vector, Weights};
use super::run::{Job, two_results};
use crate::kernel::front::sums_of_both;
use crate::kernel::rows::{GROUP, Rows};
use core::arch::naked_asm;

/// See [`crate::kernel::portable::fours::matvec`].
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    let count = out.len().min(rows.rows());
    let mut tail = [0; GROUP];
    let vector = Vector::of(x, &mut tail);
    let sum_x = x.iter().fold(0i32, |sum, &x| sum.wrapping_add(x.into()));
    Matrix::of(rows, bias_shift, Weights::Fours(sum_x)).product(&vector, &mut out[..count]);
}

/// See [`crate::kernel::portable::fours::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let groups = rows.columns().div_ceil(GROUP);
    let Some(x) = x.get(..groups.wrapping_mul(GROUP / 2)) else { return };
    let sums = (0..).zip(sums_of_both(x));
    for (((which, sum_x), out), bias_shift) in sums.zip(out).zip(bias_shifts) {
        let count = out.len().min(rows.rows());
        let vector = Vector::of_two(x, which);
        Matrix::of(rows, bias_shift, Weights::Fours(sum_x)).product(&vector, &mut out[..count]);
    }
}

/// Where the sums of a block start, for an X.
pub(super) const fn starts(sum_x: i32) -> [i32; 4] {
    [sum_x.wrapping_mul(-2184), sum_x.wrapping_mul(-136), sum_x.wrapping_mul(-8), 0]
}

/// P₃, P₂ and P₁ of a column, whose digits start behind so many bits.
macro_rules! column {
    ($w:literal, $x:literal, $first:literal, $second:literal, $third:literal) => {
        concat!(
            op!("asrs", "r7", $w, $first),
            mac!("r11", "r7", $x),
            op!("asrs", "r7", $w, $second),
            mac!("r10", "r7", $x),
            op!("asrs", "r7", $w, $third),
            mac!("r9", "r7", $x),
        )
    };
}

/// Two columns of a block: a word, which is lost, with x in r2 and r3. 24 instructions for 8 products.
macro_rules! word {
    ($w:literal) => {
        concat!(
            column!($w, "r3", "#28", "#24", "#20"),
            op!("asrs", "r7", $w, "#16"),
            mac!("r8", "r7", "r3"),
            op!("sxth", $w, $w),
            column!($w, "r2", "#12", "#8", "#4"),
            mac!("r8", $w, "r2"),
        )
    };
}

/// Four columns.
macro_rules! group {
    () => {
        concat!(
            "ldm r1!, {{r2, r3}}\n",
            "ldm r0!, {{r4, r5}}\n",
            word!("r4"),
            "ldm r1!, {{r2, r3}}\n",
            word!("r5"),
        )
    };
}

/// # Safety
///
/// As for [`super::run::run`], with groups of two words, and results that are scaled.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn run(words: *const u32, job: &Job, starts: &[i32; 4]) {
    naked_asm!(
        "push {{r4-r7, lr}}",
        "mov r4, r8",
        "mov r5, r9",
        "mov r6, r10",
        "mov r7, r11",
        "push {{r4-r7}}",
        "ldm r2!, {{r4-r7}}",
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
        group!(),
        ".p2align 2",
        "4:",
        "cmp r1, r12",
        "beq 6f",
        "5:", // 8 columns
        group!(),
        group!(),
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
        "mov r2, r11",
        "mov r3, r10",
        "lsls r4, r2, #4",
        "subs r3, r3, r4",
        "lsls r2, r2, #8",
        "lsls r3, r3, #8",
        two_results!("[r0, #2]", "[r0, #6]"),
        "mov r2, r9",
        "mov r3, r10",
        "lsls r3, r3, #4",
        "lsls r4, r2, #4",
        "subs r2, r2, r3",
        "mov r3, r8",
        "subs r3, r3, r4",
        "lsls r2, r2, #8",
        "lsls r3, r3, #8",
        two_results!("[r0, #10]", "[r0, #14]"),
        "9:",
        "adds r0, #16",
        "str r0, [sp, #20]",
        "str r6, [sp, #16]",
        "cmp r6, lr",
        "beq 30f",
        "8:",               // a block
        "ldr r2, [sp, #8]", // lead
        "adds r0, r0, r2",
        "add r1, sp, #32", // starts
        "ldm r1!, {{r2-r5}}",
        "mov r8, r2",
        "mov r9, r3",
        "mov r10, r4",
        "mov r11, r5",
        "ldr r1, [sp]",     // x
        "ldr r2, [sp, #4]", // entry
        "mov pc, r2",
        "20:",               // a part of the columns
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
        "lsrs r7, r7, #1",
        "bcc 7b",
        "mov r2, r8",
        "mov r3, r9",
        "mov r4, r10",
        "mov r5, r11",
        "stm r6!, {{r2-r5}}",
        "b 9b",
        "30:",
        "add sp, #48",
        "pop {{r4-r7}}",
        "mov r8, r4",
        "mov r9, r5",
        "mov r10, r6",
        "mov r11, r7",
        "pop {{r4-r7, pc}}",
    )
}
