//! How a block ends. The loops call a routine like these with the sums of the block in s0–s3:
//!
//! | a0 | a4 | t1, t6 | ra | t0 | a5–a7 |
//! |---|---|---|---|---|---|
//! | the groups of the next block, `Job::skip` before | results | half, shift | `Job` | link | free |

use super::asm::{at, begin, end, op};
use core::arch::naked_asm;

/// A row: its sum times 256, where its multiplier, bias and result are.
macro_rules! row {
    ($sum:literal, $m:literal, $bias:literal, $out:literal) => {
        concat!(
            at!("lw", "a6", $m, "a0"),
            op!("mul", "a7", $sum, "a6"),
            op!("mulh", $sum, $sum, "a6"),
            at!("lw", "a6", $bias, "a5"),
            op!("srli", "a7", "a7", "31"), // Rounds.
            op!("add", $sum, $sum, "a7"),
            op!("add", "a6", "a6", "t1"),
            op!("sra", "a6", "a6", "t6"),
            op!("add", $sum, $sum, "a6"),
            at!("sw", $sum, $out, "a4"),
        )
    };
}

/// Skip and stride of the job: a0 at the next block, behind four multipliers and its biases, a5 at
/// this.
macro_rules! begin_ending {
    () => {
        "lw a5, 12(ra); lw a6, 16(ra); add a0, a0, a5; sub a5, a0, a6"
    };
}

/// The ending of a block with biases and multipliers.
///
/// # Safety
///
/// Called by the loops only.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn scaled() {
    naked_asm!(
        begin!(),
        begin_ending!(),
        "sub s0, s0, s1",
        "slli s1, s1, 8",
        "sub s2, s2, s3",
        "slli s3, s3, 8",
        row!("s0", "-32", "-16", "0"),
        row!("s1", "-28", "-12", "4"),
        row!("s2", "-24", "-8", "8"),
        row!("s3", "-20", "-4", "12"),
        "addi a4, a4, 16",
        "jr t0",
        end!(),
    )
}

/// The ending of a block of groups alone.
///
/// # Safety
///
/// Called by the loops only.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn plain() {
    naked_asm!(
        begin!(),
        "lw a5, 12(ra)", // skip
        "add a0, a0, a5",
        "sub s0, s0, s1",
        "srai s0, s0, 8",
        "sub s2, s2, s3",
        "srai s2, s2, 8",
        "sw s0, 0(a4); sw s1, 4(a4); sw s2, 8(a4); sw s3, 12(a4)",
        "addi a4, a4, 16",
        "jr t0",
        end!(),
    )
}

#[cfg(feature = "int4")]
pub(super) use {begin_ending, row};
