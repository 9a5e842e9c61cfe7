//! int4 on the cores of `mod.rs`: four rows in each half-word (layout: `kernel/layout.rs`).
//!
//! ```text
//! for each column x, and its half 4096·w₀ + 256·u₁ + 16·u₂ + u₃          u = w + 8
//!     G += (16·w₀ + u₁) · x       lb     the upper byte
//!     D += w₀ · x                 srai
//!     C += (16·u₂ + u₃) · x       lbu    the lower one
//!     L += u₃ · x                 andi
//! 256·D of the rows = D << 8, (G − 16·D) << 8, (C − L) << 4, L << 8
//! ```
//! The sums start at −8·X, 0, −136·X, −8·X with X = Σ x, which takes away what u has too much.

mod pair;

pub use pair::matvec_pair;

use super::asm::{at, begin, end, op};
use super::endings::{begin_ending, row};
use super::job::Job;
use super::loops::{columns, ending, forward, loops, next, single};
use crate::kernel::front::filled_up;
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::naked_asm;

/// Bytes of the weights of one group: a word per two columns.
const GROUP_BYTES: usize = 2 * GROUP;

/// See [`crate::kernel::portable::fours::matvec`].
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    let (groups, rest) = x.as_chunks::<GROUP>();
    let tail: [i16; GROUP] = filled_up(rest);
    let mut sum = 0i32;
    for &[a, b, c, d] in groups.iter().chain(&[tail]) {
        sum = sum.wrapping_add(a.into()).wrapping_add(b.into());
        sum = sum.wrapping_add(c.into()).wrapping_add(d.into());
    }
    let tail = (!rest.is_empty()).then_some(&tail);
    let stride = rows.block(0).map_or(0, <[u32]>::len);
    let mut job = Job::new(groups, tail, stride, GROUP_BYTES).scaled(bias_shift, scaled);
    job.starts = [sum.wrapping_mul(-8), sum.wrapping_mul(-136)];
    let count = out.len().min(rows.rows());
    // SAFETY: `rows` has a block for every four of `out`, and no row is shorter than x.
    unsafe { job.run(sums, rows.words().as_ptr().wrapping_add(BLOCK_ROWS), &mut out[..count]) }
}

/// A column of a block at pointer `$p`, whose bytes lie at `$low` and `$high`; sums G D C L. 12
/// instructions for four products.
macro_rules! column {
    ($p:literal, $low:literal, $high:literal, $g:literal, $d:literal, $c:literal, $l:literal) => {
        concat!(
            at!("lb", "a6", $high, $p),
            at!("lbu", "a7", $low, $p),
            op!("srai", "t0", "a6", "4"),
            op!("andi", "t1", "a7", "15"),
            op!("mul", "a6", "a6", "t6"),
            op!("mul", "a7", "a7", "t6"),
            op!("mul", "t0", "t0", "t6"),
            op!("mul", "t1", "t1", "t6"),
            op!("add", $g, $g, "a6"),
            op!("add", $d, $d, "t0"),
            op!("add", $c, $c, "a7"),
            op!("add", $l, $l, "t1"),
        )
    };
}

/// # Safety
///
/// As [`Job::run`] says.
#[unsafe(naked)]
unsafe extern "C" fn sums(words: *const u32, job: &mut Job) {
    loops!(
        column,
        start4 concat!(
            "lw s0, 44(ra); li s1, 0; lw s2, 48(ra); mv s3, s0\n",
            "mv s4, s0; li s5, 0; mv s6, s2; mv s7, s0\n",
            "mv s8, s0; li s9, 0; mv s10, s2; mv s11, s0\n",
            "mv t2, s0; li t3, 0; mv t4, s2; mv t5, s0"
        ),
        start1 "lw s0, 44(ra); li s1, 0; lw s2, 48(ra); mv s3, s0",
        group "8", two "16",
        columns ("0", "0", "1") ("2", "2", "3") ("4", "4", "5") ("6", "6", "7"),
        ("8", "8", "9") ("10", "10", "11") ("12", "12", "13") ("14", "14", "15")
    )
}

/// The ending of a block.
///
/// # Safety
///
/// Called by [`sums`] only.
#[unsafe(naked)]
unsafe extern "C" fn scaled() {
    naked_asm!(
        begin!(),
        begin_ending!(),
        "slli a6, s1, 4",
        "sub s0, s0, a6",
        "slli s0, s0, 8",
        "slli s1, s1, 8",
        "sub s2, s2, s3",
        "slli s2, s2, 4",
        "slli s3, s3, 8",
        row!("s1", "-32", "-16", "0"),
        row!("s0", "-28", "-12", "4"),
        row!("s2", "-24", "-8", "8"),
        row!("s3", "-20", "-4", "12"),
        "addi a4, a4, 16",
        "jr t0",
        end!(),
    )
}
