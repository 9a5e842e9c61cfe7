//! A matrix with two vectors a and b at once: each word of weights is read once.
//!
//! ```text
//! for each block of four rows                                       (layout: `layout.rs`)
//!     for each half h = 256·w + w′ of a row pair, with a, b of its column, and X = a + 2¹⁶·b
//!         P += h·X        256·Dₐ + D′ₐ + 2¹⁶·Q
//!         Q += h·b        256·D_b + D′_b
//!         R += w·X        Dₐ + 2¹⁶·D_b               all modulo 2³²; w = ⌊h/256 + ½⌋
//! ```
//! Three sums of 32 bits hold four of 24: three products and additions where one vector after the
//! other takes four of each. They come apart at the end: P − 2¹⁶·Q − 256·R is D′ₐ in its low 24
//! bits; then Dₐ follows from P, 2¹⁶·D_b from R, D′_b from Q in its low 24 bits, and D_b.

use super::asm::{at, begin, end, op};
use super::double::{Job, columns, double, inputs, row, scale, single, whole};
use crate::kernel::rows::Rows;
use core::arch::naked_asm;

/// See [`crate::kernel::portable::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let Some(x) = whole(rows, x) else { return };
    // SAFETY: these loops are those of row pairs.
    unsafe { Job::new(rows, x, bias_shifts).run(sums, rows, out) }
}

/// A column of a row pair: 9 instructions for four products, so that a group of three blocks takes
/// 237 for 96. The last product, in a5, is left to be added to R behind the next load, and
/// `$before` is R of the pair before: so no instruction waits for the load or the product in front
/// of it.
macro_rules! pair {
    ($p:literal, $w:literal, $before:literal, $sp:literal, $sq:literal) => {
        concat!(
            at!("lh", "a7", $w, $p),
            op!("add", $before, $before, "a5"),
            op!("addi", "a5", "a7", "128"),
            op!("mul", "a3", "a7", "t6"),
            op!("srai", "a5", "a5", "8"),
            op!("mul", "a7", "a7", "t5"),
            op!("add", $sp, $sp, "a3"),
            op!("mul", "a5", "a5", "t6"),
            op!("add", $sq, $sq, "a7"),
        )
    };
}

/// P, Q, R become 256·(Dₐ, D_b, D′_b), and a fourth register 256·D′ₐ.
macro_rules! separate {
    ($p:literal, $q:literal, $r:literal, $low:literal) => {
        concat!(
            op!("slli", "t2", $q, "16"),
            op!("sub", $p, $p, "t2"),
            op!("slli", "t2", $r, "8"),
            op!("sub", "t2", $p, "t2"),
            op!("slli", $low, "t2", "8"),
            op!("srai", "t2", $low, "8"),
            op!("sub", $p, $p, "t2"),
            op!("srai", "t2", $p, "8"),
            op!("sub", $r, $r, "t2"),
            op!("srai", $r, $r, "8"),
            op!("sub", $r, $q, $r),
            op!("slli", $r, $r, "8"),
            op!("srai", "t2", $r, "8"),
            op!("sub", $q, $q, "t2"),
        )
    };
}

/// # Safety
///
/// As [`Job::run`] says.
#[unsafe(naked)]
unsafe extern "C" fn sums(words: *const u32, job: &mut Job) {
    double!(
        halves pair pair, separate separate,
        start3 concat!(
            "li s0, 0; li s1, 0; li s2, 0; li s3, 0; li s4, 0; li s5, 0; li s6, 0; li s7, 0\n",
            "li s8, 0; li s9, 0; li s10, 0; li s11, 0; li t0, 0; li t1, 0; li t2, 0; li t3, 0\n",
            "li t4, 0; li ra, 0"
        ),
        start1 "li s0, 0; li s1, 0; li s2, 0; li s3, 0; li s4, 0; li s5, 0",
        group "16",
        columns ("0", "4", "0", "4") ("2", "6", "2", "6") ("8", "12", "8", "12")
        ("10", "14", "10", "14")
    )
}
