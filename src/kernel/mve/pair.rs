//! A matrix with two vectors at once, with Helium: each word of weights is read once.
//!
//! ```text
//! for each block of four rows                                       (layout: `layout.rs`)
//!     for each 8 columns of both x
//!         w₀, w₁ = VLD20, VLD21(next 8 words)                       8 halves of each row pair
//!         xₐ, x_b = VLD20, VLD21(next 8 words of x)
//!         Aₚ, Bₚ += VMLADAVA(wₚ, xₐ), VMLADAVA(wₚ, x_b)             256·D + D′, modulo 2³²
//!         lₚ, mₚ += VMLADAVA(wₚ << 8, xₐ), VMLADAVA(wₚ << 8, x_b)   256·D′
//! ```
//! The vectors lie side by side, two columns of the one, two of the other: 14 instructions, loads
//! included, for 64 products. VMLADAVA sums into even registers alone, and these are all of them, so
//! the loop ends in a comparison. An odd step enters it in its middle; 4 columns that are left are
//! loaded as they lie, and predicates pick the words that belong together.
//!
//! | r0 r2 r4 r6 | r8 r10 r12 lr | r1 | r3 | r5 | r7 | r9 | r11 | q0, q1 | q2, q3 | q4, q5 |
//! |---|---|---|---|---|---|---|---|---|---|---|
//! | A₀ l₀ A₁ l₁ | B₀ m₀ B₁ m₁ | x | weights | [`Job`] | four | loop's end | entry | w₀, w₁ | xₐ, x_b | biases |

use super::cpu;
use crate::kernel::rows::{GROUP, Rows};
use core::arch::naked_asm;

/// What `run` reads.
#[repr(C)]
struct Job {
    /// Reset for each block, with the sums around it.
    zero: u32,
    x: *const [u32; 2],
    zeros: [u32; 7],
    /// Where the next rows go, and how many there are, at least one.
    out: [*mut i32; 2],
    rows: usize,
    /// −bias_shift of each vector
    bias_shifts: [u32; 2],
    words: *const u32,
    /// Whether 4 columns are left when the loop ends.
    four: usize,
    /// Where x stands then.
    loop_end: *const [u32; 2],
    /// Steps of 8 columns.
    steps: usize,
}

/// See [`crate::kernel::portable::matvec_pair`].
pub(crate) fn matvec_pair(
    rows: &Rows<'_>,
    x: &[[u32; 2]],
    bias_shifts: [u32; 2],
    out: [&mut [i32]; 2],
) {
    let [a, b] = out;
    let groups = rows.columns().div_ceil(GROUP);
    let Some(x) = x.get(..groups.wrapping_mul(2)) else { return };
    let count = a.len().min(b.len()).min(rows.rows());
    if count == 0 {
        return;
    }
    let steps = groups / 2;
    let mut job = Job {
        zero: 0,
        x: x.as_ptr(),
        zeros: [0; 7],
        out: [a.as_mut_ptr(), b.as_mut_ptr()],
        rows: count,
        bias_shifts: bias_shifts.map(u32::wrapping_neg),
        words: rows.words().as_ptr(),
        four: groups & 1,
        loop_end: x.as_ptr().wrapping_add(steps.wrapping_mul(4)),
        steps,
    };
    // SAFETY: a matrix has a block for every four rows; x has its groups, and both of `out` have
    // `count` places; all of it outlives the call.
    unsafe { run(&mut job) }
}

/// 8 columns of both vectors.
macro_rules! step {
    () => {
        concat!(
            "vld20.32 {{q0, q1}}, [r3]\n",
            "vld21.32 {{q0, q1}}, [r3]!\n",
            "vld20.32 {{q2, q3}}, [r1]\n",
            "vld21.32 {{q2, q3}}, [r1]!\n",
            "vmladava.s16 r0, q0, q2\n",
            "vmladava.s16 r8, q0, q3\n",
            "vshl.i16 q0, q0, #8\n",
            "vmladava.s16 r4, q1, q2\n",
            "vmladava.s16 r12, q1, q3\n",
            "vshl.i16 q1, q1, #8\n",
            "vmladava.s16 r2, q0, q2\n",
            "vmladava.s16 r10, q0, q3\n",
            "vmladava.s16 r6, q1, q2\n",
            "vmladava.s16 lr, q1, q3\n",
        )
    };
}

/// # Safety
///
/// From `job.words` on there are blocks for `job.rows` rows, at least one, and both of `job.out` have as
/// many places. `job.x` has the columns that `steps` and `four` say, those of the blocks, and `loop_end`
/// is where the steps end.
#[unsafe(naked)]
unsafe extern "C" fn run(job: &mut Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "vpush {{d8-d11}}",
        "mov r5, r0",
        "add r1, r0, #56",
        "ldm r1, {{r3, r7, r9, r11}}", // words, four, loop_end, steps
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
        "ldrd r0, r2, [r5, #48]", // bias_shifts
        "vmov q5, q4",
        "vrshl.s32 q4, r0",
        "vrshl.s32 q5, r2",
        "ldm r5, {{r0, r1, r2, r4, r6, r8, r10, r12, lr}}",
        "bx r11",
        "3:",
        step!(),
        "4:",
        step!(),
        "cmp r1, r9",
        "bne 3b",
        "5:",
        "cbz r7, 6f",
        "vldrw.u32 q0, [r3], #16", // Columns c, c+1 of both row pairs, then c+2, c+3.
        "vldrw.u32 q2, [r1]",      // The same of both vectors.
        "vrev64.32 q3, q2",
        "movw r1, #0x0F0F", // The first row pair, else the second.
        "vmsr p0, r1",
        "vpstete",
        "vmladavat.s16 r0, q0, q2",
        "vmladavae.s16 r12, q0, q2",
        "vmladavat.s16 r8, q0, q3",
        "vmladavae.s16 r4, q0, q3",
        "vshl.i16 q0, q0, #8",
        "vmsr p0, r1",
        "vpstete",
        "vmladavat.s16 r2, q0, q2",
        "vmladavae.s16 lr, q0, q2",
        "vmladavat.s16 r10, q0, q3",
        "vmladavae.s16 r6, q0, q3",
        "6:",
        "vldrw.u32 q2, [r3], #16", // multipliers
        "sub r0, r0, r2, asr #8",
        "sub r4, r4, r6, asr #8",
        "sub r8, r8, r10, asr #8",
        "sub r12, r12, lr, asr #8",
        "vmov q0[2], q0[0], r0, r4",
        "vmov q0[3], q0[1], r2, r6",
        "vmov q1[2], q1[0], r8, r12",
        "vmov q1[3], q1[1], r10, lr",
        "vrmulh.s32 q0, q0, q2",
        "vrmulh.s32 q1, q1, q2",
        "vadd.i32 q0, q0, q4",
        "vadd.i32 q1, q1, q5",
        "ldrd r0, r2, [r5, #36]", // out
        "ldr r4, [r5, #44]",      // rows
        "subs r4, r4, #4",
        "blt 7f",
        "vstrw.32 q0, [r0], #16",
        "vstrw.32 q1, [r2], #16",
        "strd r0, r2, [r5, #36]",
        "str r4, [r5, #44]",
        "bne 2b",
        "vpop {{d8-d11}}",
        "pop {{r4-r11, pc}}",
        "7:", // the last block, in part
        "add r4, r4, #4",
        "vctp.32 r4",
        "vpstt",
        "vstrwt.32 q0, [r0]",
        "vstrwt.32 q1, [r2]",
        "vpop {{d8-d11}}",
        "pop {{r4-r11, pc}}",
    )
}
