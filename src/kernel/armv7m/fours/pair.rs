//! An int4 matrix with two vectors at once: each word of weights is read and unpacked once.
//!
//! The sums are those of `mod.rs`, for each vector; the vectors lie side by side, two columns of the one,
//! two of the other, and block, loop and entry are as in `armv7m/pair.rs`: 19 instructions, loads included,
//! for 16 products.
//!
//! | r0 | r1 | r2 | r3 | r4, r5 | r6–r9 | r10–r12, lr | stack |
//! |---|---|---|---|---|---|---|---|
//! | weights | x | a word | v | both x | A B of the first | of the second | 4 biases of each, then [`Job`] |
//!
//! Executed instructions a product, emulated: 1.19 in the loop, 1.35 at 128 columns. With the feature
//! `cortex-m3`: 1.81, and 1.96.

use super::super::frame::{biases_of_two, enter, results_of_two, rounds_of_two, row};
use super::super::pair::STEPS;
use super::super::sums::finish;
use super::super::{entry, half};
use super::kind::*;
use crate::kernel::blocks::{Places, in_blocks_of_two};
use crate::kernel::front::sums_of_both;
use crate::kernel::rows::{GROUP, Rows};
use core::arch::naked_asm;

/// What `run` keeps on its stack, in that order, behind the biases of a block; all but `starts` as in
/// `armv7m/pair.rs`.
#[repr(C)]
struct Job {
    out: [*mut i32; 2],
    out_end: *mut i32,
    x: *const [u32; 2],
    loop_end: *const [u32; 2],
    bias: [[u32; 2]; 2],
    entry: usize,
    starts: [[u32; 4]; 2],
}

/// See [`crate::kernel::portable::fours::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let [a, b] = out;
    let groups = rows.columns().div_ceil(GROUP);
    let Some(x) = x.get(..groups.wrapping_mul(GROUP / 2)) else { return };
    let [first, second] = sums_of_both(x);
    let count = a.len().min(b.len()).min(rows.rows());
    let range = x.as_ptr_range();
    let mut job = Job {
        out: [core::ptr::null_mut(); 2],
        out_end: core::ptr::null_mut(),
        x: range.start,
        loop_end: range.end,
        bias: bias_shifts.map(|shift| [half(shift), shift & 31]),
        entry: entry::<STEPS>(groups),
        starts: [starts(first), starts(second)],
    };
    let out = [&mut a[..count], &mut b[..count]];
    in_blocks_of_two(rows.words(), rows.stride(), out, |words, out| blocks(words, out, &mut job));
}

/// As many blocks from the start of `words` as both of `out` have, at least one.
fn blocks(words: &[u32], out: [&mut Places; 2], job: &mut Job) {
    let [a, b] = out;
    let range = a.as_mut_ptr_range();
    (job.out, job.out_end) = ([range.start.cast(), b.as_mut_ptr().cast()], range.end.cast());
    // SAFETY: `matvec_pair` made `job` for a matrix of which `words` are whole blocks, at least one
    // for each element of the two halves of `out`, which are equally long; x and out outlive the
    // call.
    unsafe { run(words.as_ptr(), job) }
}

/// A group.
macro_rules! step {
    () => {
        concat!(columns_of_both!(), columns_of_both!())
    };
}

/// # Safety
///
/// As `run` of `armv7m/pair.rs`, for blocks of this layout; `job.x` and `job.loop_end` are where the columns
/// are.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        "push {{r4-r11, lr}}",
        "add r12, r1, #40",
        "ldm r12, {{r2-r9}}",
        "push {{r2-r9}}",
        "ldm r1, {{r2-r11}}",
        enter!("r11", "4f", "1"),
        "push {{r2-r11}}",
        "sub sp, sp, #32",
        "2:", // a block
        biases_of_two!(),
        "add r2, sp, #72", // starts
        "ldm r2, {{r6-r12, lr}}",
        rounds_of_two!(),
        separate!("r6", "r7", "r8", "r9"),
        separate!("r10", "r11", "r12", "lr"),
        results_of_two!(["r9", "r7", "r8", "r6"], ["lr", "r11", "r12", "r10"]),
        "add sp, sp, #104",
        "pop {{r4-r11, pc}}",
    )
}
