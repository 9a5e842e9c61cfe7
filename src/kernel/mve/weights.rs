//! What attention does between its two products, with Helium.
//!
//! ```text
//! energies     four at a time: a shift each, to the highest, narrowed with saturation     2.25 instructions each
//! powers       eight: gathered from the table, a shift each, summed up                     1.5
//! mantissas    eight: a shift each                                                         .9
//! ```
//! VSHL by a negative number shifts to the right and reads a byte: distances end at 31, or 16 of halves.

use super::cpu;
use crate::kernel::exp2::TABLE;
use core::arch::naked_asm;

/// See [`crate::kernel::portable::energies`].
pub fn energies(sums: &mut [i32], exponents: &[[i8; 4]], common: i8) -> i32 {
    let (fours, _) = sums.as_chunks_mut::<4>();
    let n = fours.len().min(exponents.len());
    // SAFETY: there are `n` fours of both.
    unsafe { run_energies(fours.as_mut_ptr(), n, exponents.as_ptr(), i32::from(common)) }
}

/// See [`crate::kernel::portable::powers`].
pub fn powers(highest: i32, energies: &mut [[i32; 2]]) -> u32 {
    let halves = energies.len().wrapping_mul(4);
    // SAFETY: there are four halves in each; the table has 256 entries.
    unsafe { run_powers(energies.as_mut_ptr(), halves, highest, &TABLE) }
}

/// See [`crate::kernel::portable::mantissas`].
pub fn mantissas(powers: &mut [[i32; 2]], exponents: &[[i8; 4]], common: i8) {
    let halves = powers.len().min(exponents.len()).wrapping_mul(4);
    // SAFETY: there are as many halves, and exponents.
    unsafe { run_mantissas(powers.as_mut_ptr(), halves, exponents.as_ptr(), i32::from(common)) }
}

/// # Safety
///
/// `sums`, `exponents`: `[fours]`.
#[unsafe(naked)]
unsafe extern "C" fn run_energies(
    sums: *mut [i32; 4],
    fours: usize,
    exponents: *const [i8; 4],
    common: i32,
) -> i32 {
    naked_asm!(
        cpu!(),
        "push {{r4, r5, r7, lr}}",
        "mov r5, r0",
        "mov r4, #0x80000000",
        "vmvn.i32 q2, #30", // −31
        "wls lr, r1, 3f",
        "2:",
        "vldrw.u32 q0, [r0], #16",
        "vldrb.s32 q1, [r2], #4",
        "vsub.i32 q1, q1, r3",
        "vmax.s32 q1, q1, q2",
        "vshl.s32 q0, q0, q1",
        "vmaxv.s32 r4, q0",
        "vqmovnb.s32 q0, q0",
        "vstrh.32 q0, [r5], #8",
        "le lr, 2b",
        "3:",
        "ssat r0, #16, r4",
        "pop {{r4, r5, r7, pc}}",
    )
}

/// # Safety
///
/// `energies`: `[halves]`.
#[unsafe(naked)]
unsafe extern "C" fn run_powers(
    energies: *mut [i32; 2],
    halves: usize,
    highest: i32,
    table: &[u16; 256],
) -> u32 {
    naked_asm!(
        cpu!(),
        "push {{r7, lr}}",
        "mov r12, #0",
        "vmvn.i16 q2, #15", // −16
        "wlstp.16 lr, r1, 3f",
        "2:",
        "vldrh.u16 q0, [r0]",
        "vsub.i16 q0, q0, r2",
        "vneg.s16 q0, q0",
        "vmovlb.u8 q1, q0", // Steps of an octave.
        "vldrh.u16 q3, [r3, q1, uxtw #1]",
        "vshr.u16 q0, q0, #8", // Octaves.
        "vneg.s16 q0, q0",
        "vmax.s16 q0, q0, q2",
        "vshl.u16 q3, q3, q0",
        "vaddva.u16 r12, q3",
        "vstrh.16 q3, [r0], #16",
        "letp lr, 2b",
        "3:",
        "mov r0, r12",
        "pop {{r7, pc}}",
    )
}

/// # Safety
///
/// `powers`, `exponents`: `[halves]`.
#[unsafe(naked)]
unsafe extern "C" fn run_mantissas(
    powers: *mut [i32; 2],
    halves: usize,
    exponents: *const [i8; 4],
    common: i32,
) {
    naked_asm!(
        cpu!(),
        "push {{r7, lr}}",
        "vmvn.i16 q2, #15", // −16
        "wlstp.16 lr, r1, 3f",
        "2:",
        "vldrh.u16 q0, [r0]",
        "vldrb.s16 q1, [r2], #8",
        "vsub.i16 q1, q1, r3",
        "vmax.s16 q1, q1, q2",
        "vshl.u16 q0, q0, q1",
        "vstrh.16 q0, [r0], #16",
        "letp lr, 2b",
        "3:",
        "pop {{r7, pc}}",
    )
}
