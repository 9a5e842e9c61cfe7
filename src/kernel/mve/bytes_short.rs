//! Rows of bytes of at most 64 columns with Helium: x stays in four registers for all rows.
//!
//! ```text
//! x = its low bytes, zeros in front                                 once, in q4…q7
//! for each block of four rows                                       (layout: `layout.rs`)
//!     D[r] = Σ VMLADAVA(16 bytes of row r, 16 of x)                 two instructions for 16 products
//!     out[0..4] = VRMULH(D << 8, next four words) + VRSHL(first four words, −bias_shift)
//! ```
//! No loop over columns: a block enters four steps at one of five places, and LE counts the blocks, so
//! that the sums take what other even registers there are. 44 instructions for 256 products.
//!
//! | r0 | r1 | r2 r4 r6 r8 | r3 | r5 | r7, r11 | r10 | r12 | lr | q0, q1 | q3 | q4–q7 |
//! |---|---|---|---|---|---|---|---|---|---|---|---|
//! | weights | out | D | −bias_shift | entry | rest | rest's out | zeros, dump | blocks | weights | biases | x |

use super::bytes::GROUP;
use super::cpu;
use crate::kernel::rows::{BLOCK_ROWS, Rows};
use core::arch::naked_asm;
use core::mem::MaybeUninit;

/// Groups of columns that the registers have.
const STEPS: usize = 4;
/// The most columns.
pub(super) const COLUMNS: usize = STEPS * GROUP;

/// What `run` reads, in that order, and where it writes.
#[repr(C)]
struct Job {
    out: *mut i32,
    /// Columns of x.
    columns: usize,
    /// −bias_shift
    bias_shift: u32,
    x: *const i16,
    /// Steps that are left out, for there are fewer groups.
    skip: usize,
    /// Whole blocks, and rows behind them.
    blocks: usize,
    rest: usize,
    /// Of `run`: x, zeros, and where results go of which only some are rows.
    x_bytes: MaybeUninit<[u8; COLUMNS]>,
    zeros: MaybeUninit<[u32; BLOCK_ROWS]>,
    dump: MaybeUninit<[i32; BLOCK_ROWS]>,
}

/// [`super::bytes::matvec`] of `count` rows, of [`COLUMNS`] at most. `x`: as long, or shorter.
pub(super) fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let count = out.len().min(rows.rows());
    let groups = rows.columns().div_ceil(GROUP);
    let mut job = Job {
        out: out.as_mut_ptr(),
        columns: x.len(),
        bias_shift: bias_shift.wrapping_neg(),
        x: x.as_ptr(),
        skip: STEPS.wrapping_sub(groups),
        blocks: count / BLOCK_ROWS,
        rest: count % BLOCK_ROWS,
        x_bytes: MaybeUninit::uninit(),
        zeros: MaybeUninit::uninit(),
        dump: MaybeUninit::uninit(),
    };
    // SAFETY: a matrix has a block for every four rows; `out` has `count` places, and x is no longer
    // than the groups, at most four; all of it outlives the call.
    unsafe { run(rows.words().as_ptr(), &mut job) }
}

/// 16 columns of a row.
macro_rules! row {
    ($sum:literal, $w:literal, $x:literal) => {
        concat!("vldrb.u8 ", $w, ", [r0], #16\nvmladava.s8 ", $sum, ", ", $w, ", ", $x, "\n")
    };
}

/// 16 columns of four rows: 8 instructions for 64 products.
macro_rules! step {
    ($x:literal) => {
        concat!(
            row!("r2", "q0", $x),
            row!("r4", "q1", $x),
            row!("r6", "q0", $x),
            row!("r8", "q1", $x),
        )
    };
}

/// # Safety
///
/// From `words` on there are `job.blocks` blocks, `4 − skip` groups wide, and one more if `job.rest` is
/// not 0; `job.out` has places for all rows. `job.x` has `columns`, at most as many as the groups.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &mut Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "vpush {{d8-d15}}",
        "mov r12, r1",
        "ldm r12!, {{r1-r7}}",
        "vmov.i32 q0, #0",
        "vstrw.32 q0, [r12]",
        "vstrw.32 q0, [r12, #16]",
        "vstrw.32 q0, [r12, #32]",
        "vstrw.32 q0, [r12, #48]",
        "vstrw.32 q0, [r12, #64]",
        "mov r11, #0",
        "mov r8, #0",
        "vidup.u8 q1, r8, #2",
        "add r8, r12, r5, lsl #4",
        "wlstp.8 lr, r2, 3f",
        "2:",
        "vldrb.u8 q0, [r4, q1]",
        "add r4, r4, #32",
        "vstrb.8 q0, [r8], #16",
        "letp lr, 2b",
        "3:",
        "vldrw.u32 q4, [r12], #16",
        "vldrw.u32 q5, [r12], #16",
        "vldrw.u32 q6, [r12], #16",
        "vldrw.u32 q7, [r12], #16",
        // A step has 8 instructions of four bytes; in Thumb state.
        "adr.w r8, 5f + 1",
        "add r5, r8, r5, lsl #5",
        "wls lr, r6, 6f",
        "4:", // a block
        "vldrw.u32 q3, [r0], #16",
        "ldm r12, {{r2, r4, r6, r8}}",
        "vrshl.s32 q3, r3",
        "bx r5",
        ".p2align 2",
        "5:",
        step!("q4"),
        step!("q5"),
        step!("q6"),
        step!("q7"),
        "vmov q0[2], q0[0], r2, r6",
        "vmov q0[3], q0[1], r4, r8",
        "vldrw.u32 q1, [r0], #16", // multipliers
        "vshl.i32 q0, q0, #8",
        "vrmulh.s32 q0, q0, q1",
        "vadd.i32 q0, q0, q3",
        "vstrw.32 q0, [r1], #16",
        "le lr, 4b",
        "6:", // A last block of fewer rows goes to the dump, and from the registers to its place.
        "cbz r7, 7f",
        "mov r10, r1",
        "mov r11, r7",
        "mov r7, #0",
        "add r1, r12, #16",
        "mov lr, #1",
        "b 4b",
        "7:",
        "vctp.32 r11",
        "vpst",
        "vstrwt.32 q0, [r10]",
        "vpop {{d8-d15}}",
        "pop {{r4-r11, pc}}",
    )
}
