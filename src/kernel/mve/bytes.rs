//! Rows of bytes with Helium (`Layout::Bytes`): eight rows at a time, 16 products an instruction.
//!
//! ```text
//! xb = the low bytes of x, zeros behind                             once, on the stack
//! for each two blocks of four rows                                  (layout: `layout.rs`)
//!     bias[0..8] = VRSHL(next four words of both, −bias_shift)
//!     D[0..8] = 0
//!     for each 16 columns
//!         D[r] += VMLADAVA(16 bytes of row r, 16 of xb)             one load, one product, 8 times
//!     out[0..8] = VRMULH(D << 8, next four words of both) + bias
//! ```
//!
//! | r0 r2 r4 r6 | r8 r10 r12 lr | r1 | r3, r5 | r7 | r9 | r11 | q0, q1 | q2 | q4, q5 |
//! |---|---|---|---|---|---|---|---|---|---|
//! | D of one block | and of the next | xb | weights of both | xb's end | [`Job`] | out | weights | xb | biases |
//!
//! # Tricks
//!
//! * VMLADAVA sums into even registers alone, and the eight sums are all of them: pointers are odd,
//!   what else a block needs lies around [`Job::zeros`], and one LDM clears the sums.
//! * x is narrowed once, into as many bytes of the stack as there are columns: one load for 16
//!   columns, not two, and the loop knows whole groups alone.
//! * The loop takes 64 columns and is entered at one of four places. 64 columns or fewer have a kernel
//!   without a loop, `bytes_short.rs`.
//! * Results come in eights. The last, which are fewer, go to a dump of eight, and then, for they are still
//!   in their registers, to their places; a last block without a neighbour is its own.
//!
//! # What was tried
//!
//! Executed instructions a product on a Cortex-M55, emulated; bytes of `run`:
//!
//! | | 1×64×64 | 1×128×128 | 1×512×128 | bytes |
//! |---|---|---|---|---|
//! | this, and `bytes_short.rs` | .194 | .169 | .146 | 612, 316 |
//! | this for all sizes | .214 | .169 | .146 | 612 |
//! | two steps a round, not four | .219 | .173 | | 484 |
//! | eight steps | .215 | .168 | | 896 |
//!
//! The floor is .133: 17 instructions for 128 products. Four rows at a time would leave a register for
//! LE, and take 9 for 64: .145 and more. x read as it lies, by VLD20 and VLD21 in the loop, takes 18 for
//! 128; the copy, 4 for 16 columns, pays for itself from 40 rows on.

use super::eights::{biases, left_over, results};
use super::{bytes_short, cpu};
use crate::kernel::rows::{BLOCK_ROWS, Rows};
use core::arch::naked_asm;
use core::mem::MaybeUninit;

pub(crate) use super::bytes_pair::matvec_pair;

/// Columns of a group.
pub(super) const GROUP: usize = 16;
/// Groups of a round of the loop.
pub(super) const STEPS: usize = 4;
/// Rows of two blocks.
const ROWS: usize = 2 * BLOCK_ROWS;

/// What `run` reads, and changes.
#[repr(C)]
struct Job {
    /// −bias_shift
    bias_shift: u32,
    /// Bytes of a block.
    stride: usize,
    /// Where eights of results end.
    out_end: *mut i32,
    /// Of `run`: what the sums become with each block, and xb, the second of these.
    zeros: MaybeUninit<[u32; 9]>,
    /// Steps that the first round of the loop leaves out; then where that is.
    entry: usize,
    out: *mut i32,
    /// Groups of columns.
    groups: usize,
    x: *const i16,
    /// Its length.
    columns: usize,
    /// Rows behind the eights.
    rest: usize,
    /// Of `run`: where they go, once they are in the dump. Null.
    rest_out: *mut i32,
    dump: MaybeUninit<[i32; ROWS]>,
}

/// See [`crate::kernel::portable::bytes::matvec`].
pub(crate) fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    if rows.columns() <= bytes_short::COLUMNS {
        return bytes_short::matvec(rows, x, bias_shift, out);
    }
    let count = out.len().min(rows.rows());
    if count == 0 {
        return;
    }
    let groups = rows.columns().div_ceil(GROUP);
    let rest = count % ROWS;
    let out = out.as_mut_ptr();
    let mut job = Job {
        bias_shift: bias_shift.wrapping_neg(),
        stride: (groups.wrapping_mul(GROUP).wrapping_add(2 * BLOCK_ROWS)).wrapping_mul(4),
        out_end: out.wrapping_add(count.wrapping_sub(rest)),
        zeros: MaybeUninit::uninit(),
        entry: groups.wrapping_neg() % STEPS,
        out,
        groups,
        x: x.as_ptr(),
        columns: x.len(),
        rest,
        rest_out: core::ptr::null_mut(),
        dump: MaybeUninit::uninit(),
    };
    // SAFETY: a matrix has a block for every four rows; `out` has `count` places, x is no longer than
    // `groups`; all of it outlives the call.
    unsafe { run(rows.words().as_ptr(), &mut job) }
}

/// 16 columns of a row.
macro_rules! row {
    ($sum:literal, $weights:literal, $w:literal) => {
        concat!(
            "vldrb.u8 ",
            $w,
            ", [",
            $weights,
            "], #16\n",
            "vmladava.s8 ",
            $sum,
            ", ",
            $w,
            ", q2\n"
        )
    };
}

/// 16 columns of eight rows: 17 instructions for 128 products.
macro_rules! step {
    () => {
        concat!(
            "vldrb.u8 q2, [r1], #16\n",
            row!("r0", "r3", "q0"),
            row!("r8", "r5", "q1"),
            row!("r2", "r3", "q0"),
            row!("r10", "r5", "q1"),
            row!("r4", "r3", "q0"),
            row!("r12", "r5", "q1"),
            row!("r6", "r3", "q0"),
            row!("lr", "r5", "q1"),
        )
    };
}

/// # Safety
///
/// From `words` on there are blocks of `stride` bytes, `groups` groups wide, for the rows of
/// `out..out_end`, whole eights, and `rest` more, in all at least one. There is a group; `x` has `columns`,
/// at most as many as the groups.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &mut Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "vpush {{d8-d11}}",
        "sub sp, sp, #4",
        "mov r3, r0",
        "mov r7, sp",
        "add r9, r1, #12", // zeros
        "add r1, r9, #36",
        "ldm r1, {{r0, r11, r12}}", // entry, out, groups
        // A step has 17 instructions of four bytes; in Thumb state.
        "adr.w r2, 3f + 1",
        "mov r4, #68",
        "mla r0, r0, r4, r2",
        "str r0, [r9, #36]",
        "mov r4, #0",
        "lsl r12, r12, #4",
        "sub sp, sp, r12",
        "vmov.i32 q0, #0",
        "vstrw.32 q0, [r9]",
        "vstrw.32 q0, [r9, #16]",
        "str r4, [r9, #32]",
        "mov r6, sp",
        "str r6, [r9, #4]",
        "ldrd r1, r2, [r9, #48]", // x, columns
        "lsr r4, r2, #4",
        "wls lr, r4, 7f",
        "6:",
        "vld20.8 {{q0, q1}}, [r1]",
        "vld21.8 {{q0, q1}}, [r1]!",
        "vstrb.8 q0, [r6], #16",
        "le lr, 6b",
        "7:",
        "ands r2, r2, #15",
        "beq 8f",
        "mov r0, #0",
        "vidup.u8 q1, r0, #2",
        "vctp.8 r2",
        "vpst",
        "vldrbt.u8 q0, [r1, q1]",
        "vstrb.8 q0, [r6], #16",
        "8:", // columns that x does not have
        "vmov.i32 q0, #0",
        "sub r4, r7, r6",
        "wlstp.8 lr, r4, 10f",
        "9:",
        "vstrb.8 q0, [r6], #16",
        "letp lr, 9b",
        "10:",
        "ldmdb r9, {{r0, r2, r4}}", // bias_shift, stride, out_end
        "add r5, r3, r2",
        "cmp r11, r4",
        "beq 5f",
        "2:", // two blocks
        biases!(),
        "ldm r9, {{r0, r1, r2, r4, r6, r8, r10, r12, lr}}",
        "ldr pc, [r9, #36]", // entry
        ".p2align 2",
        "3:", // 64 columns
        step!(),
        step!(),
        step!(),
        step!(),
        "4:",
        "cmp r1, r7",
        "bne 3b",
        "vmov q0[2], q0[0], r0, r4",
        "vmov q0[3], q0[1], r2, r6",
        "vmov q1[2], q1[0], r8, r12",
        "vmov q1[3], q1[1], r10, lr",
        "vldrw.u32 q2, [r3], #16", // multipliers
        "vshl.i32 q0, q0, #8",
        "vldrw.u32 q3, [r5], #16",
        "vshl.i32 q1, q1, #8",
        results!(),
        "5:", // fewer than eight rows are left, or none, or they are in the dump
        left_over!("56", "60", "64"), // rest, rest_out, dump
        "mov sp, r7",
        "add sp, sp, #4",
        "vpop {{d8-d11}}",
        "pop {{r4-r11, pc}}",
    )
}
