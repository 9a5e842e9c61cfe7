//! Helium, the vector extension of Cortex-M55 and M85: four rows at a time, 8 columns an instruction.
//!
//! ```text
//! for each block of four rows                                       (layout: `rows.rs`)
//!     bias[0..4] = VRSHL(next four words, −bias_shift)
//!     A₀ = L₀ = A₁ = L₁ = 0                                         A, L: one each per row pair
//!     for each 8 columns of x
//!         w₀, w₁ = VLD20, VLD21(next 8 words)                       8 halves of each row pair
//!         Aₚ += VMLADAVA(wₚ, x)                                     256·D + D′, modulo 2³²
//!         Lₚ += VMLADAVA(wₚ << 8, x)                                256·D′
//!     out[0..4] = VRMULH([A₀ − L₀ / 256, L₀, A₁ − L₁ / 256, L₁], next four words) + bias
//! ```
//!
//! | r0 | r1 | r2 | r3 | r4, r6 | r8, r10 | r5 | r7 | r9 | r11 | r12 | lr | q0, q1 | q2 | q3 |
//! |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
//! | weights | x | −bias_shift | out | A₀ L₀ | A₁ L₁ | rounds | rest | [`Job`] | rows | skip | loop | w₀, w₁ | x | biases |
//!
//! # Tricks
//!
//! * The words of a block alternate between its row pairs, so the loads that take structures of two
//!   words apart leave one row pair in each register: nothing else is unpacked.
//! * Halves shifted left by 8 are the low bytes times 256: what they gather is 256·D′ at once, which
//!   a subtraction with a shifted operand takes from A. VRMULH then rounds as SMMULR does.
//! * Any number of columns: in the last, shorter step a predicate makes lanes of x zero that it does
//!   not read. The weights there are the multipliers of the block in the worst case, read and
//!   multiplied by zero.
//! * VLDRH takes any half-word address, so that an odd x costs nothing.
//! * One LDM fetches x and clears the sums.
//!
//! The loops are those of the branch cache: a firmware that sets CCR.LOB pays nothing for LE, and one
//! that does not gets the same results. CP10 and CP11 must be enabled in CPACR.
//!
//! # What was tried
//!
//! Executed instructions a product on a Cortex-M55, emulated (`cargo xtask bench`); bytes of `run`:
//!
//! | | 1×64×64 | 1×128×128 | 1×512×128 | bytes |
//! |---|---|---|---|---|
//! | this | .377 | .333 | .306 | 266 |
//!
//! The floor of this layout is .281, 9 instructions for 32 products.

#![expect(unsafe_code, reason = "assembly reads the blocks through pointers")]

mod bare;
#[cfg(feature = "bytes")]
pub(crate) mod bytes;
#[cfg(feature = "bytes")]
mod bytes_pair;
mod pair;
mod vector;

pub use bare::dots;
pub(crate) use pair::matvec_pair;
pub use vector::{add_scaled, magnitude, moments, narrow, norm, scale};

use super::rows::{GROUP, Rows};
use core::arch::naked_asm;

/// Bytes of the weights of one group: a word per two rows and two columns.
const GROUP_BYTES: usize = 4 * GROUP;
/// Columns of a step and of a round of the loop, two steps.
const STEP: usize = 8;
const ROUND: usize = 2 * STEP;

/// What `run` reads.
#[repr(C)]
struct Job {
    /// Reset for each block, with the sums.
    x: *const i16,
    zeros: [u32; 4],
    /// −bias_shift
    bias_shift: u32,
    out: *mut i32,
    /// Rounds of the loop, and columns behind them.
    rounds: usize,
    rest: usize,
    /// Rows to be made, at least one.
    rows: usize,
    /// Bytes from where the weights end for x to the multipliers.
    skip: usize,
}

/// See [`super::portable::matvec`].
pub(crate) fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    let count = out.len().min(rows.rows());
    if count == 0 {
        return;
    }
    let walked = x.len().div_ceil(STEP).wrapping_mul(2 * GROUP_BYTES);
    let groups = rows.columns().div_ceil(GROUP).wrapping_mul(GROUP_BYTES);
    let job = Job {
        x: x.as_ptr(),
        zeros: [0; 4],
        bias_shift: bias_shift.wrapping_neg(),
        out: out.as_mut_ptr(),
        rounds: x.len() / ROUND,
        rest: x.len() % ROUND,
        rows: count,
        skip: groups.wrapping_sub(walked),
    };
    // SAFETY: a matrix has a block for every four rows; x is no longer than its columns, and `out`
    // has `count` places; all of it outlives the call.
    unsafe { run(rows.words().as_ptr(), &job) }
}

/// Stable Rust knows no target with Helium; the assembler does.
macro_rules! cpu {
    () => {
        ".cpu cortex-m55"
    };
}

/// 8 columns, of which a predicate may leave some zero: 9 instructions for 32 products.
macro_rules! step {
    () => {
        step!("vldrh.u16")
    };
    ($load:literal) => {
        concat!(
            $load,
            " q2, [r1], #16\n",
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

use {cpu, step};

/// # Safety
///
/// From `words` on there are blocks for `job.rows` rows, at least one, and `job.out` has as many
/// places. `job.x` has `16·rounds + rest` columns, at most those of the blocks; `rest` is below 16.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "mov r9, r1",
        "add r1, r1, #20",
        "ldm r1, {{r2, r3, r5, r7, r11, r12}}",
        "2:", // a block
        "vldrw.u32 q3, [r0], #16",
        "vrshl.s32 q3, r2",
        "ldm r9, {{r1, r4, r6, r8, r10}}",
        "wls lr, r5, 4f",
        "3:",
        step!(),
        step!(),
        "le lr, 3b",
        "4:",
        "cbz r7, 6f",
        "tst r7, #8",
        "beq 5f",
        step!(),
        "5:",
        "ands lr, r7, #7",
        "beq 6f",
        "vctp.16 lr",
        "vpst",
        step!("vldrht.u16"),
        "6:",
        "add r0, r0, r12",
        "vldrw.u32 q1, [r0], #16", // multipliers
        "sub r4, r4, r6, asr #8",
        "sub r8, r8, r10, asr #8",
        "vmov q0[2], q0[0], r4, r8",
        "vmov q0[3], q0[1], r6, r10",
        "vrmulh.s32 q0, q0, q1",
        "vadd.i32 q0, q0, q3",
        "subs r11, r11, #4",
        "blt 7f",
        "vstrw.32 q0, [r3], #16",
        "bne 2b",
        "pop {{r4-r11, pc}}",
        "7:", // the last block, in part
        "add r11, r11, #4",
        "vctp.32 r11",
        "vpst",
        "vstrwt.32 q0, [r3]",
        "pop {{r4-r11, pc}}",
    )
}
