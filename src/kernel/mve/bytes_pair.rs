//! Rows of bytes with two vectors at once, with Helium: each 16 weights are read once.
//!
//! ```text
//! xa, xb = the low bytes of both x, 16 of the one, 16 of the other  once, on the stack
//! for each block of four rows                                       (layout: `layout.rs`)
//!     for each 16 columns
//!         A[r], B[r] += VMLADAVA(16 bytes of row r, 16 of xa), VMLADAVA(…, 16 of xb)
//! ```
//! 14 instructions for 128 products. The rest is as in `bytes.rs`.
//!
//! | r0 r2 r4 r6 | r8 r10 r12 lr | r1 | r3 | r5 | r7 | r9 | r11 | q0, q1 | q2, q3 | q4, q5 |
//! |---|---|---|---|---|---|---|---|---|---|---|
//! | A | B | xa, xb | weights | out of b | their end | [`Job`] | out of a | weights | xa, xb | biases |

use super::bytes::{GROUP, STEPS};
use super::cpu;
use crate::kernel::rows::{BLOCK_ROWS, Rows};
use core::arch::naked_asm;
use core::mem::MaybeUninit;

/// What `run` reads, and changes.
#[repr(C)]
struct Job {
    /// −bias_shift of each vector
    bias_shifts: [u32; 2],
    /// Where fours of results of the first vector end.
    out_end: *mut i32,
    /// Of `run`: what the sums become with each block, and xa, the second of these.
    zeros: MaybeUninit<[u32; 9]>,
    /// Steps that the first round of the loop leaves out, `STEPS` for no loop at all; then where that is.
    entry: usize,
    out: [*mut i32; 2],
    /// Groups of columns.
    groups: usize,
    x: *const [u32; 2],
    /// Columns, in whole fours.
    columns: usize,
    /// Rows behind the fours.
    rest: usize,
    /// Of `run`: where they go, once they are in the dump. Null.
    rest_out: *mut i32,
    dump: MaybeUninit<[[i32; BLOCK_ROWS]; 2]>,
    /// Where the low bytes of eight pairs of columns are.
    places: [u8; GROUP],
}

/// See [`crate::kernel::portable::bytes::matvec_pair`].
pub(crate) fn matvec_pair(
    rows: &Rows<'_>,
    x: &[[u32; 2]],
    bias_shifts: [u32; 2],
    out: [&mut [i32]; 2],
) {
    let [a, b] = out;
    let fours = rows.columns().div_ceil(4);
    let Some(x) = x.get(..fours.wrapping_mul(2)) else { return };
    let count = a.len().min(b.len()).min(rows.rows());
    if count == 0 {
        return;
    }
    let groups = rows.columns().div_ceil(GROUP);
    let rest = count % BLOCK_ROWS;
    let out = [a.as_mut_ptr(), b.as_mut_ptr()];
    let mut job = Job {
        // Not `map`, which becomes a loop.
        bias_shifts: [bias_shifts[0].wrapping_neg(), bias_shifts[1].wrapping_neg()],
        out_end: out[0].wrapping_add(count.wrapping_sub(rest)),
        zeros: MaybeUninit::uninit(),
        entry: if groups == 0 { STEPS } else { groups.wrapping_neg() % STEPS },
        out,
        groups,
        x: x.as_ptr(),
        columns: fours.wrapping_mul(4),
        rest,
        rest_out: core::ptr::null_mut(),
        dump: MaybeUninit::uninit(),
        places: [0, 2, 8, 10, 16, 18, 24, 26, 32, 34, 40, 42, 48, 50, 56, 58],
    };
    // SAFETY: a matrix has a block for every four rows; both of `out` have `count` places, x has its
    // columns; all of it outlives the call.
    unsafe { run(rows.words().as_ptr(), &mut job) }
}

/// 16 columns of a row with both vectors.
macro_rules! row {
    ($a:literal, $b:literal, $w:literal) => {
        concat!(
            "vldrb.u8 ",
            $w,
            ", [r3], #16\n",
            "vmladava.s8 ",
            $a,
            ", ",
            $w,
            ", q2\n",
            "vmladava.s8 ",
            $b,
            ", ",
            $w,
            ", q3\n"
        )
    };
}

/// 16 columns of four rows with both vectors.
macro_rules! step {
    () => {
        concat!(
            "vldrb.u8 q2, [r1], #32\n",
            "vldrb.u8 q3, [r1, #-16]\n",
            row!("r0", "r8", "q0"),
            row!("r2", "r10", "q1"),
            row!("r4", "r12", "q0"),
            row!("r6", "lr", "q1"),
        )
    };
}

/// # Safety
///
/// From `words` on there are blocks, `groups` groups wide, for the rows of `out[0]..out_end`, whole
/// fours, and `rest` more, in all at least one; `out[1]` is as long. `x` has `columns`, as many as the
/// groups but for at most 12.
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
        "ldm r1, {{r0, r11, r12, lr}}", // entry, out of both, groups
        "mov r5, r12",
        // A step has 14 instructions of four bytes; in Thumb state.
        "adr.w r2, 3f + 1",
        "mov r4, #56",
        "mla r0, r0, r4, r2",
        "str r0, [r9, #36]",
        "sub r6, r7, lr, lsl #5",
        "mov sp, r6",
        "mov r4, #0",
        "vmov.i32 q0, #0",
        "vstrw.32 q0, [r9]",
        "vstrw.32 q0, [r9, #16]",
        "str r4, [r9, #32]",
        "str r6, [r9, #4]",
        "add r0, r9, #100",
        "vldrb.u8 q3, [r0]",      // places
        "ldrd r1, r2, [r9, #52]", // x, columns
        "lsr r4, r2, #4",
        "wls lr, r4, 7f",
        "6:",
        "vldrb.u8 q0, [r1, q3]",
        "add r0, r1, #4",
        "vldrb.u8 q1, [r0, q3]",
        "add r1, r1, #64",
        "vstrb.8 q0, [r6], #16",
        "vstrb.8 q1, [r6], #16",
        "le lr, 6b",
        "7:",
        "ands r2, r2, #15",
        "beq 8f",
        "add r0, r1, #4",
        "vctp.8 r2",
        "vpstt",
        "vldrbt.u8 q0, [r1, q3]",
        "vldrbt.u8 q1, [r0, q3]",
        "vstrb.8 q0, [r6], #16",
        "vstrb.8 q1, [r6], #16",
        "8:",
        "ldmdb r9, {{r0, r2, r4}}", // bias_shifts, out_end
        "cmp r11, r4",
        "beq 5f",
        "2:", // a block
        "vldrw.u32 q4, [r3], #16",
        "vmov q5, q4",
        "vrshl.s32 q4, r0",
        "vrshl.s32 q5, r2",
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
        "vshl.i32 q1, q1, #8",
        "vrmulh.s32 q0, q0, q2",
        "vrmulh.s32 q1, q1, q2",
        "vadd.i32 q0, q0, q4",
        "vadd.i32 q1, q1, q5",
        "ldmdb r9, {{r0, r2, r4}}", // bias_shifts, out_end
        "vstrw.32 q0, [r11], #16",
        "vstrw.32 q1, [r5], #16",
        "cmp r11, r4",
        "bne 2b",
        "5:", // fewer than four rows are left, or none, or they are in the dump
        "ldrd r1, r2, [r9, #60]", // rest, rest_out
        "cbnz r2, 9f",
        "cbz r1, 10f",
        "str r11, [r9, #64]",
        "str r5, [r9, #44]", // out of b
        "add r11, r9, #68",  // dump
        "add r5, r11, #16",
        "str r5, [r9, #-4]",
        "ldrd r0, r2, [r9, #-12]", // bias_shifts
        "b 2b",
        "9:",
        "ldr r5, [r9, #44]", // out of b
        "vctp.32 r1",
        "vpstt",
        "vstrwt.32 q0, [r2]",
        "vstrwt.32 q1, [r5]",
        "10:",
        "mov sp, r7",
        "add sp, sp, #4",
        "vpop {{d8-d11}}",
        "pop {{r4-r11, pc}}",
    )
}
