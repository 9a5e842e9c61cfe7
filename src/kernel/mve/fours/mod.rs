//! int4 with Helium: eight rows at a time, 8 columns an instruction.
//!
//! ```text
//! half = 4096·w₀ + 256·u₁ + 16·u₂ + u₃, u = w + 8                   (layout: `kernel/layout.rs`)
//! for each two blocks of four rows
//!     bias[0..8] = VRSHL(next four words of both, −bias_shift)
//!     H = −2184·X    M = F = −2056·X                                X = Σ x, once for all blocks
//!     for each 8 columns of x, and of each block the 8 halves w of its next four words
//!         H += VMLADAVA(w, x)                                       4096·D₀ + 256·D₁ + 16·D₂ + D₃, modulo 2³²
//!         m = w & 0F0F       M += VMLADAVA(m, x)                    256·D₁ + D₃
//!         f = VSRI(w, m, 8)  F += VMLADAVA(f, x)                    4096·D₀ + 257·D₁, modulo 2³²
//!     out[0..8] = VRMULH(256·D, next four words of both) + bias
//! ```
//! Where the sums start takes away what u has too much.
//!
//! | r0 r2 r4 | r6 r8 r10 | r1 | r3, r5 | r7 | r9 | r11 | lr | q0, q1 | q2 | q3 | q4, q5 | q6 | q7 |
//! |---|---|---|---|---|---|---|---|---|---|---|---|---|---|
//! | H M F of one block | and of the next | x | weights of both | tail | [`Job`] | out | rounds | w, f of both | x | m | biases | 0F0F… | shifts |
//!
//! # Tricks
//!
//! * Three sums of 32 bits hold four of 20. 257 times 1 − 2⁸ is 1, modulo 2¹⁶: F tells D₁ modulo 2¹², then M
//!   tells D₃ modulo 2²⁰, and so D₃, then D₁, then F tells D₀, and H what is left, D₂ (`separate!`).
//!   Sums of digits where they stand cannot do that: any three of those are equal for some two D that
//!   differ by 8192 at most in each row. F has one digit twice.
//! * VSRI puts the upper byte of m, which is u₁, into the lower byte of w: f = 4096·w₀ + 257·u₁.
//! * VMLADAVA sums into even registers, of which six suffice: lr counts rounds, and LE ends them.
//! * The entry of the loop in its middle, the tail and the last rows are as in `mve/matvec.rs`.
//!
//! # What was tried
//!
//! Executed instructions a product on a Cortex-M55, emulated; bytes of `run`:
//!
//! | | 1×64×64 | 1×128×128 | 1×512×128 | bytes |
//! |---|---|---|---|---|
//! | this | .326 | .259 | .222 | 588 |
//! | four sums, over w, w >> 4, w >> 8 and w >> 12 | .374 | .316 | .286 | 598 |
//!
//! The floor of this layout is .203: 13 instructions for 64 products.

mod pair;
mod sums;

pub(crate) use pair::matvec_pair;

use super::cpu;
use super::eights::{biases, left_over, results};
use crate::kernel::front::filled_up;
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::naked_asm;
use core::mem::MaybeUninit;
use sums::{mac, odd, separate, starts, sub, twice};

/// Bytes of the weights of one group: a word per two columns.
const GROUP_BYTES: usize = 2 * GROUP;
/// Columns of a step, and steps of a round of the loop.
const STEP: usize = 8;
const STEPS: usize = 4;
/// Rows of two blocks.
const ROWS: usize = 2 * BLOCK_ROWS;

/// What `run` reads, and changes; what is not described as in `mve/matvec.rs`.
#[repr(C)]
struct Job {
    bias_shift: u32,
    stride: usize,
    out_end: *mut i32,
    /// What H, x, the other sums and lr become with each block.
    first: i32,
    x: *const i16,
    starts: [i32; 5],
    rounds: usize,
    entry: usize,
    out: *mut i32,
    tail: *const [i16; STEP],
    rest: usize,
    rest_out: *mut i32,
    skip: usize,
    dump: MaybeUninit<[i32; ROWS]>,
}

/// See [`crate::kernel::portable::fours::matvec`].
pub(crate) fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    let count = out.len().min(rows.rows());
    if count == 0 {
        return;
    }
    let (steps, rest) = x.as_chunks::<STEP>();
    let tail: [i16; STEP] = filled_up(rest);
    let step_bytes = 2 * GROUP_BYTES;
    let groups = rows.columns().div_ceil(GROUP).wrapping_mul(GROUP_BYTES);
    let unlooped = groups.wrapping_sub(steps.len().wrapping_mul(step_bytes));
    // SAFETY: all numbers of a slice.
    let [h, m, f] = starts(unsafe { sum(x.as_ptr(), x.len()) });
    let mut job = Job {
        bias_shift: bias_shift.wrapping_neg(),
        stride: groups.wrapping_add(2 * 4 * BLOCK_ROWS),
        out_end: out.as_mut_ptr().wrapping_add(count & !(ROWS - 1)),
        first: h,
        x: x.as_ptr(),
        starts: [m, f, h, m, f],
        rounds: steps.len().div_ceil(STEPS),
        entry: if steps.is_empty() { STEPS } else { steps.len().wrapping_neg() % STEPS },
        out: out.as_mut_ptr(),
        tail: if unlooped == 0 { core::ptr::null() } else { &raw const tail },
        rest: count % ROWS,
        rest_out: core::ptr::null_mut(),
        skip: unlooped.wrapping_sub(step_bytes),
        dump: MaybeUninit::uninit(),
    };
    // SAFETY: a matrix has a block for every four rows; x is no longer than its columns, and `out`
    // has `count` places; all of it outlives the call.
    unsafe { run(rows.words().as_ptr(), &mut job) }
}

/// Σ x: 3 instructions for 8 columns.
///
/// # Safety
///
/// `x`: `[n]`
#[unsafe(naked)]
unsafe extern "C" fn sum(x: *const i16, n: usize) -> i32 {
    naked_asm!(
        cpu!(),
        "push {{r7, lr}}",
        "mov r2, #0",
        "wlstp.16 lr, r1, 3f",
        "2:",
        "vldrh.u16 q0, [r0], #16",
        "vaddva.s16 r2, q0",
        "letp lr, 2b",
        "3:",
        "mov r0, r2",
        "pop {{r7, pc}}",
    )
}

/// 8 columns of eight rows: 13 instructions for 64 products.
macro_rules! step {
    () => {
        concat!(
            "vldrh.u16 q2, [r1], #16\n",
            "vldrw.u32 q0, [r3], #16\n",
            mac!("r0", "q0", "q2"),
            odd!("q3", "q0"),
            mac!("r2", "q3", "q2"),
            "vldrw.u32 q1, [r5], #16\n",
            twice!("q0", "q3"),
            mac!("r4", "q0", "q2"),
            odd!("q3", "q1"),
            mac!("r6", "q1", "q2"),
            twice!("q1", "q3"),
            mac!("r8", "q3", "q2"),
            mac!("r10", "q1", "q2"),
        )
    };
}

/// # Safety
///
/// As `run` of `mve/matvec.rs`, for blocks of this layout.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &mut Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "vpush {{d8-d15}}",
        "mov r3, r0",
        "add r9, r1, #12", // first
        "add r0, r9, #32",
        "ldm r0, {{r2, r7, r8}}", // entry, out, tail
        "mov r11, r7",
        "mov r7, r8",
        "vmov.i8 q6, #0x0F",
        "adr.w r0, 9f",
        "vldrw.u32 q7, [r0]",
        // A step has 13 instructions of four bytes; in Thumb state.
        "adr.w r4, 3f + 1",
        "mov r6, #52",
        "mla r2, r2, r6, r4",
        "str r2, [r9, #32]",
        "ldmdb r9, {{r0, r2, r4}}", // bias_shift, stride, out_end
        "add r5, r3, r2",
        "cmp r11, r4",
        "beq 6f",
        "2:", // two blocks
        biases!(),
        "ldm r9, {{r0, r1, r2, r4, r6, r8, r10, lr}}",
        "ldr pc, [r9, #32]", // entry
        ".p2align 2",
        "3:", // 32 columns
        step!(),
        step!(),
        step!(),
        step!(),
        "le lr, 3b",
        "cbz r7, 5f",
        "mov r1, r7",
        step!(),
        "ldr r1, [r9, #52]", // skip
        "add r3, r3, r1",
        "add r5, r5, r1",
        "5:",
        separate!("r0", "r2", "r4", "r12"),
        separate!("r6", "r8", "r10", "lr"),
        "vmov q0[2], q0[0], r4, r0",
        "vmov q0[3], q0[1], r2, r12",
        "vmov q1[2], q1[0], r10, r6",
        "vmov q1[3], q1[1], r8, lr",
        "vldrw.u32 q2, [r3], #16", // multipliers
        "vldrw.u32 q3, [r5], #16",
        "vshl.s32 q0, q0, q7",
        "vshl.s32 q1, q1, q7",
        results!(),
        "6:", // fewer than eight rows are left, or none, or they are in the dump
        left_over!("44", "48", "56"), // rest, rest_out, dump
        "vpop {{d8-d15}}",
        "pop {{r4-r11, pc}}",
        ".p2align 2",
        "9:", // What makes 256·D of what `separate!` leaves.
        ".word -4, 0, 4, -4",
    )
}
