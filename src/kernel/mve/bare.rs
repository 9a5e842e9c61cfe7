//! Keys and values with Helium: the products of `matvec.rs` over blocks that are groups alone, four rows at
//! a time.
//!
//! A round takes 16 columns, 19 instructions for 64 products, then 8 columns come in 9, and 4 in 7. A
//! block costs 15 more.

use super::{GROUP_BYTES, cpu};
use crate::kernel::bare::{holds, stride};
use crate::kernel::rows::GROUP;
use core::arch::naked_asm;

/// Groups of a round of the loop.
const ROUND: usize = 4;

/// What `run` reads.
#[repr(C)]
struct Job {
    /// Reset for each block, with the sums.
    x: *const i16,
    zeros: [u32; 4],
    out: *mut i32,
    /// Rounds of the loop; whether 8 columns are left then, and 4.
    rounds: usize,
    eight: usize,
    four: usize,
    /// Rows to be made, at least one.
    rows: usize,
    /// Bytes of a block behind the last group that x reaches.
    skip: usize,
    /// The last four columns, if they are left: two words, each with a zero behind it.
    last: [u32; 4],
}

/// See [`crate::kernel::portable::dots`].
pub fn dots(words: &[u32], columns: usize, x: &[[i16; GROUP]], out: &mut [i32]) {
    let (stride, groups) = (stride(columns), x.len());
    if out.is_empty() || !holds(words.len(), columns, out.len(), groups) {
        return;
    }
    let word = |low: i16, high: i16| u32::from(low as u16) | u32::from(high as u16) << 16;
    let &[a, b, c, d] = x.last().unwrap_or(&[0; GROUP]);
    let job = Job {
        x: x.as_ptr().cast(),
        zeros: [0; 4],
        out: out.as_mut_ptr(),
        rounds: groups / ROUND,
        eight: groups & 2,
        four: groups & 1,
        rows: out.len(),
        skip: (stride / GROUP).wrapping_sub(groups).wrapping_mul(GROUP_BYTES),
        last: [word(a, b), 0, word(c, d), 0],
    };
    // SAFETY: there is a block for every four places of `out`, at least one, and x is no longer than
    // a block; all of it outlives the call.
    unsafe { run(words.as_ptr(), &job) }
}

/// 8 columns: 9 instructions for 32 products, as in `matvec.rs`.
macro_rules! step {
    () => {
        concat!(
            "vldrh.u16 q2, [r1], #16\n",
            "vld20.32 {{q0, q1}}, [r0]\n",
            "vld21.32 {{q0, q1}}, [r0]!\n",
            "vmladava.s16 r4, q0, q2\n",
            "vshl.i16 q0, q0, #8\n",
            "vmladava.s16 r8, q1, q2\n",
            "vshl.i16 q1, q1, #8\n",
            "vmladava.s16 r6, q0, q2\n",
            "vmladava.s16 r10, q1, q2\n",
        )
    };
}

/// # Safety
///
/// From `words` on there are blocks for `job.rows` rows, at least one, and `job.out` has as many
/// places. `job.x` has the columns that `rounds`, `eight` and `four` say, at most those of a block.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "mov r9, r1",
        "add r1, r1, #20",
        "ldm r1!, {{r2, r3, r5, r7, r11, r12}}", // out, rounds, eight, four, rows, skip
        "vldrw.u32 q3, [r1]",                    // last
        "2:",                                    // a block
        "ldm r9, {{r1, r4, r6, r8, r10}}",
        "wls lr, r3, 4f",
        "3:",
        step!(),
        step!(),
        "le lr, 3b",
        "4:",
        "cbz r5, 5f",
        step!(),
        "5:",
        "cbz r7, 6f",
        "vldrw.u32 q0, [r0], #16", // Columns c, c+1 of both row pairs, then c+2, c+3.
        "vrev64.32 q1, q3",
        "vmladava.s16 r4, q0, q3",
        "vmladava.s16 r8, q0, q1",
        "vshl.i16 q0, q0, #8",
        "vmladava.s16 r6, q0, q3",
        "vmladava.s16 r10, q0, q1",
        "6:",
        "add r0, r0, r12",
        "sub r4, r4, r6, asr #8",
        "sub r8, r8, r10, asr #8",
        "vmov q0[2], q0[0], r4, r8",
        "vmov q0[3], q0[1], r6, r10",
        "vshr.s32 q0, q0, #8",
        "subs r11, r11, #4",
        "blt 7f",
        "vstrw.32 q0, [r2], #16",
        "bne 2b",
        "pop {{r4-r11, pc}}",
        "7:", // the last block, in part
        "add r11, r11, #4",
        "vctp.32 r11",
        "vpst",
        "vstrwt.32 q0, [r2]",
        "pop {{r4-r11, pc}}",
    )
}
