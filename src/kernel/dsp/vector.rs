//! Vectors on the cores of `mod.rs`: the loops of `portable`, with SMMULR for a product and its
//! rounding, and for a rounded shift, which is a product with 2^(32−shift).

use super::{cpu, shifting};
use crate::kernel::portable::{self, Norm};
use core::arch::{asm, naked_asm};
use core::ops::Range;

/// See [`portable::scale`].
#[inline(always)]
#[must_use]
pub fn scale(value: i32, m: i32) -> i32 {
    let product;
    // SAFETY: arithmetic in registers.
    unsafe {
        asm!(cpu!(), "smmulr {p}, {v}, {m}", p = lateout(reg) product, v = in(reg) value,
            m = in(reg) m, options(pure, nomem, nostack, preserves_flags));
    }
    product
}

/// −2^(32−shift), with which SMMLSR shifts by 1…31, and rounds.
pub(super) const fn minus(shift: u32) -> i32 {
    ((1u32 << (32u32.wrapping_sub(shift) & 31)) as i32).wrapping_neg()
}

/// See [`portable::add_scaled`].
pub fn add_scaled(wide: &mut [i32], shift: u32, x: &[i16], factor: i32) {
    let n = wide.len().min(x.len());
    let from = wide.as_mut_ptr();
    let job = AddJob {
        end_of_fours: from.wrapping_add(n & !3),
        factor,
        minus: if shift > 0 { minus(shift) } else { 0 },
        end: from.wrapping_add(n),
    };
    // SAFETY: both slices have n numbers; the ends are those of fours among them, and of all.
    unsafe { add(from, x.as_ptr(), &job) };
}

/// What [`add`] does to each number, and to how many.
#[repr(C)]
struct AddJob {
    end_of_fours: *const i32,
    factor: i32,
    /// 0 to shift by nothing.
    minus: i32,
    end: *const i32,
}

/// Four numbers in 11 instructions, in 15 if they are shifted: wide r0, x r1 · the job r2–r4, lr ·
/// four numbers r5–r8 · two words of x r9, r12 · 0 r10.
///
/// # Safety
/// From `wide` to `job.end` lie numbers, whole fours up to `job.end_of_fours`, and as many from `x` on.
#[unsafe(naked)]
unsafe extern "C" fn add(wide: *mut i32, x: *const i16, job: &AddJob) {
    naked_asm!(
        cpu!(),
        "push {{r4-r10, lr}}",
        "ldm r2, {{r2-r4, lr}}",
        "mov r10, #0",
        "b 4f",
        "2:",
        "ldm r0, {{r5-r8}}",
        "cbz r4, 3f",
        "smmlsr r5, r5, r4, r10",
        "smmlsr r6, r6, r4, r10",
        "smmlsr r7, r7, r4, r10",
        "smmlsr r8, r8, r4, r10",
        "3:",
        "ldr r9, [r1], #4", // At any address; LDM would fault.
        "ldr r12, [r1], #4",
        "smlabb r5, r9, r3, r5",
        "smlatb r6, r9, r3, r6",
        "smlabb r7, r12, r3, r7",
        "smlatb r8, r12, r3, r8",
        "stm r0!, {{r5-r8}}",
        "4:",
        "cmp r0, r2",
        "bne 2b",
        "b 7f",
        "5:",
        "ldr r5, [r0]",
        "cbz r4, 6f",
        "smmlsr r5, r5, r4, r10",
        "6:",
        "ldrsh r9, [r1], #2",
        "mla r5, r9, r3, r5",
        "str r5, [r0], #4",
        "7:",
        "cmp r0, lr",
        "bne 5b",
        "pop {{r4-r10, pc}}",
    )
}

/// See [`portable::relu`].
pub fn relu(values: &mut [i32]) -> u32 {
    let Range { start, end } = values.as_mut_ptr_range();
    // SAFETY: the ends are those of eights among the values, and of all.
    unsafe { cut_below(start, start.wrapping_add(values.len() & !7), end) }
}

/// Eight numbers in 20 instructions.
///
/// # Safety
/// From `from` to `end` lie numbers, whole eights up to `end_of_eights`.
#[unsafe(naked)]
unsafe extern "C" fn cut_below(from: *mut i32, end_of_eights: *const i32, end: *const i32) -> u32 {
    naked_asm!(
        cpu!(),
        "push {{r4-r10, lr}}",
        "mov r12, #0",
        "b 3f",
        "2:",
        "ldm r0, {{r3-r10}}",
        "bic r3, r3, r3, asr #31",
        "bic r4, r4, r4, asr #31",
        "bic r5, r5, r5, asr #31",
        "bic r6, r6, r6, asr #31",
        "bic r7, r7, r7, asr #31",
        "bic r8, r8, r8, asr #31",
        "bic r9, r9, r9, asr #31",
        "bic r10, r10, r10, asr #31",
        "stm r0!, {{r3-r10}}",
        "orr r3, r3, r4",
        "orr r5, r5, r6",
        "orr r7, r7, r8",
        "orr r9, r9, r10",
        "orr r3, r3, r5",
        "orr r7, r7, r9",
        "orr r12, r12, r3",
        "orr r12, r12, r7",
        "3:",
        "cmp r0, r1",
        "bne 2b",
        "b 5f",
        "4:",
        "ldr r3, [r0]",
        "bic r3, r3, r3, asr #31",
        "orr r12, r12, r3",
        "str r3, [r0], #4",
        "5:",
        "cmp r0, r2",
        "bne 4b",
        "mov r0, r12",
        "pop {{r4-r10, pc}}",
    )
}

/// See [`portable::moments`].
#[must_use]
pub fn moments(x: &[i16]) -> (i32, u64) {
    let (eights, rest) = x.as_chunks();
    let (mut sum, mut low, mut high) = (0i32, 0u32, 0u32);
    for &[a, b, c, d, e, f, g, h] in eights {
        let both = |a: i16, b: i16| u32::from(a as u16) | u32::from(b as u16) << 16;
        // SAFETY: arithmetic in registers.
        unsafe {
            asm!(cpu!(), "smlad {s}, {x}, {ones}, {s}", "smlald {l}, {h}, {x}, {x}",
                "smlad {s}, {y}, {ones}, {s}", "smlald {l}, {h}, {y}, {y}",
                "smlad {s}, {z}, {ones}, {s}", "smlald {l}, {h}, {z}, {z}",
                "smlad {s}, {w}, {ones}, {s}", "smlald {l}, {h}, {w}, {w}",
                x = in(reg) both(a, b), y = in(reg) both(c, d), z = in(reg) both(e, f),
                w = in(reg) both(g, h), ones = in(reg) 0x1_0001,
                s = inout(reg) sum, l = inout(reg) low, h = inout(reg) high,
                options(pure, nomem, nostack)); // SMLAD may set Q.
        }
    }
    let (odd_sum, odd_square) = portable::moments(rest);
    let squares = u64::from(high) << 32 | u64::from(low);
    (sum.wrapping_add(odd_sum), squares.wrapping_add(odd_square))
}

/// See [`portable::norm`].
pub fn norm(norm: Norm, x: &[i16], gammas: &[u32], betas: &[u32], out: &mut [i32]) {
    let Norm { factor, offset, root, beta_shift } = norm;
    let n = x.len().min(gammas.len()).min(betas.len()).min(out.len());
    let to = out.as_mut_ptr();
    // SMLABB takes a factor of 16 bits, which nearly all are.
    let fours = if factor == i32::from(factor as i16) { n & !3 } else { 0 };
    let job = NormJob {
        factor,
        minus_offset: offset.wrapping_neg(),
        root,
        beta_scale: if beta_shift > 31 { 0 } else { shifting(beta_shift) },
        end_of_fours: to.wrapping_add(fours),
        end: to.wrapping_add(n),
    };
    // SAFETY: all four slices have n numbers; the ends are those of fours among them, and of all.
    unsafe { norm_all(x.as_ptr(), gammas.as_ptr(), betas.as_ptr(), to, &job) };
}

/// What [`norm_all`] does to each number, and to how many.
#[repr(C)]
struct NormJob {
    factor: i32,
    minus_offset: i32,
    root: i32,
    beta_scale: i32,
    end_of_fours: *const i32,
    end: *const i32,
}

/// Four numbers in 26 instructions: x r0, γ r1, β r2, out r3 · the job r4–r7 · two words r8, r9 · what
/// becomes of four x r10–r12, lr.
///
/// # Safety
/// From `x`, `gammas`, `betas` and `out` on lie as many numbers, those of `out` up to `job.end`, whole
/// fours up to `job.end_of_fours` if the factor has 16 bits, else none.
#[unsafe(naked)]
unsafe extern "C" fn norm_all(
    x: *const i16,
    gammas: *const u32,
    betas: *const u32,
    out: *mut i32,
    job: &NormJob,
) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "ldr r8, [sp, #36]",
        "ldm r8, {{r4-r9}}",
        "push {{r8, r9}}",
        "b 3f",
        "2:",
        "ldr r8, [r0], #4",
        "ldr r9, [r0], #4",
        "smlabb r10, r8, r4, r5",
        "smlatb r11, r8, r4, r5",
        "smlabb r12, r9, r4, r5",
        "smlatb lr, r9, r4, r5",
        "ldrd r8, r9, [r1], #8",
        "smmulr r10, r10, r6",
        "smmulr r11, r11, r6",
        "smmulr r12, r12, r6",
        "smmulr lr, lr, r6",
        "smmulr r10, r10, r8",
        "smmulr r11, r11, r9",
        "ldrd r8, r9, [r1], #8",
        "smmulr r12, r12, r8",
        "smmulr lr, lr, r9",
        "ldrd r8, r9, [r2], #8",
        "smmlar r10, r8, r7, r10",
        "smmlar r11, r9, r7, r11",
        "ldrd r8, r9, [r2], #8",
        "smmlar r12, r8, r7, r12",
        "smmlar lr, r9, r7, lr",
        "stm r3!, {{r10-r12, lr}}",
        "3:",
        "ldr r8, [sp]", // end_of_fours
        "cmp r3, r8",
        "bne 2b",
        "pop {{r8, r9}}",
        "b 5f",
        "4:",
        "ldrsh r10, [r0], #2",
        "ldr r11, [r1], #4",
        "ldr r12, [r2], #4",
        "mla r10, r10, r4, r5",
        "smmulr r10, r10, r6",
        "smmulr r10, r10, r11",
        "smmlar r10, r12, r7, r10",
        "str r10, [r3], #4",
        "5:",
        "cmp r3, r9", // end
        "bne 4b",
        "pop {{r4-r11, pc}}",
    )
}
