//! Vectors on the cores of `mod.rs`: the loops of `portable`, where a product takes two multiplications,
//! and every shift rounds by the carry it leaves.
//!
//! Executed instructions a number: [`norm`] 27, [`narrow`] 8 or 9, [`moments`] 6.5, [`add_scaled`] 10.

use super::ops::{op, scale};
use crate::kernel::portable;
use crate::kernel::portable::Norm;
use core::arch::{asm, naked_asm};

/// See [`portable::scale`].
#[inline(always)]
#[must_use]
pub fn scale(value: i32, m: i32) -> i32 {
    let product;
    // SAFETY: arithmetic in registers.
    unsafe {
        asm!("uxth {low}, {value}", "muls {low}, {m}, {low}", "asrs {value}, {value}, #16",
            "muls {value}, {m}, {value}", "asrs {low}, {low}, #16", "adcs {value}, {low}",
            value = inout(reg) value => product, low = out(reg) _, m = in(reg) m >> 16,
            options(pure, nomem, nostack));
    }
    product
}

/// See [`portable::narrow`].
pub fn narrow(values: &[i32], shift: u32, limit: i32, out: &mut [i16]) {
    let n = out.len().min(values.len());
    if n > 0 {
        // SAFETY: both have `n` numbers, at least one.
        unsafe { narrow_each(values.as_ptr(), out.as_mut_ptr(), n, &Two(shift as i32, limit)) }
    }
}

/// See [`portable::add_scaled`].
pub fn add_scaled(wide: &mut [i32], shift: u32, x: &[i16], factor: i32) {
    let n = wide.len().min(x.len());
    // SAFETY: both have `n` numbers.
    unsafe { add_each(wide.as_mut_ptr(), x.as_ptr(), n, &Two(shift as i32, factor)) }
}

/// See [`portable::moments`].
#[must_use]
pub fn moments(x: &[i16]) -> (i32, u64) {
    let (pairs, rest) = x.as_chunks::<2>();
    let (sum, squares) = portable::moments(rest);
    let mut moments = Moments { squares, sum };
    let range = pairs.as_ptr_range();
    // SAFETY: the numbers from the one to the other.
    unsafe { add_moments(range.start.cast(), range.end.cast(), &mut moments) }
    (moments.sum, moments.squares)
}

/// See [`portable::norm`].
pub fn norm(norm: Norm, x: &[i16], gammas: &[u32], betas: &[u32], out: &mut [i32]) {
    let n = x.len().min(gammas.len()).min(betas.len()).min(out.len());
    if n == 0 {
        return;
    }
    let range = out.as_mut_ptr_range();
    let job = NormJob {
        out: range.start,
        out_end: range.start.wrapping_add(n),
        factor: norm.factor,
        minus_offset: norm.offset.wrapping_neg(),
        root: norm.root >> 16,
        beta_shift: norm.beta_shift.min(32),
    };
    // SAFETY: all have `n` numbers, at least one.
    unsafe { norm_each(x.as_ptr(), gammas.as_ptr(), betas.as_ptr(), &job) }
}

/// A shift, and a limit or a factor.
#[repr(C)]
struct Two(i32, i32);

#[repr(C)]
struct Moments {
    squares: u64,
    sum: i32,
}

#[repr(C)]
struct NormJob {
    out: *mut i32,
    out_end: *mut i32,
    factor: i32,
    minus_offset: i32,
    /// Of 15 bits.
    root: i32,
    /// 32: no betas.
    beta_shift: u32,
}

/// # Safety
///
/// `values` and `out` have `n` numbers, at least one.
#[unsafe(naked)]
unsafe extern "C" fn narrow_each(
    values: *const i32,
    out: *mut i16,
    n: usize,
    shift_and_limit: &Two,
) {
    naked_asm!(
        "push {{r4-r7}}",
        "ldm r3!, {{r5, r6}}",
        "movs r7, #0",
        "lsls r3, r2, #1",
        "adds r3, r3, r1",
        "lsrs r2, r2, #1",
        "bcs 4f",
        "2:",
        "ldm r0!, {{r4}}",
        "asrs r4, r5",
        "adcs r4, r7",
        "cmp r4, r6",
        "ble 3f",
        "mov r4, r6",
        "3:",
        "strh r4, [r1]",
        "adds r1, #2",
        "4:",
        "ldm r0!, {{r4}}",
        "asrs r4, r5",
        "adcs r4, r7",
        "cmp r4, r6",
        "ble 5f",
        "mov r4, r6",
        "5:",
        "strh r4, [r1]",
        "adds r1, #2",
        "cmp r1, r3",
        "bne 2b",
        "pop {{r4-r7}}",
        "bx lr",
    )
}

/// # Safety
///
/// `wide` and `x` have `n` numbers.
#[unsafe(naked)]
unsafe extern "C" fn add_each(wide: *mut i32, x: *const i16, n: usize, shift_and_factor: &Two) {
    naked_asm!(
        "push {{r4-r7}}",
        "ldm r3!, {{r5, r6}}",
        "mov r3, r5",
        "movs r7, #0",
        "lsls r2, r2, #2",
        "adds r2, r2, r0",
        "cmp r0, r2",
        "beq 3f",
        "2:", // The carry is clear, for r0 is below r2: a shift by 0 leaves it so.
        "ldr r4, [r0]",
        "asrs r4, r3",
        "adcs r4, r7",
        "ldrsh r5, [r1, r7]",
        "muls r5, r6, r5",
        "adds r4, r4, r5",
        "stm r0!, {{r4}}",
        "adds r1, #2",
        "cmp r0, r2",
        "bne 2b",
        "3:",
        "pop {{r4-r7}}",
        "bx lr",
    )
}

/// # Safety
///
/// From `x` to `end` lie numbers, two and two.
#[unsafe(naked)]
unsafe extern "C" fn add_moments(x: *const i16, end: *const i16, moments: &mut Moments) {
    naked_asm!(
        "push {{r2, r4-r7, lr}}",
        "mov r12, r1",
        "ldm r2!, {{r3-r5}}", // squares, sum
        "movs r6, #0",
        "b 3f",
        "2:",
        "ldrsh r1, [r0, r6]",
        "adds r0, #2",
        "ldrsh r2, [r0, r6]",
        "adds r0, #2",
        "adds r5, r5, r1",
        "adds r5, r5, r2",
        "muls r1, r1, r1",
        "muls r2, r2, r2",
        "adds r1, r1, r2", // at most 2³¹
        "adds r3, r3, r1",
        "adcs r4, r6",
        "3:",
        "cmp r0, r12",
        "bne 2b",
        "pop {{r2}}",
        "stm r2!, {{r3-r5}}",
        "pop {{r4-r7, pc}}",
    )
}

/// # Safety
///
/// All have as many numbers as `job.out..job.out_end`, at least one.
#[unsafe(naked)]
unsafe extern "C" fn norm_each(
    x: *const i16,
    gammas: *const u32,
    betas: *const u32,
    job: &NormJob,
) {
    naked_asm!(
        "push {{r4-r7, lr}}",
        "mov r4, r8",
        "mov r5, r9",
        "mov r6, r10",
        "mov r7, r11",
        "push {{r4-r7}}",
        "ldm r3!, {{r4-r7}}", // out, out_end, factor, minus_offset
        "mov r12, r5",
        "mov r8, r6",
        "mov r9, r7",
        "ldm r3!, {{r5, r6}}", // root, beta_shift
        "mov r10, r5",
        "mov r11, r6",
        "mov r3, r4",
        "movs r7, #0",
        "2:",
        "ldrsh r4, [r0, r7]",
        "adds r0, #2",
        "mov r6, r8",
        "muls r4, r6, r4",
        "add r4, r9",
        "mov r6, r10",
        scale!("r4", "r6", "r5"),
        "ldm r1!, {{r6}}",
        "asrs r6, r6, #16",
        scale!("r4", "r6", "r5"),
        "ldm r2!, {{r5}}",
        "mov r6, r11",
        "asrs r5, r6",
        "adcs r4, r5",
        "stm r3!, {{r4}}",
        "cmp r3, r12",
        "bne 2b",
        "pop {{r4-r7}}",
        "mov r8, r4",
        "mov r9, r5",
        "mov r10, r6",
        "mov r11, r7",
        "pop {{r4-r7, pc}}",
    )
}
