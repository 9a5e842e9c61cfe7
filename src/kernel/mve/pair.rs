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
//! included, for 64 products; a block adds 24, and two a round. VMLADAVA sums into even registers alone, and
//! these are all of them, so the loop ends in a comparison. It takes 48 columns, and is entered at one of
//! six places or its end; 4 columns that are left are loaded as they lie, and predicates pick the words that
//! belong together. The last rows, if they are fewer than four, go to a dump, as in `matvec.rs`.
//!
//! | r0 r2 r4 r6 | r8 r10 r12 lr | r1 | r3 | r5, r11 | r7 | r9 | q0, q1 | q2, q3 | q4, q5 | q6, q7 |
//! |---|---|---|---|---|---|---|---|---|---|---|
//! | A₀ l₀ A₁ l₁ | B₀ m₀ B₁ m₁ | x | weights | out of b, a | loop's end | [`Job`] | w₀, w₁ | xₐ, x_b | biases | −bias_shifts |
//!
//! # What was tried
//!
//! Executed instructions a product on a Cortex-M55, emulated; bytes of `run`:
//!
//! | | 2×128×128 | 3×3 convolution, 16 → 32 channels | bytes |
//! |---|---|---|---|
//! | this | .252 | .323 | 664 |
//! | two steps a round, what a block needs read from [`Job`] | .268 | .342 | 378 |

use super::cpu;
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::naked_asm;
use core::mem::MaybeUninit;

/// Steps of a round of the loop.
const STEPS: usize = 6;

/// What `run` reads, and changes.
#[repr(C)]
struct Job {
    /// −bias_shift of each vector
    bias_shifts: [u32; 2],
    /// Where fours of results of the first vector end.
    out_end: *mut i32,
    /// Of `run`: what the sums become with each block, and x, the second of these.
    zeros: MaybeUninit<[u32; 9]>,
    /// Steps that the first round of the loop leaves out, `STEPS` for no loop at all; then where that is.
    entry: usize,
    /// Whether 4 columns are left when the loop ends; then where to go on.
    four: usize,
    out: [*mut i32; 2],
    /// Where x stands when the loop ends.
    loop_end: *const [u32; 2],
    x: *const [u32; 2],
    /// Rows behind the fours.
    rest: usize,
    /// Of `run`: where they go, once they are in the dump. Null.
    rest_out: *mut i32,
    dump: MaybeUninit<[[i32; BLOCK_ROWS]; 2]>,
}

/// See [`crate::kernel::portable::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let [a, b] = out;
    let groups = rows.columns().div_ceil(GROUP);
    let Some(x) = x.get(..groups.wrapping_mul(2)) else { return };
    let count = a.len().min(b.len()).min(rows.rows());
    if count == 0 {
        return;
    }
    let (steps, rest) = (groups / 2, count % BLOCK_ROWS);
    let out = [a.as_mut_ptr(), b.as_mut_ptr()];
    let mut job = Job {
        // Not `map`, which becomes a loop.
        bias_shifts: [bias_shifts[0].wrapping_neg(), bias_shifts[1].wrapping_neg()],
        out_end: out[0].wrapping_add(count.wrapping_sub(rest)),
        zeros: MaybeUninit::uninit(),
        entry: if steps == 0 { STEPS } else { STEPS.wrapping_sub(steps % STEPS) % STEPS },
        four: groups & 1,
        out,
        loop_end: x.as_ptr().wrapping_add(steps.wrapping_mul(4)),
        x: x.as_ptr(),
        rest,
        rest_out: core::ptr::null_mut(),
        dump: MaybeUninit::uninit(),
    };
    // SAFETY: a matrix has a block for every four rows; x has its groups, and both of `out` have
    // `count` places; all of it outlives the call.
    unsafe { run(rows.words().as_ptr(), &mut job) }
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
/// From `words` on there are blocks for the rows of `out[0]..out_end`, whole fours, and `rest` more, in all at
/// least one; `out[1]` is as long. `job.x` has the columns that `loop_end`, where the steps end, and `four`
/// say, those of the blocks; `entry` says into which step of a round they divide.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &mut Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "vpush {{d8-d15}}",
        "mov r3, r0",
        "add r9, r1, #12", // zeros
        "add r1, r9, #36",
        "ldm r1, {{r0, r2, r4, r5, r7, r8}}", // entry, four, out of a and b, loop_end, x
        "mov r11, r4",
        // A step has 14 instructions of four bytes; in Thumb state.
        "adr.w r12, 3f + 1",
        "mov r6, #56",
        "mla r0, r0, r6, r12",
        "adr.w r6, 5f",
        "adr.w r12, 6f",
        "cmp r2, #0",
        "it eq",
        "moveq r6, r12",
        "orr r6, r6, #1",
        "strd r0, r6, [r9, #36]",
        "mov r6, #0",
        "vmov.i32 q0, #0",
        "vstrw.32 q0, [r9]",
        "vstrw.32 q0, [r9, #16]",
        "str r6, [r9, #32]",
        "str r8, [r9, #4]",
        "ldmdb r9, {{r0, r2, r4}}", // bias_shifts, out_end
        "vdup.32 q6, r0",
        "vdup.32 q7, r2",
        "cmp r11, r4",
        "beq 7f",
        "2:", // a block
        "vldrw.u32 q4, [r3], #16",
        "vrshl.s32 q5, q4, q7",
        "vrshl.s32 q4, q4, q6",
        "ldm r9, {{r0, r1, r2, r4, r6, r8, r10, r12, lr}}",
        "ldr pc, [r9, #36]", // entry
        ".p2align 2",
        "3:", // 48 columns
        step!(),
        step!(),
        step!(),
        step!(),
        step!(),
        step!(),
        "cmp r1, r7",
        "bne 3b",
        "ldr pc, [r9, #40]", // whether four columns are left
        ".p2align 2",
        "5:",
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
        ".p2align 2",
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
        "ldr r4, [r9, #-4]", // out_end
        "vstrw.32 q0, [r11], #16",
        "vstrw.32 q1, [r5], #16",
        "cmp r11, r4",
        "bne 2b",
        "7:", // fewer than four rows are left, or none, or they are in the dump
        "ldrd r1, r2, [r9, #60]", // rest, rest_out
        "cbnz r2, 8f",
        "cbz r1, 9f",
        "str r11, [r9, #64]",
        "str r5, [r9, #48]", // out of b
        "add r11, r9, #68",  // dump
        "add r5, r11, #16",
        "str r5, [r9, #-4]",
        "b 2b",
        "8:",
        "ldr r5, [r9, #48]", // out of b
        "vctp.32 r1",
        "vpstt",
        "vstrwt.32 q0, [r2]",
        "vstrwt.32 q1, [r5]",
        "9:",
        "vpop {{d8-d15}}",
        "pop {{r4-r11, pc}}",
    )
}
