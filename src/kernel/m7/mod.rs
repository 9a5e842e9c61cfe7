//! The dual multiply-accumulate of `dsp`, in the order of a Cortex-M7: every load and every SXTB16 stands
//! behind an SMLAD that it may be issued with.
//!
//! The sums are those of `dsp/mod.rs`; the layout is that of `rows.rs`. A step takes four columns, the
//! second two of them half a step late, while the words of the next are on their way:
//!
//! ```text
//! cycle   first          second                     P, Q: words of rows 0, 1 and 2, 3; P′, Q′: their low bytes
//!   0     A₀ += P₁·x₁    P₀ ←                       of the step before: columns 2 and 3
//!   1     A₁ += Q₁·x₁    P₁′
//!   2     x₀ ←           Q₁′
//!   3     L₀ += P₁′·x₁   Q₀ ←
//!   4     L₁ += Q₁′·x₁   P₁ ←
//!   5     A₀ += P₀·x₀    P₀′                        of this step: columns 0 and 1
//!   6     A₁ += Q₀·x₀    Q₀′
//!   7     L₀ += P₀′·x₀   x₁ ←
//!   8     L₁ += Q₀′·x₀   Q₁ ←
//! ```
//!
//! | r0 | r1 | r2–r5 | r6, r7 | r8–r11 | r12 | lr | stack |
//! |---|---|---|---|---|---|---|---|
//! | weights | x | P₀ Q₀ P₁ Q₁ | x₀ x₁, two columns each | A₀ L₀ A₁ L₁ | x at the loop's end | biases | [`Job`] |
//!
//! # Tricks
//!
//! * A block begins with x₁ = 0, so that the first late half adds nothing; nothing is read ahead that does
//!   not belong to the vector.
//! * A result is read two cycles after its load or SXTB16 at the earliest. Multiplications and other
//!   instructions alternate, so that it is all the same whether the one or the other must come first in
//!   a pair; only cycle 2 has two others, a load and an SXTB16.
//! * x comes by LDR, so that it may start at any half-word (with CCR.UNALIGN_TRP clear, as after reset).
//! * The loop is entered at one of five places, and the last 1–3 columns come from a padded copy, in the
//!   last quarter of a round of its own, as in `armv7m`.
//!
//! # Cycles, modelled
//!
//! Nobody has run this on an M7 yet. `cargo xtask m7` counts cycles of what the emulator executed, by two
//! sets of rules (`tools/xtask/src/m7/pipeline.rs`), for Arm has published none. A product takes:
//!
//! | | 1×64×64 | 1×128×128 | 1×512×128 | 2×128×128 |
//! |---|---|---|---|---|
//! | this, loose rules | .705 | .637 | .593 | .575 |
//! | this, strict rules | .980 | .898 | .846 | .844 |
//! | `dsp`, loose | .941 | .852 | .793 | .713 |
//! | `dsp`, strict | 1.512 | 1.391 | 1.309 | .987 |
//! | this with biases rounded first, and the loop's comparison behind it: loose | .740 | .663 | .611 | .584 |
//!
//! The loop alone takes .5625 and .5 at best, half a cycle for each of its instructions and a cycle for
//! each multiplication; where SXTB16 cannot be the second of two, .75 and .625. It executes a third more
//! instructions than `dsp`, whose LDM an M4 is quicker with.

#![expect(unsafe_code, reason = "assembly reads the blocks through pointers")]

mod bare;
mod pair;
mod step;

pub use super::dsp::*; // What this set has not.
pub use bare::dots;
pub use pair::matvec_pair;

use super::blocks::{Places, in_blocks};
use super::dsp::shifting;
use super::rows::{GROUP, Rows};
use crate::kernel::front::filled_up;
use core::arch::naked_asm;
use step::{enter, last_step, most, step};

/// Bytes of the weights of one group: a word per two rows and two columns.
const GROUP_BYTES: usize = 4 * GROUP;
/// Groups that a round of the loop takes.
const STEPS: usize = 4;

/// What `run` keeps on its stack, in that order.
#[repr(C)]
struct Job {
    /// The last 1–3 columns, zeros behind them, or null.
    tail: *const i16,
    /// Bytes of weights behind the last group that `x` reaches.
    skip: usize,
    /// Where four results go, up to `out_end`.
    out: *mut i32,
    out_end: *mut i32,
    x: *const i16,
    /// Where x stands when the loop ends.
    loop_end: *const i16,
    /// What shifts a bias.
    bias_scale: i32,
    /// Groups that the loop's first round leaves out; `STEPS` for no loop at all.
    entry: usize,
}

/// The groups that a first round of `STEPS` leaves out so that whole rounds follow it.
const fn entry<const STEPS: usize>(groups: usize) -> usize {
    if groups == 0 { STEPS } else { groups.wrapping_neg() % STEPS }
}

/// See [`super::portable::matvec`].
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    let (groups, rest) = x.as_chunks::<GROUP>();
    let tail: [i16; GROUP] = filled_up(rest);
    let unreached = rows.columns().div_ceil(GROUP).wrapping_sub(x.len().div_ceil(GROUP));
    // The tail is known by its end: without whole groups x, which is not read, may end there too.
    let start = if groups.is_empty() { tail.as_ptr() } else { x.as_ptr() };
    let mut job = Job {
        tail: if rest.is_empty() { core::ptr::null() } else { tail.as_ptr() },
        skip: unreached.wrapping_mul(GROUP_BYTES),
        out: core::ptr::null_mut(),
        out_end: core::ptr::null_mut(),
        x: start,
        loop_end: start.wrapping_add(groups.len().wrapping_mul(GROUP)),
        bias_scale: shifting(bias_shift),
        entry: entry::<STEPS>(groups.len()),
    };
    let count = out.len().min(rows.rows());
    in_blocks(rows.words(), rows.stride(), &mut out[..count], |words, out| {
        blocks(words, out, &mut job);
    });
}

/// As many blocks from the start of `words` as `out` has, at least one.
fn blocks(words: &[u32], out: &mut Places, job: &mut Job) {
    let range = out.as_mut_ptr_range();
    (job.out, job.out_end) = (range.start.cast(), range.end.cast());
    // SAFETY: `matvec` made `job` for a matrix of which `words` are whole blocks, at least one for
    // each element of `out`; x, the tail and out outlive the call.
    unsafe { run(words.as_ptr(), job) }
}

/// # Safety
///
/// From `words` on there are as many whole blocks as `job.out..job.out_end` has places for four
/// results, at least one. `job.x` has the columns that `entry` and `loop_end` say; `tail` is null or
/// a group.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        "push {{r4-r11, lr}}",
        "ldm r1, {{r2-r9}}",
        enter!("r9"),
        "push {{r2-r9}}",
        "2:", // a block
        "mov lr, r0",
        "add r0, r0, #16",   // behind its biases
        "ldr r1, [sp, #16]", // x
        "mov r8, #0",
        "mov r9, #0",
        "ldr r12, [sp, #20]", // loop_end
        "mov r10, #0",
        "mov r11, #0",
        "movs r7, #0",       // Sets Z, for a loop without rounds.
        "ldr pc, [sp, #28]", // entry
        ".p2align 3",
        "3:", // 16 columns
        step!(),
        "7:",
        step!(),
        step!(),
        "4:",
        last_step!(),
        "bne 3b",
        "ldr r6, [sp]", // tail
        "cbz r6, 6f",
        "add r2, r6, #8",
        "cmp r2, r12", // Was that it?
        "beq 6f",
        "mov r1, r6",
        "mov r12, r2",
        "b 4b",
        "6:",               // biases in r2–r5, multipliers in r1, r7, r12, lr
        "ldr r1, [sp, #4]", // skip
        "smlad r8, r4, r7, r8",
        "ldr r2, [lr]",
        "sxtb16 r4, r4",
        "smlad r10, r5, r7, r10",
        "ldr r3, [lr, #4]",
        "sxtb16 r5, r5",
        "add r0, r0, r1",
        "smlad r9, r4, r7, r9",
        "ldr r6, [sp, #24]", // bias_scale
        "smlad r11, r5, r7, r11",
        "ldr r4, [lr, #8]",
        "ldr r5, [lr, #12]",
        "smmulr r2, r2, r6",
        "ldr r1, [r0], #16",
        "sub r8, r8, r9",
        "smmulr r3, r3, r6",
        "ldr r7, [r0, #-12]",
        "lsl r9, r9, #8",
        "smmulr r4, r4, r6",
        "ldr r12, [r0, #-8]",
        "sub r10, r10, r11",
        "smmulr r5, r5, r6",
        "ldr lr, [r0, #-4]",
        "lsl r11, r11, #8",
        "smmlar r8, r8, r1, r2",
        "ldr r6, [sp, #8]", // out
        "smmlar r9, r9, r7, r3",
        "ldr r7, [sp, #12]", // out_end
        "smmlar r10, r10, r12, r4",
        "strd r8, r9, [r6], #8",
        "smmlar r11, r11, lr, r5",
        "strd r10, r11, [r6], #8",
        "cmp r6, r7",
        "str r6, [sp, #8]",
        "bne 2b",
        "add sp, sp, #32",
        "pop {{r4-r11, pc}}",
    )
}
