//! A matrix with a vector, with Helium: eight rows at a time, 8 columns an instruction.
//!
//! ```text
//! for each two blocks of four rows                                  (layout: `layout.rs`)
//!     bias[0..8] = VRSHL(next four words of both, −bias_shift)
//!     A = L = 0                                                     of each of the four row pairs
//!     for each 8 columns of x
//!         w₀, w₁ = VLD20, VLD21(next 8 words of a block)            8 halves of each row pair
//!         A += VMLADAVA(w, x)                                       256·D + D′, modulo 2³²
//!         L += VMLADAVA(w << 8, x)                                  256·D′
//!     out[0..8] = VRMULH([A − L / 256, L, …], next four words of both) + bias
//! ```
//!
//! | r0 r2 r4 r6 | r8 r10 r12 lr | r1 | r3, r5 | r7 | r9 | r11 | q0, q1 | q2 | q4, q5 |
//! |---|---|---|---|---|---|---|---|---|---|
//! | A L A L of one block | and of the next | x | weights of both | loop's end | [`Job`] | out | w₀, w₁ | x | biases |
//!
//! # Tricks
//!
//! * The words of a block alternate between its row pairs, so the loads that take structures of two
//!   words apart leave one row pair in each register: nothing else is unpacked.
//! * Halves shifted left by 8 are the low bytes times 256: what they gather is 256·D′ at once, which
//!   a subtraction with a shifted operand takes from A. VRMULH then rounds as SMMULR does.
//! * VMLADAVA sums into even registers alone, and the eight sums are all of them: pointers are odd,
//!   what else a block needs lies around [`Job::zeros`], and one LDM clears the sums.
//! * The loop takes 32 columns and is entered at one of five places, the last being its end. The last
//!   1–7 columns come from a padded copy; the weights there are multipliers in the worst case.
//! * VLDRH takes any half-word address, so that an odd x costs nothing.
//! * Results come in eights. The last, which are fewer, go to a dump of eight, and then, for they are still
//!   in their registers, to their places; a last block without a neighbour is its own.
//!
//! # What was tried
//!
//! Executed instructions a product on a Cortex-M55, emulated (`cargo xtask bench`); bytes of `run`:
//!
//! | | 1×64×64 | 1×128×128 | 1×512×128 | bytes |
//! |---|---|---|---|---|
//! | this | .355 | .308 | .282 | 606 |
//! | four rows at a time, two steps a round that ends in LE | .378 | .334 | .306 | 266 |
//!
//! The floor of this layout is .266: 17 instructions for 64 products.

use super::eights::{biases, left_over, results};
use super::{GROUP_BYTES, cpu};
use crate::kernel::front::filled_up;
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::naked_asm;
use core::mem::MaybeUninit;

/// Columns of a step, and steps of a round of the loop.
const STEP: usize = 8;
const STEPS: usize = 4;
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
    /// Of `run`: what the sums become with each block, and x, the second of these.
    zeros: MaybeUninit<[u32; 9]>,
    /// Steps that the first round of the loop leaves out, `STEPS` for no loop at all; then where that is.
    entry: usize,
    out: *mut i32,
    x: *const i16,
    /// Where x stands when the loop ends.
    loop_end: *const i16,
    /// Rows behind the eights.
    rest: usize,
    /// Of `run`: where they go, once they are in the dump. Null.
    rest_out: *mut i32,
    /// What the loop leaves of x, with zeros behind, or null.
    tail: *const [i16; STEP],
    /// Bytes from where the weights end for that to the multipliers.
    skip: usize,
    dump: MaybeUninit<[i32; ROWS]>,
}

/// See [`crate::kernel::portable::matvec`].
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
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
    let out_end = out.as_mut_ptr().wrapping_add(count & !(ROWS - 1));
    let mut job = Job {
        bias_shift: bias_shift.wrapping_neg(),
        stride: groups.wrapping_add(2 * 4 * BLOCK_ROWS),
        out_end,
        zeros: MaybeUninit::uninit(),
        entry: if steps.is_empty() { STEPS } else { steps.len().wrapping_neg() % STEPS },
        out: out.as_mut_ptr(),
        x: x.as_ptr(),
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

/// 8 columns of the row pairs of a block.
macro_rules! block {
    ($words:literal, $a0:literal, $l0:literal, $a1:literal, $l1:literal) => {
        concat!(
            "vld20.32 {{q0, q1}}, [",
            $words,
            "]\nvld21.32 {{q0, q1}}, [",
            $words,
            "]!\nvmladava.s16 ",
            $a0,
            ", q0, q2\nvshl.i16 q0, q0, #8\nvmladava.s16 ",
            $a1,
            ", q1, q2\nvshl.i16 q1, q1, #8\nvmladava.s16 ",
            $l0,
            ", q0, q2\nvmladava.s16 ",
            $l1,
            ", q1, q2\n"
        )
    };
}

/// 8 columns of eight rows: 17 instructions for 64 products.
macro_rules! step {
    () => {
        concat!(
            "vldrh.u16 q2, [r1], #16\n",
            block!("r3", "r0", "r2", "r4", "r6"),
            block!("r5", "r8", "r10", "r12", "lr"),
        )
    };
}

/// # Safety
///
/// From `words` on there are blocks of `stride` bytes for the rows of `out..out_end`, whole eights, and
/// `rest` more, in all at least one. `x..loop_end` and `tail` are no longer than the columns of the blocks,
/// in whole groups; `entry` says into which step of a round they divide.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &mut Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "vpush {{d8-d11}}",
        "mov r3, r0",
        "add r9, r1, #12", // zeros
        "add r0, r9, #36",
        "ldm r0, {{r2, r6, r10, r12}}", // entry, out, x, loop_end
        "mov r11, r6",
        "mov r7, r12",
        // A step has 17 instructions of four bytes; in Thumb state.
        "adr.w r0, 3f + 1",
        "mov r4, #68",
        "mla r2, r2, r4, r0",
        "mov r4, #0",
        "vmov.i32 q0, #0",
        "vstrw.32 q0, [r9]",
        "vstrw.32 q0, [r9, #16]",
        "str r10, [r9, #4]",
        "strd r4, r2, [r9, #32]",
        "ldmdb r9, {{r0, r2, r4}}", // bias_shift, stride, out_end
        "add r5, r3, r2",
        "cmp r11, r4",
        "beq 6f",
        "2:", // two blocks
        biases!(),
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
        "ldr r1, [r9, #60]", // tail
        "cbz r1, 5f",
        step!(),
        "ldr r1, [r9, #64]", // skip
        "add r3, r3, r1",
        "add r5, r5, r1",
        "5:",
        "sub r0, r0, r2, asr #8",
        "sub r4, r4, r6, asr #8",
        "sub r8, r8, r10, asr #8",
        "sub r12, r12, lr, asr #8",
        "vmov q0[2], q0[0], r0, r4",
        "vmov q0[3], q0[1], r2, r6",
        "vmov q1[2], q1[0], r8, r12",
        "vmov q1[3], q1[1], r10, lr",
        "vldrw.u32 q2, [r3], #16", // multipliers
        "vldrw.u32 q3, [r5], #16",
        results!(),
        "6:", // fewer than eight rows are left, or none, or they are in the dump
        left_over!("52", "56", "68"), // rest, rest_out, dump
        "vpop {{d8-d11}}",
        "pop {{r4-r11, pc}}",
    )
}
