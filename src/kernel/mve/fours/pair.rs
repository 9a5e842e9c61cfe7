//! An int4 matrix with two vectors at once, with Helium: each word of weights is read and cut once.
//!
//! The sums are those of `mod.rs`, for each vector; the vectors lie side by side, two columns of the one,
//! two of the other, and VLD20 and VLD21 take them apart: 11 instructions, loads included, for 64 products.
//! An odd step enters the loop in its middle; 4 columns that are left come from a copy with four zeros
//! behind, where the weights are multipliers.
//!
//! | r0 r2 r4 | r6 r8 r10 | r1 | r3 | r5 | r7 | r11 | lr | q0 | q1 | q2, q3 | q4, q5 | q6 | q7 |
//! |---|---|---|---|---|---|---|---|---|---|---|---|---|---|
//! | H M F of the first | of the second | x | weights | [`Job`] | tail | entry | rounds | w, f | m | x of both | biases | 0F0F… | shifts |
//!
//! Executed instructions a product, emulated: .172 in the loop, .233 at 128 columns.

use super::super::cpu;
use super::sums::{mac, odd, separate, starts, sub, twice};
use crate::kernel::front::filled_up;
use crate::kernel::rows::{GROUP, Rows};
use core::arch::naked_asm;

/// Two columns of both vectors.
type Both = [u32; 2];

/// What `run` reads.
#[repr(C)]
struct Job {
    /// What H, x, the other sums and lr become with each block.
    first: i32,
    x: *const Both,
    starts: [i32; 5],
    rounds: usize,
    /// Where the next rows go, and how many there are, at least one.
    out: [*mut i32; 2],
    rows: usize,
    /// −bias_shift of each vector
    bias_shifts: [u32; 2],
    words: *const u32,
    /// The 4 columns that are left when the loop ends, zeros behind them, or null.
    tail: *const [Both; 4],
    /// Steps of 8 columns.
    steps: usize,
}

/// See [`crate::kernel::portable::fours::matvec_pair`].
pub(crate) fn matvec_pair(
    rows: &Rows<'_>,
    x: &[[u32; 2]],
    bias_shifts: [u32; 2],
    out: [&mut [i32]; 2],
) {
    let [a, b] = out;
    let groups = rows.columns().div_ceil(GROUP);
    let Some(x) = x.get(..groups.wrapping_mul(GROUP / 2)) else { return };
    let count = a.len().min(b.len()).min(rows.rows());
    if count == 0 {
        return;
    }
    let (steps, rest) = x.as_chunks::<4>();
    let tail: [Both; 4] = filled_up(rest);
    // SAFETY: x has its groups.
    let both = unsafe { sums(x.as_ptr(), groups) };
    let [[h, m, f], [h2, m2, f2]] = [both as i32, (both >> 32) as i32].map(starts);
    let mut job = Job {
        first: h,
        x: x.as_ptr(),
        starts: [m, f, h2, m2, f2],
        rounds: steps.len().div_ceil(2),
        out: [a.as_mut_ptr(), b.as_mut_ptr()],
        rows: count,
        bias_shifts: bias_shifts.map(u32::wrapping_neg),
        words: rows.words().as_ptr(),
        tail: if rest.is_empty() { core::ptr::null() } else { &raw const tail },
        steps: steps.len(),
    };
    // SAFETY: a matrix has a block for every four rows; x has its groups, and both of `out` have
    // `count` places; all of it outlives the call.
    unsafe { run(&mut job) }
}

/// Σ x of both vectors, the first in the lower word: 4 instructions a group.
///
/// # Safety
///
/// `x` has so many groups of columns.
#[unsafe(naked)]
unsafe extern "C" fn sums(x: *const Both, groups: usize) -> u64 {
    naked_asm!(
        cpu!(),
        "push {{r7, lr}}",
        "mov r2, #0",
        "mov r12, #0",
        "vmov.i16 q2, #1",
        "vmov.i64 q1, #0x00000000FFFFFFFF",
        "vand q1, q1, q2", // Ones in the words of the first vector,
        "vbic q2, q2, q1", // of the second.
        "wls lr, r1, 3f",
        "2:",
        "vldrw.u32 q0, [r0], #16",
        mac!("r2", "q0", "q1"),
        mac!("r12", "q0", "q2"),
        "le lr, 2b",
        "3:",
        "mov r0, r2",
        "mov r1, r12",
        "pop {{r7, pc}}",
    )
}

/// 8 columns of both vectors.
macro_rules! step {
    () => {
        concat!(
            "vld20.32 {{q2, q3}}, [r1]\n",
            "vldrw.u32 q0, [r3], #16\n",
            "vld21.32 {{q2, q3}}, [r1]!\n",
            odd!("q1", "q0"),
            mac!("r0", "q0", "q2"),
            mac!("r6", "q0", "q3"),
            twice!("q0", "q1"),
            mac!("r2", "q1", "q2"),
            mac!("r8", "q1", "q3"),
            mac!("r4", "q0", "q2"),
            mac!("r10", "q0", "q3"),
        )
    };
}

/// # Safety
///
/// From `job.words` on there are blocks for `job.rows` rows, at least one, and both of `job.out` have as
/// many places. `job.x` has the columns that `steps` and `rounds`, half as many, say, `tail` the others of
/// the blocks.
#[unsafe(naked)]
unsafe extern "C" fn run(job: &mut Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "vpush {{d8-d15}}",
        "mov r5, r0",
        "vmov.i8 q6, #0x0F",
        "adr.w r0, 9f",
        "vldrw.u32 q7, [r0]",
        "add r1, r5, #52",
        "ldm r1, {{r3, r7, r11}}", // words, tail, steps
        // Where a block enters the loop: behind it, in its middle, or at its start.
        "adr.w r0, 3f",
        "adr.w r1, 4f",
        "adr.w r2, 5f",
        "tst r11, #1",
        "it ne",
        "movne r0, r1",
        "cmp r11, #0",
        "it eq",
        "moveq r0, r2",
        "orr r11, r0, #1",
        "2:", // a block
        "vldrw.u32 q4, [r3], #16",
        "ldrd r0, r2, [r5, #44]", // bias_shifts
        "vmov q5, q4",
        "vrshl.s32 q4, r0",
        "vrshl.s32 q5, r2",
        "ldm r5, {{r0, r1, r2, r4, r6, r8, r10, lr}}",
        "bx r11",
        "3:",
        step!(),
        "4:",
        step!(),
        "le lr, 3b",
        "5:",
        "cbz r7, 6f",
        "mov r1, r7",
        step!(),
        "subs r3, r3, #8", // To the multipliers.
        "6:",
        "vldrw.u32 q2, [r3], #16",
        separate!("r0", "r2", "r4", "r12"),
        separate!("r6", "r8", "r10", "lr"),
        "vmov q0[2], q0[0], r4, r0",
        "vmov q0[3], q0[1], r2, r12",
        "vmov q1[2], q1[0], r10, r6",
        "vmov q1[3], q1[1], r8, lr",
        "vshl.s32 q0, q0, q7",
        "vshl.s32 q1, q1, q7",
        "vrmulh.s32 q0, q0, q2",
        "vrmulh.s32 q1, q1, q2",
        "vadd.i32 q0, q0, q4",
        "vadd.i32 q1, q1, q5",
        "ldrd r0, r2, [r5, #32]", // out
        "ldr r4, [r5, #40]",      // rows
        "subs r4, r4, #4",
        "blt 7f",
        "vstrw.32 q0, [r0], #16",
        "vstrw.32 q1, [r2], #16",
        "strd r0, r2, [r5, #32]",
        "str r4, [r5, #40]",
        "bne 2b",
        "vpop {{d8-d15}}",
        "pop {{r4-r11, pc}}",
        "7:", // the last block, in part
        "add r4, r4, #4",
        "vctp.32 r4",
        "vpstt",
        "vstrwt.32 q0, [r0]",
        "vstrwt.32 q1, [r2]",
        "vpop {{d8-d15}}",
        "pop {{r4-r11, pc}}",
        ".p2align 2",
        "9:", // As in `mod.rs`.
        ".word -4, 0, 4, -4",
    )
}
