//! An int4 matrix with two vectors at once: each word of weights is read and masked once.
//!
//! The sums are those of `mod.rs`, for each vector; the vectors lie side by side, and block, loop and
//! entry are as in `dsp/pair.rs`: 21 instructions, loads included, for 32 products.
//!
//! | r0 | r1 | r2, r3 | r4, r5 | r6–r8 | r9–r11 | r12 | stack |
//! |---|---|---|---|---|---|---|---|
//! | weights | x | two words | both x | H, M, F of the first | of the second | t, f | 4 biases of each, then [`Job`] |
//!
//! Executed instructions a product on a Cortex-M4, emulated: .66 in the loop.

use super::super::{cpu, mac, shifting};
use super::{low, odd, separate, shift, starts, sub, with_odd};
use crate::kernel::blocks::{Places, in_blocks_of_two};
use crate::kernel::rows::Rows;
use core::arch::{asm, naked_asm};

/// Groups that a round of the loop takes.
const STEPS: usize = 4;

/// What `run` keeps on its stack, in that order, behind the biases of a block; all but `starts` as in
/// `dsp/pair.rs`.
#[repr(C)]
struct Job {
    out: [*mut i32; 2],
    out_end: *mut i32,
    x: *const [u32; 2],
    bias_scales: [i32; 2],
    loop_end: *const [u32; 2],
    entry: usize,
    starts: [[i32; 3]; 2],
}

/// See [`crate::kernel::portable::fours::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let [a, b] = out;
    let words = rows.columns().div_ceil(4).wrapping_mul(2);
    let Some(x) = x.get(..words) else { return };
    let count = a.len().min(b.len()).min(rows.rows());
    let mut job = Job {
        out: [core::ptr::null_mut(); 2],
        out_end: core::ptr::null_mut(),
        x: x.as_ptr(),
        bias_scales: bias_shifts.map(shifting),
        loop_end: x.as_ptr_range().end,
        entry: if words == 0 { STEPS } else { (words / 2).wrapping_neg() % STEPS },
        starts: sums(x).map(starts),
    };
    let out = [&mut a[..count], &mut b[..count]];
    in_blocks_of_two(rows.words(), rows.stride(), out, |words, out| blocks(words, out, &mut job));
}

/// Σ x of each vector.
fn sums(x: &[[u32; 2]]) -> [i32; 2] {
    let [mut first, mut second] = [0; 2];
    for &[a, b] in x {
        // SAFETY: arithmetic in registers.
        unsafe {
            asm!(cpu!(), "smlad {f}, {a}, {ones}, {f}", "smlad {s}, {b}, {ones}, {s}", a = in(reg) a,
                b = in(reg) b, ones = in(reg) 0x1_0001, f = inout(reg) first, s = inout(reg) second,
                options(pure, nomem, nostack)); // SMLAD may set Q.
        }
    }
    [first, second]
}

/// As many blocks from the start of `words` as both of `out` have, at least one.
fn blocks(words: &[u32], out: [&mut Places; 2], job: &mut Job) {
    let [a, b] = out;
    let range = a.as_mut_ptr_range();
    (job.out, job.out_end) = ([range.start.cast(), b.as_mut_ptr().cast()], range.end.cast());
    // SAFETY: `matvec_pair` made `job` for a matrix of which `words` are whole blocks, at least one
    // for each element of the two halves of `out`, which are equally long; x and out outlive the
    // call.
    unsafe { run(words.as_ptr(), job) }
}

/// A word of weights with two columns of both vectors.
macro_rules! word {
    ($w:literal) => {
        concat!(
            "ldrd r4, r5, [r1], #8\n",
            mac!("r6", $w, "r4"),
            mac!("r9", $w, "r5"),
            low!("r12", $w),
            odd!($w),
            mac!("r7", $w, "r4"),
            mac!("r10", $w, "r5"),
            with_odd!("r12", $w),
            mac!("r8", "r12", "r4"),
            mac!("r11", "r12", "r5"),
        )
    };
}

/// A group.
macro_rules! step {
    () => {
        concat!("ldm r0!, {{r2, r3}}\n", word!("r2"), word!("r3"))
    };
}

/// # Safety
///
/// As `run` of `dsp/pair.rs`, for blocks of this layout.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "add r12, r1, #32",
        "ldm r12, {{r2-r7}}",
        "push {{r2-r7}}",
        "ldm r1, {{r2-r9}}",
        // The steps have one length: entry = start + entry · (end − start) / 4, in Thumb state.
        "adr r1, 3f",
        "adr r12, 4f",
        "sub r12, r12, r1",
        "lsr r12, r12, #2",
        "orr r1, r1, #1",
        "mla r9, r9, r12, r1",
        "push {{r2-r9}}",
        "sub sp, sp, #32",
        "2:", // a block: its biases, rounded to the bits of the sums of each vector
        "ldm r0!, {{r2-r5}}",
        "ldrd r6, r7, [sp, #48]", // bias_scales
        "smmulr r8, r2, r7",
        "smmulr r9, r3, r7",
        "smmulr r10, r4, r7",
        "smmulr r11, r5, r7",
        "smmulr r2, r2, r6",
        "smmulr r3, r3, r6",
        "smmulr r4, r4, r6",
        "smmulr r5, r5, r6",
        "stm sp, {{r2-r5, r8-r11}}",
        "ldr r1, [sp, #44]", // x
        "add r2, sp, #64",   // starts
        "ldm r2, {{r6-r11}}",
        "ldr pc, [sp, #60]", // entry
        ".p2align 2",
        "3:", // 16 columns
        step!(),
        step!(),
        step!(),
        step!(),
        "4:",
        "ldr r2, [sp, #56]", // loop_end
        "cmp r1, r2",
        "bne 3b",
        "ldm r0!, {{r1-r4}}", // multipliers
        separate!("r6", "r7", "r8", "r12"),
        separate!("r9", "r10", "r11", "lr"),
        "ldr r5, [sp]",
        "smmlar r6, r6, r1, r5",
        "ldr r5, [sp, #16]",
        "smmlar r9, r9, r1, r5",
        "ldr r5, [sp, #4]",
        "smmlar r7, r7, r2, r5",
        "ldr r5, [sp, #20]",
        "smmlar r10, r10, r2, r5",
        "ldr r5, [sp, #8]",
        "smmlar r8, r8, r3, r5",
        "ldr r5, [sp, #24]",
        "smmlar r11, r11, r3, r5",
        "ldr r5, [sp, #12]",
        "smmlar r12, r12, r4, r5",
        "ldr r5, [sp, #28]",
        "smmlar lr, lr, r4, r5",
        "ldrd r1, r2, [sp, #32]", // out
        "stm r1!, {{r6-r8, r12}}",
        "stm r2!, {{r9-r11, lr}}",
        "strd r1, r2, [sp, #32]",
        "ldr r3, [sp, #40]", // out_end
        "cmp r1, r3",
        "bne 2b",
        "add sp, sp, #88",
        "pop {{r4-r11, pc}}",
    )
}
