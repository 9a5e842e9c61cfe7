//! The dual multiply-accumulate of Cortex-M4, M7 and M33: four rows at a time, one stream.
//!
//! ```text
//! for each block of four rows                                       (layout: `layout.rs`)
//!     bias[0..4] = SMMULR(next four words, 2^(32 − bias_shift))     to the stack
//!     A₀ = L₀ = A₁ = L₁ = 0                                         A, L: one each per row pair
//!     for each word w of row pair p, and its two columns x
//!         Aₚ += SMLAD(w, x)                                         256·D + D′, modulo 2³²
//!         Lₚ += SMLAD(SXTB16(w), x)                                 D′
//!     out[0..4] = SMMLAR([A₀ − L₀, L₀ << 8, A₁ − L₁, L₁ << 8], next four words, bias)
//! ```
//!
//! | r0 | r1 | r2–r5 | r6–r9 | r10 | r11 | r12 | lr | stack |
//! |---|---|---|---|---|---|---|---|---|
//! | weights | x | a group: 4 words | 8 columns of x | A₀ | L₀ | A₁ | L₁ | 4 biases, then [`Job`] |
//!
//! # Tricks
//!
//! * Nothing is unpacked. 256·D + D′ comes from the words as they lie in flash, D′ from their low
//!   bytes, and 256·D = A − D′ even after A has wrapped around, because |D| < 2²³.
//! * D′ << 8 gives both rows of a pair one scale, so SMMLAR scales, rounds and adds the bias.
//! * The loop takes 8 columns four times and is entered at one of five places, the last being its
//!   end: any multiple of 8 columns runs in it. The place is the same for all blocks and waits on
//!   the stack, and `ldr pc` starts a block.
//! * All fourteen registers hold data, so that x comes by LDM too; the loop's end is on the stack.
//! * LDM and LDRD fault on an odd half-word, LDR does not (with CCR.UNALIGN_TRP clear, as after
//!   reset): such an `x` goes through the loop for single groups, as do 4 columns left over by the
//!   other. The last 1–3 columns come from a padded copy.
//! * SXTB16 stands behind the SMLAD that reads the same word, so that an M7 may issue both at once.
//!
//! # What was tried
//!
//! Executed instructions a product on a Cortex-M4, emulated (`cargo xtask bench`); bytes of `run`. The
//! variants were counted while a bias took two instructions, .01 to .02 a product, and in a bench that
//! knew the shapes:
//!
//! | | 1×64×64 | 1×128×128 | 1×512×128 | odd x | bytes |
//! |---|---|---|---|---|---|
//! | this | 1.05 | .94 | .89 | 1.14 | 694 |
//! | one step a round, not four | 1.10 | 1.01 | .96 | 1.14 | 384 |
//! | two steps | 1.05 | .97 | .91 | 1.14 | 492 |
//! | eight steps | 1.02 | .93 | .87 | 1.14 | 1118 |
//! | x by four LDR: no alignment needed | 1.12 | 1.04 | .98 | 1.04 | 750 |
//! | x by two LDRD | 1.06 | .97 | .92 | 1.14 | 718 |
//!
//! The floor of this layout is .84: 3 instructions for each word of 4 products, and 3 loads for 8.

#![expect(unsafe_code, reason = "assembly reads the blocks through pointers")]

mod bare;
#[cfg(feature = "int4")]
pub mod fours;
mod narrow;
mod pair;
mod put;
mod vector;
mod weights;

pub use super::portable::*; // What this set has not.
pub use bare::dots;
pub use narrow::{narrow, narrow_short, width};
pub use pair::matvec_pair;
pub use put::{put_column, put_row};
pub use vector::{add_scaled, moments, norm, relu, scale};
pub use weights::{energies, mantissas, powers};

use super::blocks::{Places, in_blocks};
use super::rows::{GROUP, Rows};
use crate::kernel::front::filled_up;
use core::arch::naked_asm;

/// Bytes of the weights of one group: a word per two rows and two columns.
const GROUP_BYTES: usize = 4 * GROUP;
/// Groups that one entry of the loop takes.
const STEP_GROUPS: usize = 2;
/// Entries of the loop.
const STEPS: usize = 4;

/// A group of x, zeros behind its end; LDRD wants the alignment.
#[repr(align(4))]
struct Tail(#[allow(dead_code, reason = "assembly reads it")] [i16; GROUP]);

/// What `run` keeps on its stack, in that order, behind the biases of a block.
#[repr(C)]
struct Job {
    /// Bytes of weights behind the last group that `x` reaches.
    skip: usize,
    /// Where four results go, up to `out_end`.
    out: *mut i32,
    out_end: *mut i32,
    x: *const i16,
    /// What shifts a bias.
    bias_scale: i32,
    /// Groups for the loop of single groups.
    singles: usize,
    /// The last 1–3 columns, or null.
    tail: *const Tail,
    /// Where x stands when the loop ends.
    loop_end: *const i16,
    /// Steps of the loop that its first round leaves out; `STEPS` for no loop at all.
    entry: usize,
}

/// See [`super::portable::matvec`].
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    let (groups, rest) = x.as_chunks::<GROUP>();
    let tail = Tail(filled_up(rest));
    let aligned = x.as_ptr().cast::<u32>().is_aligned();
    let looped = if aligned { groups.len() & !(STEP_GROUPS - 1) } else { 0 };
    let unreached = rows.columns().div_ceil(GROUP).wrapping_sub(x.len().div_ceil(GROUP));
    let mut job = Job {
        skip: unreached.wrapping_mul(GROUP_BYTES),
        out: core::ptr::null_mut(),
        out_end: core::ptr::null_mut(),
        x: x.as_ptr(),
        bias_scale: shifting(bias_shift),
        singles: groups.len().wrapping_sub(looped),
        tail: if rest.is_empty() { core::ptr::null() } else { &raw const tail },
        loop_end: groups.as_ptr().wrapping_add(looped).cast(),
        entry: if looped == 0 { STEPS } else { (looped / STEP_GROUPS).wrapping_neg() % STEPS },
    };
    let count = out.len().min(rows.rows());
    in_blocks(rows.words(), rows.stride(), &mut out[..count], |words, out| {
        blocks(words, out, &mut job);
    });
}

/// What SMMULR multiplies by where it shifts by 2…31, and rounds.
pub(super) const fn shifting(shift: u32) -> i32 {
    1 << (32u32.wrapping_sub(shift) & 31)
}

/// As many blocks from the start of `words` as `out` has, at least one.
fn blocks(words: &[u32], out: &mut Places, job: &mut Job) {
    let range = out.as_mut_ptr_range();
    (job.out, job.out_end) = (range.start.cast(), range.end.cast());
    // SAFETY: `matvec` made `job` for a matrix of which `words` are whole blocks, at least one for
    // each element of `out`; x, the tail and out outlive the call.
    unsafe { run(words.as_ptr(), job) }
}

/// `sum += w · x`, two columns of it.
macro_rules! mac {
    ($sum:literal, $w:literal, $x:literal) => {
        concat!("smlad ", $sum, ", ", $w, ", ", $x, ", ", $sum, "\n")
    };
}

/// `w` becomes its low bytes.
macro_rules! low {
    ($w:literal) => {
        concat!("sxtb16 ", $w, ", ", $w, "\n")
    };
}

/// A group, loaded into r2–r5, with its four columns: 12 instructions for 16 products.
macro_rules! group {
    ($x01:literal, $x23:literal) => {
        concat!(
            mac!("r10", "r2", $x01),
            low!("r2"),
            mac!("r12", "r3", $x01),
            low!("r3"),
            mac!("r11", "r2", $x01),
            mac!("lr", "r3", $x01),
            mac!("r10", "r4", $x23),
            low!("r4"),
            mac!("r12", "r5", $x23),
            low!("r5"),
            mac!("r11", "r4", $x23),
            mac!("lr", "r5", $x23),
        )
    };
}

/// One step of the loop: 8 columns, 27 instructions for 32 products.
macro_rules! step {
    () => {
        concat!(
            "ldm r1!, {{r6-r9}}\n",
            "ldm r0!, {{r2-r5}}\n",
            group!("r6", "r7"),
            "ldm r0!, {{r2-r5}}\n",
            group!("r8", "r9"),
        )
    };
}

/// thumbv8m.main does not say that the DSP extension is there; thumbv7em does.
#[cfg(feature = "cortex-m33")]
macro_rules! cpu {
    () => {
        ".cpu cortex-m33"
    };
}
#[cfg(not(feature = "cortex-m33"))]
macro_rules! cpu {
    () => {
        ""
    };
}

use {cpu, group, low, mac};

/// # Safety
///
/// From `words` on there are as many whole blocks as `job.out..job.out_end` has places for four
/// results, at least one. `job.x` has the columns that `entry`, `loop_end` and `singles` say,
/// 4-byte aligned if the loop is entered; `tail` is null or a group.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "ldm r1, {{r2-r10}}",
        // The steps have one length: entry = start + entry · (end − start) / 4, in Thumb state.
        "adr r1, 3f",
        "adr r12, 4f",
        "sub r12, r12, r1",
        "lsr r12, r12, #2",
        "orr r1, r1, #1",
        "mla r10, r10, r12, r1",
        "push {{r2-r10}}",
        "sub sp, sp, #16",
        "2:", // a block: its biases, rounded to the bits of the sums
        "ldm r0!, {{r2-r5}}",
        "ldr r6, [sp, #32]", // bias_scale
        "smmulr r2, r2, r6",
        "smmulr r3, r3, r6",
        "smmulr r4, r4, r6",
        "smmulr r5, r5, r6",
        "stm sp, {{r2-r5}}",
        "ldr r1, [sp, #28]", // x
        "mov r10, #0",
        "mov r11, #0",
        "mov r12, #0",
        "mov lr, #0",
        "ldr pc, [sp, #48]", // entry
        ".p2align 2",
        "3:", // 32 columns
        step!(),
        step!(),
        step!(),
        step!(),
        "4:",
        "ldr r2, [sp, #44]", // loop_end
        "cmp r1, r2",
        "bne 3b",
        "ldrd r6, r7, [sp, #36]", // singles, tail
        "cbz r6, 6f",
        "5:", // 4 columns, at any address
        "ldm r0!, {{r2-r5}}",
        "ldr r8, [r1], #4",
        "ldr r9, [r1], #4",
        group!("r8", "r9"),
        "subs r6, r6, #1",
        "bne 5b",
        "6:",
        "cbz r7, 7f",
        "ldm r0!, {{r2-r5}}",
        "ldrd r8, r9, [r7]",
        group!("r8", "r9"),
        "7:",
        "ldm sp, {{r2-r7}}", // biases, skip, out
        "add r0, r0, r6",
        "ldm r0!, {{r1, r6, r8, r9}}", // multipliers
        "sub r10, r10, r11",
        "lsl r11, r11, #8",
        "sub r12, r12, lr",
        "lsl lr, lr, #8",
        "smmlar r10, r10, r1, r2",
        "smmlar r11, r11, r6, r3",
        "smmlar r12, r12, r8, r4",
        "smmlar lr, lr, r9, r5",
        "stm r7!, {{r10, r11, r12, lr}}",
        "ldr r1, [sp, #24]", // out_end
        "str r7, [sp, #20]", // out
        "cmp r7, r1",
        "bne 2b",
        "add sp, sp, #52",
        "pop {{r4-r11, pc}}",
    )
}
