//! int4 on the cores of `dsp/mod.rs`: four rows in each half-word, one stream.
//!
//! ```text
//! half = 4096·w₀ + 256·u₁ + 16·u₂ + u₃, u = w + 8                   (layout: `kernel/layout.rs`)
//! for each block of four rows
//!     bias[0..4] = SMMULR(next four words, 2^(32 − bias_shift))     to the stack
//!     H = −2184·X    M = −2056·X    F = −144·X                      X = Σ x, once for all blocks
//!     for each word w, four rows of two columns, and its two columns x
//!         H += SMLAD(w, x)                                          4096·D₀ + 256·D₁ + 16·D₂ + D₃, modulo 2³²
//!         t = UXTB16(w)
//!         m = w & 0F0F0F0F              M += SMLAD(m, x)            256·D₁ + D₃
//!         f = UXTAB16(t, m ROR 8)       F += SMLAD(f, x)            D₁ + 16·D₂ + D₃
//!     out[0..4] = SMMLAR(256·D, next four words, bias)
//! ```
//! Where the sums start takes away what u has too much.
//!
//! | r0 | r1 | r2–r5 | r6–r9 | r10–r12 | lr | stack |
//! |---|---|---|---|---|---|---|
//! | weights | x | 4 words | 8 columns of x | H, M, F | t, f | 4 biases, then [`Job`] |
//!
//! # Tricks
//!
//! * Three sums of 32 bits hold four of 20. H − M is 16·D₂ modulo 2¹², which leaves D₁ + D₃ of F; 256 times
//!   that from M is −255·D₃ modulo 2²⁰, and 255 times 1 + 2⁸ + 2¹⁶ is −1: so D₃, then all others
//!   (`separate!`). Sums of digits where they stand cannot do that: in F, u₁ stands as low as u₃.
//! * UXTB16 and UXTAB16 take the bytes of both halves, so that nothing crosses from one column to the other.
//! * The loop, its entry in the middle, single groups, the tail and an odd x are as in `dsp/mod.rs`.
//!
//! Executed instructions a product on a Cortex-M4, emulated: 26 for 32 products in the loop, .81; 24 of
//! them are those above. Four sums, over the word and what three masks leave, take 30.

mod pair;

pub use pair::matvec_pair;

use super::{GROUP, STEP_GROUPS, STEPS, Tail, cpu, mac, shifting};
use crate::kernel::blocks::{Places, in_blocks};
use crate::kernel::front::filled_up;
use crate::kernel::rows::Rows;
use core::arch::{asm, naked_asm};

/// Bytes of the weights of one group: a word per two columns.
const GROUP_BYTES: usize = 2 * GROUP;

/// Where H, M and F of a block start, for an X.
const fn starts(sum_x: i32) -> [i32; 3] {
    [sum_x.wrapping_mul(-2184), sum_x.wrapping_mul(-2056), sum_x.wrapping_mul(-144)]
}

/// What `run` keeps on its stack, in that order, behind the biases of a block; all but `starts` as in
/// `dsp/mod.rs`.
#[repr(C)]
struct Job {
    skip: usize,
    out: *mut i32,
    out_end: *mut i32,
    x: *const i16,
    bias_scale: i32,
    singles: usize,
    tail: *const Tail,
    loop_end: *const i16,
    entry: usize,
    starts: [i32; 3],
}

/// See [`crate::kernel::portable::fours::matvec`].
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
        starts: starts(sum(&[tail.0], sum(groups, 0))),
    };
    let count = out.len().min(rows.rows());
    in_blocks(rows.words(), rows.stride(), &mut out[..count], |words, out| {
        blocks(words, out, &mut job);
    });
}

/// `sum + Σ x`: 6 instructions a group.
fn sum(groups: &[[i16; GROUP]], mut sum: i32) -> i32 {
    let range = groups.as_ptr_range();
    if !groups.is_empty() {
        // SAFETY: reads the groups of the slice, at least one, at any address.
        unsafe {
            asm!(
                cpu!(),
                "2:",
                "ldr {a}, [{x}], #4",
                "ldr {b}, [{x}], #4",
                "smlad {s}, {a}, {ones}, {s}",
                "smlad {s}, {b}, {ones}, {s}",
                "cmp {x}, {end}",
                "bne 2b",
                x = inout(reg) range.start => _, end = in(reg) range.end, ones = in(reg) 0x1_0001,
                s = inout(reg) sum, a = out(reg) _, b = out(reg) _,
                options(readonly, nostack),
            );
        }
    }
    sum
}

/// As many blocks from the start of `words` as `out` has, at least one.
fn blocks(words: &[u32], out: &mut Places, job: &mut Job) {
    let range = out.as_mut_ptr_range();
    (job.out, job.out_end) = (range.start.cast(), range.end.cast());
    // SAFETY: `matvec` made `job` for a matrix of which `words` are whole blocks, at least one for
    // each element of `out`; x, the tail and out outlive the call.
    unsafe { run(words.as_ptr(), job) }
}

/// `t` of a word.
macro_rules! low {
    ($t:literal, $w:literal) => {
        concat!("uxtb16 ", $t, ", ", $w, "\n")
    };
}

/// A word becomes m.
macro_rules! odd {
    ($w:literal) => {
        concat!("and ", $w, ", ", $w, ", #0x0F0F0F0F\n")
    };
}

/// `t` becomes f.
macro_rules! with_odd {
    ($t:literal, $m:literal) => {
        concat!("uxtab16 ", $t, ", ", $t, ", ", $m, ", ror #8\n")
    };
}

/// A word of weights with its two columns: 6 instructions for 8 products.
macro_rules! word {
    ($w:literal, $x:literal) => {
        concat!(
            mac!("r10", $w, $x),
            low!("lr", $w),
            odd!($w),
            mac!("r11", $w, $x),
            with_odd!("lr", $w),
            mac!("r12", "lr", $x),
        )
    };
}

/// One step of the loop: 8 columns, 26 instructions for 32 products.
macro_rules! step {
    () => {
        concat!(
            "ldm r1!, {{r6-r9}}\n",
            "ldm r0!, {{r2-r5}}\n",
            word!("r2", "r6"),
            word!("r3", "r7"),
            word!("r4", "r8"),
            word!("r5", "r9"),
        )
    };
}

/// `to = from − operand`
macro_rules! sub {
    ($to:literal, $from:literal, $operand:literal $(, $shift:literal)?) => {
        concat!("sub ", $to, ", ", $from, ", ", $operand, $(", ", $shift,)? "\n")
    };
}

/// `to = to` shifted.
macro_rules! shift {
    ($how:literal, $to:literal, $by:literal) => {
        concat!($how, " ", $to, ", ", $to, ", ", $by, "\n")
    };
}

/// 256·D₀ in `h`, 256·D₁ in `m`, 256·D₂ in `f`, 256·D₃ in `t`, of the sums.
macro_rules! separate {
    ($h:literal, $m:literal, $f:literal, $t:literal) => {
        concat!(
            sub!($h, $h, $m),           // 4096·D₀ + 16·D₂
            sub!($t, $f, $h),           // D₁ + D₃, modulo 2¹²
            sub!($t, $m, $t, "lsl #8"), // −255·D₃, modulo 2²⁰
            "add ",
            $t,
            ", ",
            $t,
            ", ",
            $t,
            ", lsl #8\nadd ",
            $t,
            ", ",
            $t,
            ", ",
            $t,
            ", lsl #16\n",
            shift!("lsl", $t, "#12"), // 4096·D₃
            sub!($m, $m, $t, "asr #12"),
            sub!($f, $f, $t, "asr #12"),
            sub!($f, $f, $m, "asr #8"), // 16·D₂
            sub!($h, $h, $f),
            shift!("asr", $h, "#4"),
            shift!("lsl", $f, "#4"),
            shift!("asr", $t, "#4"),
        )
    };
}

use {low, odd, separate, shift, sub, with_odd};

/// # Safety
///
/// As `run` of `dsp/mod.rs`, for blocks of this layout.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "ldm r1, {{r2-r12, lr}}",
        "push {{r2-r12, lr}}",
        // The steps have one length: entry = start + entry · (end − start) / 4, in Thumb state.
        "adr r1, 3f",
        "adr r12, 4f",
        "sub r12, r12, r1",
        "lsr r12, r12, #2",
        "orr r1, r1, #1",
        "mla r10, r10, r12, r1",
        "str r10, [sp, #32]",
        "sub sp, sp, #16",
        "2:", // a block: its biases, rounded to the bits of the sums
        "ldm r0!, {{r2-r5}}",
        "ldr r6, [sp, #32]", // bias_scale
        "smmulr r2, r2, r6",
        "smmulr r3, r3, r6",
        "smmulr r4, r4, r6",
        "smmulr r5, r5, r6",
        "stm sp, {{r2-r5}}",
        "ldr r1, [sp, #28]",  // x
        "ldr r10, [sp, #52]", // starts
        "ldrd r11, r12, [sp, #56]",
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
        "ldm r0!, {{r2, r3}}",
        "ldr r8, [r1], #4",
        "ldr r9, [r1], #4",
        word!("r2", "r8"),
        word!("r3", "r9"),
        "subs r6, r6, #1",
        "bne 5b",
        "6:",
        "cbz r7, 7f",
        "ldm r0!, {{r2, r3}}",
        "ldrd r8, r9, [r7]",
        word!("r2", "r8"),
        word!("r3", "r9"),
        "7:",
        "ldm sp, {{r2-r7}}", // biases, skip, out
        "add r0, r0, r6",
        "ldm r0!, {{r1, r6, r8, r9}}", // multipliers
        separate!("r10", "r11", "r12", "lr"),
        "smmlar r10, r10, r1, r2",
        "smmlar r11, r11, r6, r3",
        "smmlar r12, r12, r8, r4",
        "smmlar lr, lr, r9, r5",
        "stm r7!, {{r10, r11, r12, lr}}",
        "ldr r1, [sp, #24]", // out_end
        "str r7, [sp, #20]", // out
        "cmp r7, r1",
        "bne 2b",
        "add sp, sp, #64",
        "pop {{r4-r11, pc}}",
    )
}
