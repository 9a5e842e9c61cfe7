//! int4 with Helium: eight rows at a time, 8 columns an instruction.
//!
//! ```text
//! half = 4096·w₀ + 256·u₁ + 16·u₂ + u₃, u = w + 8                   (layout: `kernel/layout.rs`)
//! for each two blocks of four rows
//!     bias[0..8] = VRSHL(next four words of both, −bias_shift)
//!     P₀ = −2184·X    P₁ = −136·X    P₂ = −8·X    P₃ = 0            X = Σ x, once for all blocks
//!     for each 8 columns of x, and of each block the 8 halves w of its next four words
//!         P₀ += VMLADAVA(w, x)          P₁ += VMLADAVA(w >> 4, x)
//!         P₂ += VMLADAVA(w >> 8, x)     P₃ += VMLADAVA(w >> 12, x)
//!     D = P₃, P₂ − 16·P₃, P₁ − 16·P₂, P₀ − 16·P₁
//!     out[0..8] = VRMULH(256·D, next four words of both) + bias
//! ```
//! Where the sums start takes away what u has too much. Every digit but the first is positive, so that a
//! shift cuts exactly; P₀ may wrap around 32 bits.
//!
//! | r0 r2 r4 r6 | r8 r10 r12 lr | r1 | r3, r5 | r7 | r9 | r11 | q0, q1 | q2 | q4, q5 |
//! |---|---|---|---|---|---|---|---|---|---|
//! | P₃ P₂ P₁ P₀ of one block | and of the next | x | weights of both | loop's end | [`Job`] | out | w of both | x | biases |
//!
//! The loop, its entry in the middle, the tail and the last rows are as in `mve/matvec.rs`.
//!
//! Executed instructions a product on a Cortex-M55, emulated: 17 for 64 products in the loop, .266, as with
//! int8, and half as many words to load; .316 at 128 columns.
//!
//! Three sums of 32 bits could hold the four of 20, but not over what shifts and masks leave of a half: any
//! three of these are equal for some two D that differ by 8192 at most in each row.

mod pair;

pub(crate) use pair::matvec_pair;

use super::cpu;
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::naked_asm;
use core::mem::MaybeUninit;

/// Bytes of the weights of one group: a word per two columns.
const GROUP_BYTES: usize = 2 * GROUP;
/// Columns of a step, and steps of a round of the loop.
const STEP: usize = 8;
const STEPS: usize = 4;
/// Rows of two blocks.
const ROWS: usize = 2 * BLOCK_ROWS;

/// Where P₃, P₂, P₁, P₀ of a block start, for an X.
const fn starts(sum_x: i32) -> [i32; 4] {
    [0, sum_x.wrapping_mul(-8), sum_x.wrapping_mul(-136), sum_x.wrapping_mul(-2184)]
}

/// What `run` reads, and changes; all but `starts` as in `mve/matvec.rs`.
#[repr(C)]
struct Job {
    bias_shift: u32,
    stride: usize,
    out_end: *mut i32,
    /// What r0, x, and the other sums become with each block.
    first: i32,
    x: *const i16,
    starts: [i32; 7],
    entry: usize,
    out: *mut i32,
    loop_end: *const i16,
    rest: usize,
    rest_out: *mut i32,
    tail: *const [i16; STEP],
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
    let mut tail = [0; STEP];
    for (to, from) in tail.iter_mut().zip(rest) {
        *to = *from;
    }
    let step_bytes = 2 * GROUP_BYTES;
    let groups = rows.columns().div_ceil(GROUP).wrapping_mul(GROUP_BYTES);
    let unlooped = groups.wrapping_sub(steps.len().wrapping_mul(step_bytes));
    // SAFETY: all numbers of a slice.
    let [p3, p2, p1, p0] = starts(unsafe { sum(x.as_ptr(), x.len()) });
    let mut job = Job {
        bias_shift: bias_shift.wrapping_neg(),
        stride: groups.wrapping_add(2 * 4 * BLOCK_ROWS),
        out_end: out.as_mut_ptr().wrapping_add(count & !(ROWS - 1)),
        first: p3,
        x: x.as_ptr(),
        starts: [p2, p1, p0, p3, p2, p1, p0],
        entry: if steps.is_empty() { STEPS } else { steps.len().wrapping_neg() % STEPS },
        out: out.as_mut_ptr(),
        loop_end: steps.as_ptr_range().end.cast(),
        rest: count % ROWS,
        rest_out: core::ptr::null_mut(),
        tail: if unlooped == 0 { core::ptr::null() } else { &raw const tail },
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

/// A digit less.
macro_rules! shift {
    ($w:literal) => {
        concat!("vshr.s16 ", $w, ", ", $w, ", #4\n")
    };
}

/// `sum += w · x`
macro_rules! mac {
    ($sum:literal, $w:literal, $x:literal) => {
        concat!("vmladava.s16 ", $sum, ", ", $w, ", ", $x, "\n")
    };
}

/// 8 columns of eight rows: 17 instructions for 64 products.
macro_rules! step {
    () => {
        concat!(
            "vldrh.u16 q2, [r1], #16\n",
            "vldrw.u32 q0, [r3], #16\n",
            mac!("r6", "q0", "q2"),
            "vldrw.u32 q1, [r5], #16\n",
            mac!("lr", "q1", "q2"),
            shift!("q0"),
            mac!("r4", "q0", "q2"),
            shift!("q1"),
            mac!("r12", "q1", "q2"),
            shift!("q0"),
            mac!("r2", "q0", "q2"),
            shift!("q1"),
            mac!("r10", "q1", "q2"),
            shift!("q0"),
            mac!("r0", "q0", "q2"),
            shift!("q1"),
            mac!("r8", "q1", "q2"),
        )
    };
}

/// `sum` without `16 · next`.
macro_rules! without {
    ($sum:literal, $next:literal) => {
        concat!("sub ", $sum, ", ", $sum, ", ", $next, ", lsl #4\n")
    };
}

use {mac, shift, without};

/// # Safety
///
/// As `run` of `mve/matvec.rs`, for blocks of this layout.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &mut Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "vpush {{d8-d11}}",
        "mov r3, r0",
        "add r9, r1, #12",          // first
        "ldrd r2, r11, [r9, #36]",  // entry, out
        "ldr r7, [r9, #44]",        // loop_end
        "ldmdb r9, {{r0, r6, r8}}", // bias_shift, stride, out_end
        "add r5, r3, r6",
        // A step has 17 instructions of four bytes; in Thumb state.
        "adr.w r4, 3f + 1",
        "mov r6, #68",
        "mla r2, r2, r6, r4",
        "str r2, [r9, #36]",
        "cmp r11, r8",
        "beq 6f",
        "2:", // two blocks
        "vldrw.u32 q4, [r3], #16",
        "vldrw.u32 q5, [r5], #16",
        "vrshl.s32 q4, r0",
        "vrshl.s32 q5, r0",
        "ldm r9, {{r0, r1, r2, r4, r6, r8, r10, r12, lr}}",
        "ldr pc, [r9, #36]", // entry
        ".p2align 2",
        "3:", // 32 columns
        step!(),
        step!(),
        step!(),
        step!(),
        "4:",
        "cmp r1, r7",
        "bne 3b",
        "ldr r1, [r9, #56]", // tail
        "cbz r1, 5f",
        step!(),
        "ldr r1, [r9, #60]", // skip
        "add r3, r3, r1",
        "add r5, r5, r1",
        "5:",
        without!("r6", "r4"),
        without!("r4", "r2"),
        without!("r2", "r0"),
        without!("lr", "r12"),
        without!("r12", "r10"),
        without!("r10", "r8"),
        "vmov q0[2], q0[0], r0, r4",
        "vmov q0[3], q0[1], r2, r6",
        "vmov q1[2], q1[0], r8, r12",
        "vmov q1[3], q1[1], r10, lr",
        "vldrw.u32 q2, [r3], #16", // multipliers
        "vldrw.u32 q3, [r5], #16",
        "vshl.i32 q0, q0, #8",
        "vshl.i32 q1, q1, #8",
        "vrmulh.s32 q0, q0, q2",
        "vrmulh.s32 q1, q1, q3",
        "vadd.i32 q0, q0, q4",
        "vadd.i32 q1, q1, q5",
        "ldmdb r9, {{r0, r2, r4}}", // bias_shift, stride, out_end
        "vstrw.32 q0, [r11], #16",
        "vstrw.32 q1, [r11], #16",
        "mov r3, r5",
        "add r5, r5, r2",
        "cmp r11, r4",
        "bne 2b",
        "6:", // fewer than eight rows are left, or none, or they are in the dump
        "ldrd r1, r2, [r9, #48]", // rest, rest_out
        "cbnz r2, 7f",
        "cbz r1, 8f",
        "str r11, [r9, #52]",
        "cmp r1, #4",
        "it le",
        "movle r5, r3",
        "add r11, r9, #64", // dump
        "add r4, r11, #32",
        "str r4, [r9, #-4]",
        "b 2b",
        "7:",
        "vctp.32 r1",
        "vpst",
        "vstrwt.32 q0, [r2], #16",
        "subs r1, r1, #4",
        "ble 8f",
        "vctp.32 r1",
        "vpst",
        "vstrwt.32 q1, [r2]",
        "8:",
        "vpop {{d8-d11}}",
        "pop {{r4-r11, pc}}",
    )
}
