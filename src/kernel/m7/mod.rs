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
//! | r0 | r1 | r2–r5 | r6, r7 | r8–r11 | r12 | stack |
//! |---|---|---|---|---|---|---|
//! | weights | x | P₀ Q₀ P₁ Q₁ | x₀ x₁, two columns each | A₀ L₀ A₁ L₁ | x at the loop's end | 4 biases, then [`Job`] |
//!
//! # Tricks
//!
//! * A block begins with P₁ = Q₁ = 0, so that the first late half adds nothing; nothing is read ahead
//!   that does not belong to the vector.
//! * A result is read two cycles after its load or SXTB16 at the earliest. Multiplications and other
//!   instructions alternate, so that it is all the same whether the one or the other must come first in
//!   a pair; only cycle 2 has two others, a load and an SXTB16.
//! * x comes by LDR, so that it may start at any half-word (with CCR.UNALIGN_TRP clear, as after reset).
//! * The loop is entered at one of five places, and the last 1–3 columns come from a padded copy, in the
//!   last quarter of a round of its own, as in `armv7m`.
//!
//! # Cycles, modelled
//!
//! Nobody has run this on an M7 yet. `cargo xtask m7` counts the cycles of what the emulator executed, by
//! rules that are written there: one multiplication, one load and one SXTB16 or shift a cycle, in order.

#![expect(unsafe_code, reason = "assembly reads the blocks through pointers")]

mod bare;
mod pair;
mod step;
#[path = "../dsp/vector.rs"]
mod vector;

pub use super::portable::magnitude;
pub use bare::dots;
pub use pair::matvec_pair;
pub use vector::{add_scaled, moments, narrow, norm, scale};

use super::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::naked_asm;
use step::{drain, step};

/// Bytes of the weights of one group: a word per two rows and two columns.
const GROUP_BYTES: usize = 4 * GROUP;
/// Groups that a round of the loop takes.
const STEPS: usize = 4;

/// What `run` keeps on its stack, in that order, behind the biases of a block.
#[repr(C)]
struct Job {
    /// Bytes of weights behind the last group that `x` reaches.
    skip: usize,
    /// Where four results go, up to `out_end`.
    out: *mut i32,
    out_end: *mut i32,
    x: *const i16,
    /// Where x stands when the loop ends.
    loop_end: *const i16,
    /// The last 1–3 columns, zeros behind them, or null.
    tail: *const i16,
    /// What shifts a bias.
    bias_scale: i32,
    /// Groups that the loop's first round leaves out; `STEPS` for no loop at all.
    entry: usize,
}

/// The groups that a first round of `STEPS` leaves out so that whole rounds follow it.
const fn entry<const STEPS: usize>(groups: usize) -> usize {
    if groups == 0 { STEPS } else { groups.wrapping_neg() % STEPS }
}

/// What SMMULR multiplies by where it shifts by 2…31, and rounds.
const fn shifting(shift: u32) -> i32 {
    1 << (32u32.wrapping_sub(shift) & 31)
}

/// All of these cores have the DSP extension.
macro_rules! cpu {
    () => {
        ""
    };
}

use cpu;

/// See [`super::portable::matvec`].
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    let (groups, rest) = x.as_chunks::<GROUP>();
    let mut tail = [0; GROUP];
    for (to, from) in tail.iter_mut().zip(rest) {
        *to = *from;
    }
    let unreached = rows.columns().div_ceil(GROUP).wrapping_sub(x.len().div_ceil(GROUP));
    let mut job = Job {
        skip: unreached.wrapping_mul(GROUP_BYTES),
        out: core::ptr::null_mut(),
        out_end: core::ptr::null_mut(),
        x: x.as_ptr(),
        loop_end: groups.as_ptr_range().end.cast(),
        tail: if rest.is_empty() { core::ptr::null() } else { tail.as_ptr() },
        bias_scale: shifting(bias_shift),
        entry: entry::<STEPS>(groups.len()),
    };
    let count = out.len().min(rows.rows());
    let (whole, part) = out[..count].as_chunks_mut::<BLOCK_ROWS>();
    let whole_blocks = whole.len();
    blocks(rows.words(), whole, &mut job);
    if !part.is_empty()
        && let Some(last) = rows.block(whole_blocks)
    {
        let mut four = [[0; BLOCK_ROWS]];
        blocks(last, &mut four, &mut job);
        for (to, from) in part.iter_mut().zip(four.as_flattened()) {
            *to = *from;
        }
    }
}

/// As many blocks from the start of `words` as `out` has.
fn blocks(words: &[u32], out: &mut [[i32; BLOCK_ROWS]], job: &mut Job) {
    if out.is_empty() {
        return;
    }
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
        // The steps have one length: entry = start + entry · (end − start) / 4, in Thumb state.
        "adr.w r1, 3f",
        "adr.w r12, 5f",
        "sub r12, r12, r1",
        "lsr r12, r12, #2",
        "orr r1, r1, #1",
        "mla r9, r9, r12, r1",
        "push {{r2-r9}}",
        "sub sp, sp, #16",
        "2:", // a block: its biases, rounded to the bits of the sums
        "ldr r2, [r0], #16",
        "ldr r6, [sp, #40]", // bias_scale
        "ldr r3, [r0, #-12]",
        "ldr r4, [r0, #-8]",
        "smmulr r2, r2, r6",
        "ldr r5, [r0, #-4]",
        "smmulr r3, r3, r6",
        "mov r8, #0",
        "smmulr r4, r4, r6",
        "mov r9, #0",
        "smmulr r5, r5, r6",
        "mov r10, #0",
        "strd r2, r3, [sp]",
        "mov r11, #0",
        "ldr r1, [sp, #28]", // x
        "strd r4, r5, [sp, #8]",
        "mov r4, #0",
        "ldr r12, [sp, #32]", // loop_end
        "mov r5, #0",
        "ldr pc, [sp, #44]", // entry
        ".p2align 3",
        "3:", // 16 columns
        step!(),
        step!(),
        step!(),
        "4:",
        step!(),
        "5:",
        "cmp r1, r12",
        "bne 3b",
        "ldr r6, [sp, #36]", // tail
        "cbz r6, 6f",
        "add lr, r6, #8",
        "cmp lr, r12", // Was that it?
        "beq 6f",
        "mov r1, r6",
        "mov r12, lr",
        "b 4b",
        "6:",
        "ldr r1, [sp, #16]", // skip
        drain!(),
        "add r0, r0, r1",
        "ldr r1, [r0], #16", // multipliers in r1, r6, r12, lr, biases in r2–r5
        "sub r8, r8, r9",
        "ldr r2, [sp]",
        "lsl r9, r9, #8",
        "ldr r6, [r0, #-12]",
        "sub r10, r10, r11",
        "ldr r3, [sp, #4]",
        "smmlar r8, r8, r1, r2",
        "ldr r12, [r0, #-8]",
        "lsl r11, r11, #8",
        "ldr r4, [sp, #8]",
        "smmlar r9, r9, r6, r3",
        "ldr lr, [r0, #-4]",
        "ldr r5, [sp, #12]",
        "smmlar r10, r10, r12, r4",
        "ldr r7, [sp, #20]", // out
        "smmlar r11, r11, lr, r5",
        "ldr r1, [sp, #24]", // out_end
        "strd r8, r9, [r7], #8",
        "strd r10, r11, [r7], #8",
        "cmp r7, r1",
        "str r7, [sp, #20]",
        "bne 2b",
        "add sp, sp, #48",
        "pop {{r4-r11, pc}}",
    )
}
