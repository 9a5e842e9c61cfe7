//! A matrix with two vectors at once, on the cores of `mod.rs`: each word of weights is read and
//! unpacked once.
//!
//! ```text
//! for each block of four rows                                       (layout: `layout.rs`)
//!     for each half h of row pair p, and a column of both x
//!         Aₚ, Bₚ += (h + (h << 24)) · xₐ, (h + (h << 24)) · x_b     64 bits each, as in `mod.rs`
//! ```
//! The vectors lie side by side, two columns of the one, two of the other: 22 instructions, loads
//! included, for 16 products. Where a block starts and ends, and how the loop is entered in its
//! middle, is as there.
//!
//! | r0 | r1 | r2, r3 | r4 | r5 | r6–r9 | r10–r12, lr | stack |
//! |---|---|---|---|---|---|---|---|
//! | weights | x of b | two words | h + (h << 24), or x | x | A₀ A₁ | B₀ B₁ | 4 biases of each, then [`Job`] |
//!
//! No register is left for the second x of a lower half: one of four comes again.
//!
//! Executed instructions a product, emulated: 1.38 in the loop, 1.53 at 128 columns. Four groups a
//! round, not two, would take 1.51, and 320 bytes more.

use super::frame::{biases_of_two, enter, results_of_two, rounds_of_two, row};
use super::kind::*;
use super::sums::finish;
use super::{entry, half};
use crate::kernel::blocks::{Places, in_blocks_of_two};
use crate::kernel::rows::Rows;
use core::arch::naked_asm;

/// Groups that a round of the loop takes.
pub(super) const STEPS: usize = 2;

/// What `run` keeps on its stack, in that order, behind the biases of a block.
#[repr(C)]
struct Job {
    /// Where four results of each vector go, the first up to `out_end`.
    out: [*mut i32; 2],
    out_end: *mut i32,
    /// Four bytes in front of x, whose first number of b this makes the next to read.
    x: *const u8,
    loop_end: *const u8,
    /// Of each vector, as in `mod.rs`.
    bias: [[u32; 2]; 2],
    /// As in `mod.rs`.
    entry: usize,
}

/// See [`crate::kernel::portable::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let [a, b] = out;
    let words = rows.columns().div_ceil(4).wrapping_mul(2);
    let Some(x) = x.get(..words) else { return };
    let count = a.len().min(b.len()).min(rows.rows());
    let range = x.as_ptr_range();
    let mut job = Job {
        out: [core::ptr::null_mut(); 2],
        out_end: core::ptr::null_mut(),
        x: range.start.cast::<u8>().wrapping_sub(4),
        loop_end: range.end.cast::<u8>().wrapping_sub(4),
        bias: bias_shifts.map(|shift| [half(shift), shift & 31]),
        entry: entry::<STEPS>(words / 2),
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
/// From `words` on there are as many whole blocks as `job.out[0]..job.out_end` has places for four
/// results, at least one, and `job.out[1]` has as many places. From `job.x` to `job.loop_end`, both
/// four bytes on, lie the columns of whole groups.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        "push {{r4-r11, lr}}",
        "ldm r1, {{r2-r11}}",
        enter!("r11", "4f", "1"),
        "push {{r2-r11}}",
        "sub sp, sp, #32",
        "2:", // a block
        biases_of_two!(),
        "mov r6, #0",
        "mov r7, #0",
        "mov r8, #0",
        "mov r9, #0",
        "mov r10, #0",
        "mov r11, #0",
        "mov r12, #0",
        "mov lr, #0",
        rounds_of_two!(),
        split!("r6", "r7", "r2", "r3", "r4"),
        "lsl r7, r7, #8",
        split!("r8", "r9", "r2", "r3", "r4"),
        "lsl r9, r9, #8",
        split!("r10", "r11", "r2", "r3", "r4"),
        "lsl r11, r11, #8",
        split!("r12", "lr", "r2", "r3", "r4"),
        "lsl lr, lr, #8",
        results_of_two!(["r6", "r7", "r8", "r9"], ["r10", "r11", "r12", "lr"]),
        "add sp, sp, #72",
        "pop {{r4-r11, pc}}",
    )
}
