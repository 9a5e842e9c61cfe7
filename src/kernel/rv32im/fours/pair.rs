//! int4 with two vectors a and b at once; the loops are those of int8 (`double.rs`).
//!
//! ```text
//! for each byte g = 16·w + w′ of a half, with a, b of its column, and X = a + 2¹⁶·b
//!     P += g·X        16·Dₐ + D′ₐ + 2¹⁶·Q
//!     Q += g·b        16·D_b + D′_b
//!     R += w·X        Dₐ + 2¹⁶·D_b                   all modulo 2³²
//! ```
//! The lower byte is 16·u + u′, its sums what `fours/mod.rs` says. They come apart as those of
//! `rv32im/pair.rs`, but D′ has 20 bits.

use crate::kernel::rows::Rows;
use crate::kernel::rv32im::asm::{at, begin, end, op};
use crate::kernel::rv32im::double::{Job, columns, double, inputs, row, scale, single, whole};
use core::arch::naked_asm;

/// See [`crate::kernel::portable::fours::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let Some(x) = whole(rows, x) else { return };
    let mut job = Job::new(rows, x, bias_shifts);
    let (mut a, mut b) = (0i32, 0i32);
    for &[two_a, two_b] in x {
        let sum = |two: u32| i32::from(two as i16).wrapping_add(two as i32 >> 16);
        (a, b) = (a.wrapping_add(sum(two_a)), b.wrapping_add(sum(two_b)));
    }
    let both = a.wrapping_add(b << 16);
    job.starts =
        [both.wrapping_mul(-8), b.wrapping_mul(-8), both.wrapping_mul(-136), b.wrapping_mul(-136)];
    // SAFETY: these loops are those of int4.
    unsafe { job.run(sums, rows, out) }
}

/// A column of a byte: 8 instructions for four products. The last product is left as in
/// `rv32im/pair.rs`.
macro_rules! byte {
    (
        $load:literal, $shift:literal,
        $p:literal, $at:literal, $before:literal, $sp:literal, $sq:literal
    ) => {
        concat!(
            at!($load, "a7", $at, $p),
            op!("add", $before, $before, "a5"),
            op!("mul", "a3", "a7", "t6"),
            op!($shift, "a5", "a7", "4"),
            op!("mul", "a7", "a7", "t5"),
            op!("add", $sp, $sp, "a3"),
            op!("mul", "a5", "a5", "t6"),
            op!("add", $sq, $sq, "a7"),
        )
    };
}

/// The upper one, with its sign.
macro_rules! upper {
    ($($operand:literal),+) => {
        byte!("lb", "srai", $($operand),+)
    };
}

/// The lower one.
macro_rules! lower {
    ($($operand:literal),+) => {
        byte!("lbu", "srli", $($operand),+)
    };
}

/// P, Q, R become 256·(Dₐ, D_b, D′_b), and a fourth register 256·D′ₐ.
macro_rules! separate {
    ($p:literal, $q:literal, $r:literal, $low:literal) => {
        concat!(
            op!("slli", "t2", $q, "16"),
            op!("sub", $p, $p, "t2"),
            op!("slli", "t2", $r, "4"),
            op!("sub", "t2", $p, "t2"),
            op!("slli", $low, "t2", "12"),
            op!("srai", "t2", $low, "12"),
            op!("srai", $low, $low, "4"),
            op!("sub", $p, $p, "t2"),
            op!("srai", "t2", $p, "4"),
            op!("slli", $p, $p, "4"),
            op!("sub", $r, $r, "t2"),
            op!("srli", $r, $r, "12"),
            op!("sub", $r, $q, $r),
            op!("slli", $r, $r, "12"),
            op!("srai", "t2", $r, "12"),
            op!("srai", $r, $r, "4"),
            op!("sub", $q, $q, "t2"),
            op!("slli", $q, $q, "4"),
        )
    };
}

/// # Safety
///
/// As [`Job::run`] says.
#[unsafe(naked)]
unsafe extern "C" fn sums(words: *const u32, job: &mut Job) {
    double!(
        halves upper lower, separate separate,
        start3 concat!(
            "lw s0, 44(a1); lw s1, 48(a1); li s2, 0; lw s3, 52(a1); lw s4, 56(a1); mv s5, s0\n",
            "mv s6, s0; mv s7, s1; li s8, 0; mv s9, s3; mv s10, s4; mv s11, s0\n",
            "mv t0, s0; mv t1, s1; li t2, 0; mv t3, s3; mv t4, s4; mv ra, s0"
        ),
        start1 "lw s0, 44(a1); lw s1, 48(a1); li s2, 0; lw s3, 52(a1); lw s4, 56(a1); mv s5, s0",
        group "8",
        columns ("0", "4", "1", "0") ("2", "6", "3", "2") ("8", "12", "5", "4")
        ("10", "14", "7", "6")
    )
}
