//! The loops over row pairs. Eight columns of four blocks take 398 instructions for 128 products,
//! four of a single block 55 for 16.

use super::asm::{at, begin, end, op};
use super::job::Job;
use super::loops::{columns, ending, forward, loops, next, single};
use crate::kernel::rows::GROUP;
use core::arch::naked_asm;

/// Bytes of the weights of one group: a word per two rows and two columns.
pub(super) const GROUP_BYTES: usize = 4 * GROUP;

/// A column of a block at pointer `$p`, whose words lie at `$w01` and `$w23`; sums A₀ L₀ A₁ L₁. 12
/// instructions for four products.
macro_rules! column {
    (
        $p:literal, $w01:literal, $w23:literal, $a0:literal, $l0:literal, $a1:literal, $l1:literal
    ) => {
        concat!(
            at!("lh", "a6", $w01, $p),
            at!("lb", "a7", $w01, $p),
            at!("lh", "t0", $w23, $p),
            at!("lb", "t1", $w23, $p),
            op!("mul", "a6", "a6", "t6"),
            op!("mul", "a7", "a7", "t6"),
            op!("mul", "t0", "t0", "t6"),
            op!("mul", "t1", "t1", "t6"),
            op!("add", $a0, $a0, "a6"),
            op!("add", $l0, $l0, "a7"),
            op!("add", $a1, $a1, "t0"),
            op!("add", $l1, $l1, "t1"),
        )
    };
}

/// # Safety
///
/// As [`Job::run`] says.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn sums(words: *const u32, job: &mut Job) {
    loops!(
        column,
        start4 concat!(
            "li s0, 0; li s1, 0; li s2, 0; li s3, 0; li s4, 0; li s5, 0; li s6, 0; li s7, 0\n",
            "li s8, 0; li s9, 0; li s10, 0; li s11, 0; li t2, 0; li t3, 0; li t4, 0; li t5, 0"
        ),
        start1 "li s0, 0; li s1, 0; li s2, 0; li s3, 0",
        group "16", two "32",
        columns ("0", "0", "4") ("2", "2", "6") ("4", "8", "12") ("6", "10", "14"),
        ("8", "16", "20") ("10", "18", "22") ("12", "24", "28") ("14", "26", "30")
    )
}
