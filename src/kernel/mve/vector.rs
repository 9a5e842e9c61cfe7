//! Vectors with Helium: four numbers a turn, the last ones by predication, so that any length is one loop.
//!
//! VRSHL with a negative shift is ⌊v / 2^shift + ½⌋ without overflow, VRMULH rounds as SMMULR does.
//!
//! | | instructions a number | | |
//! |---|---|---|---|
//! | [`narrow`] | 1.25 | [`add_scaled`] | 1.5 |
//! | [`magnitude`] | 1.25 | [`moments`] | .5 |
//! | [`norm`] | 2.75 | [`relu`] | 1.25 |

use super::cpu;
use crate::kernel::Norm;
use core::arch::{asm, naked_asm};

/// See [`crate::kernel::portable::scale`].
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

/// See [`crate::kernel::portable::magnitude`].
#[must_use]
pub fn magnitude(values: &[i32]) -> u32 {
    // SAFETY: all numbers of a slice.
    unsafe { run_magnitude(values.as_ptr(), values.len()) }
}

/// See [`crate::kernel::portable::width`].
#[must_use]
pub fn width(values: &[i32]) -> u32 {
    32 - magnitude(values).leading_zeros()
}

/// See [`crate::kernel::portable::narrow`].
pub fn narrow(values: &[i32], shift: u32, limit: i32, out: &mut [i16]) {
    let n = values.len().min(out.len());
    // SAFETY: both have `n` numbers.
    unsafe { run_narrow(values.as_ptr(), out.as_mut_ptr(), n, shift.wrapping_neg(), limit) }
}

/// See [`crate::kernel::portable::add_scaled`].
pub fn add_scaled(wide: &mut [i32], shift: u32, x: &[i16], factor: i32) {
    let n = wide.len().min(x.len());
    // SAFETY: both have `n` numbers.
    unsafe { run_add_scaled(wide.as_mut_ptr(), x.as_ptr(), n, shift.wrapping_neg(), factor) }
}

/// See [`crate::kernel::portable::moments`].
#[must_use]
pub fn moments(x: &[i16]) -> (i32, u64) {
    let mut sum = 0;
    // SAFETY: all numbers of a slice.
    let squares = unsafe { run_moments(x.as_ptr(), x.len(), &mut sum) };
    (sum, squares)
}

/// What `run_norm` reads, in that order.
#[repr(C)]
struct Job {
    x: *const i16,
    gammas: *const u32,
    betas: *const u32,
    out: *mut i32,
    factor: i32,
    offset: i32,
    n: usize,
    /// −beta_shift
    beta_shift: u32,
    root: i32,
}

/// See [`crate::kernel::portable::norm`].
pub fn norm(norm: Norm, x: &[i16], gammas: &[u32], betas: &[u32], out: &mut [i32]) {
    let job = Job {
        x: x.as_ptr(),
        gammas: gammas.as_ptr(),
        betas: betas.as_ptr(),
        out: out.as_mut_ptr(),
        factor: norm.factor,
        offset: norm.offset,
        n: x.len().min(gammas.len()).min(betas.len()).min(out.len()),
        beta_shift: norm.beta_shift.min(32).wrapping_neg(),
        root: norm.root,
    };
    // SAFETY: all four have `n` numbers.
    unsafe { run_norm(&job) }
}

/// See [`crate::kernel::portable::relu`].
pub fn relu(values: &mut [i32]) -> u32 {
    // SAFETY: all numbers of a slice.
    unsafe { run_relu(values.as_mut_ptr(), values.len()) }
}

/// # Safety
///
/// `values`: `[n]`
#[unsafe(naked)]
unsafe extern "C" fn run_relu(values: *mut i32, n: usize) -> u32 {
    naked_asm!(
        cpu!(),
        "push {{r7, lr}}",
        "vmov.i32 q1, #0",
        "vmov.i32 q2, #0",
        "wlstp.32 lr, r1, 3f",
        "2:",
        "vldrw.u32 q0, [r0]",
        "vmax.s32 q0, q0, q1",
        "vorr q2, q2, q0",
        "vstrw.32 q0, [r0], #16",
        "letp lr, 2b",
        "3:",
        "vmov r0, r1, q2[2], q2[0]",
        "vmov r2, r3, q2[3], q2[1]",
        "orr r0, r0, r1",
        "orr r2, r2, r3",
        "orr r0, r0, r2",
        "pop {{r7, pc}}",
    )
}

/// # Safety
///
/// `values`: `[n]`
#[unsafe(naked)]
unsafe extern "C" fn run_magnitude(values: *const i32, n: usize) -> u32 {
    naked_asm!(
        cpu!(),
        "push {{r7, lr}}",
        "vmov.i32 q1, #0",
        "wlstp.32 lr, r1, 3f",
        "2:",
        "vldrw.u32 q0, [r0], #16",
        "vshr.s32 q2, q0, #31",
        "veor q0, q0, q2",
        "vorr q1, q1, q0",
        "letp lr, 2b",
        "3:",
        "vmov r0, r1, q1[2], q1[0]",
        "vmov r2, r3, q1[3], q1[1]",
        "orr r0, r0, r1",
        "orr r2, r2, r3",
        "orr r0, r0, r2",
        "pop {{r7, pc}}",
    )
}

/// # Safety
///
/// `values`, `out`: `[n]` · `shift`: that of `narrow`, negative
#[unsafe(naked)]
unsafe extern "C" fn run_narrow(
    values: *const i32,
    out: *mut i16,
    n: usize,
    shift: u32,
    limit: i32,
) {
    naked_asm!(
        cpu!(),
        "push {{r7, lr}}",
        "ldr r12, [sp, #8]",
        "vdup.32 q1, r12",
        "wlstp.32 lr, r2, 3f",
        "2:",
        "vldrw.u32 q0, [r0], #16",
        "vrshl.s32 q0, r3",
        "vmin.s32 q0, q0, q1",
        "vstrh.32 q0, [r1], #8",
        "letp lr, 2b",
        "3:",
        "pop {{r7, pc}}",
    )
}

/// # Safety
///
/// `wide`, `x`: `[n]` · `shift`: that of `add_scaled`, negative
#[unsafe(naked)]
unsafe extern "C" fn run_add_scaled(
    wide: *mut i32,
    x: *const i16,
    n: usize,
    shift: u32,
    factor: i32,
) {
    naked_asm!(
        cpu!(),
        "push {{r7, lr}}",
        "ldr r12, [sp, #8]",
        "wlstp.32 lr, r2, 3f",
        "2:",
        "vldrw.u32 q0, [r0]",
        "vldrh.s32 q1, [r1], #8",
        "vrshl.s32 q0, r3",
        "vmla.s32 q0, q1, r12",
        "vstrw.32 q0, [r0], #16",
        "letp lr, 2b",
        "3:",
        "pop {{r7, pc}}",
    )
}

/// The sum of squares.
///
/// # Safety
///
/// `x`: `[n]`
#[unsafe(naked)]
unsafe extern "C" fn run_moments(x: *const i16, n: usize, sum: &mut i32) -> u64 {
    naked_asm!(
        cpu!(),
        "push {{r4, lr}}",
        "mov r4, #0",
        "mov r12, #0",
        "mov r3, #0",
        "wlstp.16 lr, r1, 3f",
        "2:",
        "vldrh.u16 q0, [r0], #16",
        "vaddva.s16 r4, q0",
        "vmlaldava.s16 r12, r3, q0, q0",
        "letp lr, 2b",
        "3:",
        "str r4, [r2]",
        "mov r0, r12",
        "mov r1, r3",
        "pop {{r4, pc}}",
    )
}

/// # Safety
///
/// All four of `job` have its `n` numbers.
#[unsafe(naked)]
unsafe extern "C" fn run_norm(job: &Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r8, lr}}",
        "ldr r12, [r0, #32]",
        "vdup.32 q3, r12",
        // x, gammas, betas, out, factor, offset, n, −beta_shift
        "ldm r0, {{r1-r8}}",
        "wlstp.32 lr, r7, 3f",
        "2:",
        "vldrh.s32 q0, [r1], #8",
        "vldrw.u32 q1, [r2], #16",
        "vldrw.u32 q2, [r3], #16",
        "vmul.i32 q0, q0, r5",
        "vsub.i32 q0, q0, r6",
        "vrmulh.s32 q0, q0, q3",
        "vrshl.s32 q2, r8",
        "vrmulh.s32 q0, q0, q1",
        "vadd.i32 q0, q0, q2",
        "vstrw.32 q0, [r4], #16",
        "letp lr, 2b",
        "3:",
        "pop {{r4-r8, pc}}",
    )
}
