//! Short numbers with Helium, what `vector.rs` does to wide ones: eight a turn, 5 instructions.

use super::cpu;
use core::arch::naked_asm;

/// See [`crate::kernel::portable::width_short`].
#[must_use]
pub fn width_short(values: &[i16]) -> u32 {
    // SAFETY: all numbers of a slice.
    let magnitude = unsafe { run_magnitude(values.as_ptr(), values.len()) };
    32 - magnitude.leading_zeros()
}

/// See [`crate::kernel::portable::narrow_short`].
pub fn narrow_short(values: &[i16], shift: u32, limit: i32, out: &mut [i16]) {
    let n = values.len().min(out.len());
    // SAFETY: both have `n` numbers.
    unsafe { run_narrow(values.as_ptr(), out.as_mut_ptr(), n, shift.wrapping_neg(), limit) }
}

/// # Safety
///
/// `values`: `[n]`
#[unsafe(naked)]
unsafe extern "C" fn run_magnitude(values: *const i16, n: usize) -> u32 {
    naked_asm!(
        cpu!(),
        "push {{r7, lr}}",
        "vmov.i32 q1, #0",
        "wlstp.16 lr, r1, 3f",
        "2:",
        "vldrh.u16 q0, [r0], #16",
        "vshr.s16 q2, q0, #15",
        "veor q0, q0, q2",
        "vorr q1, q1, q0",
        "letp lr, 2b",
        "3:",
        "vmov r0, r1, q1[2], q1[0]",
        "vmov r2, r3, q1[3], q1[1]",
        "orr r0, r0, r1",
        "orr r2, r2, r3",
        "orr r0, r0, r2",
        "orr r0, r0, r0, lsr #16",
        "uxth r0, r0",
        "pop {{r7, pc}}",
    )
}

/// # Safety
///
/// `values`, `out`: `[n]` · `shift`: that of `narrow_short`, negative
#[unsafe(naked)]
unsafe extern "C" fn run_narrow(
    values: *const i16,
    out: *mut i16,
    n: usize,
    shift: u32,
    limit: i32,
) {
    naked_asm!(
        cpu!(),
        "push {{r7, lr}}",
        "ldr r12, [sp, #8]",
        "vdup.16 q1, r12",
        "wlstp.16 lr, r2, 3f",
        "2:",
        "vldrh.u16 q0, [r0], #16",
        "vrshl.s16 q0, r3",
        "vmin.s16 q0, q0, q1",
        "vstrh.16 q0, [r1], #16",
        "letp lr, 2b",
        "3:",
        "pop {{r7, pc}}",
    )
}
