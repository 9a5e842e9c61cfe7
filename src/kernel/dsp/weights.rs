//! What attention does between its two products, on the cores of `mod.rs`: four positions in a round,
//! with the shifts of four exponents from one USUB8.
//!
//! ```text
//! energies     shift ─ SSAT ─ pack ─ highest of both halves: SSUB16, SEL     6.0 instructions each
//! powers       SSUB16 ─ table ─ shift ─ pack ─ sum: SMLAD with ones          6.5
//! mantissas    unpack ─ shift ─ pack                                         5.0
//! ```
//! Shifts by a register read its lowest byte, and go on beyond 31 as `portable` means them.

use super::cpu;
use crate::kernel::exp2::TABLE;
use core::arch::naked_asm;

/// See [`crate::kernel::portable::energies`].
pub fn energies(sums: &mut [i32], exponents: &[[i8; 4]], common: i8) -> i32 {
    let (fours, _) = sums.as_chunks_mut::<4>();
    let n = fours.len().min(exponents.len());
    if n == 0 {
        return i16::MIN.into();
    }
    let end = fours.as_ptr().wrapping_add(n);
    // SAFETY: up to `end`, at least one, there are fours of both.
    unsafe { run_energies(fours.as_mut_ptr(), end, exponents.as_ptr(), four_times(common)) }
}

/// See [`crate::kernel::portable::powers`].
pub fn powers(highest: i32, energies: &mut [[i32; 2]]) -> u32 {
    let range = energies.as_mut_ptr_range();
    if range.is_empty() {
        return 0;
    }
    let both = highest & 0xFFFF | highest << 16;
    // SAFETY: the range is that of `energies`, at least one; the table has 256 entries.
    unsafe { run_powers(range.start, range.end, both, &TABLE) }
}

/// See [`crate::kernel::portable::mantissas`].
pub fn mantissas(powers: &mut [[i32; 2]], exponents: &[[i8; 4]], common: i8) {
    let n = powers.len().min(exponents.len());
    let end = powers.as_ptr().wrapping_add(n);
    if n > 0 {
        // SAFETY: up to `end`, at least one, there are fours of both.
        unsafe { run_mantissas(powers.as_mut_ptr(), end, exponents.as_ptr(), four_times(common)) }
    }
}

fn four_times(common: i8) -> u32 {
    u32::from_ne_bytes([common as u8; 4])
}

/// Four sums r4–r7 · their shifts lr · highest of both halves r10 · where energies go r12.
///
/// # Safety
///
/// From `sums` up to `end` lie fours, at least one, and as many from `exponents` on.
#[unsafe(naked)]
unsafe extern "C" fn run_energies(
    sums: *mut [i32; 4],
    end: *const [i32; 4],
    exponents: *const [i8; 4],
    common: u32,
) -> i32 {
    naked_asm!(
        cpu!(),
        "push {{r4-r8, r10, r12, lr}}",
        "mov r12, r0",
        "mov r10, #0x80008000",
        "2:",
        "ldm r0!, {{r4-r7}}",
        "ldr lr, [r2], #4", // At any address.
        "usub8 lr, r3, lr",
        "asr r4, r4, lr",
        "lsr r8, lr, #8",
        "asr r5, r5, r8",
        "lsr r8, lr, #16",
        "asr r6, r6, r8",
        "lsr r8, lr, #24",
        "asr r7, r7, r8",
        "ssat r4, #16, r4",
        "ssat r5, #16, r5",
        "ssat r6, #16, r6",
        "ssat r7, #16, r7",
        "pkhbt r4, r4, r5, lsl #16",
        "pkhbt r6, r6, r7, lsl #16",
        "ssub16 r5, r4, r10",
        "sel r10, r4, r10",
        "ssub16 r5, r6, r10",
        "sel r10, r6, r10",
        "cmp r0, r1",
        "stm r12!, {{r4, r6}}",
        "bne 2b",
        "sxth r0, r10",
        "cmp r0, r10, asr #16",
        "it lt",
        "asrlt r0, r10, #16",
        "pop {{r4-r8, r10, r12, pc}}",
    )
}

/// Two powers, from two energies in the same word.
macro_rules! two {
    ($word:literal) => {
        concat!(
            "ssub16 ",
            $word,
            ", r2, ",
            $word,
            "\n",
            "uxtb r6, ",
            $word,
            "\n",
            "uxtb r8, ",
            $word,
            ", ror #16\n",
            "ldrh r6, [r3, r6, lsl #1]\n",
            "ldrh r8, [r3, r8, lsl #1]\n",
            "uxtb r7, ",
            $word,
            ", ror #8\n",
            "lsr ",
            $word,
            ", ",
            $word,
            ", #24\n",
            "lsr r6, r6, r7\n",
            "lsr r8, r8, ",
            $word,
            "\n",
            "pkhbt ",
            $word,
            ", r6, r8, lsl #16\n",
            "smlad r12, ",
            $word,
            ", lr, r12\n",
        )
    };
}

/// Two words r4, r5 · their sum r12 · a one in each half lr.
///
/// # Safety
///
/// From `energies` up to `end` lie fours, at least one.
#[unsafe(naked)]
unsafe extern "C" fn run_powers(
    energies: *mut [i32; 2],
    end: *const [i32; 2],
    highest: i32,
    table: &[u16; 256],
) -> u32 {
    naked_asm!(
        cpu!(),
        "push {{r4-r8, lr}}",
        "mov r12, #0",
        "mov lr, #0x00010001",
        "2:",
        "ldrd r4, r5, [r0]",
        two!("r4"),
        two!("r5"),
        "strd r4, r5, [r0], #8",
        "cmp r0, r1",
        "bne 2b",
        "mov r0, r12",
        "pop {{r4-r8, pc}}",
    )
}

/// Four powers r4–r7 · their shifts lr.
///
/// # Safety
///
/// From `powers` up to `end` lie fours, at least one, and as many from `exponents` on.
#[unsafe(naked)]
unsafe extern "C" fn run_mantissas(
    powers: *mut [i32; 2],
    end: *const [i32; 2],
    exponents: *const [i8; 4],
    common: u32,
) {
    naked_asm!(
        cpu!(),
        "push {{r4-r7, lr}}",
        "2:",
        "ldrd r4, r6, [r0]",
        "ldr lr, [r2], #4", // At any address.
        "usub8 lr, r3, lr",
        "lsr r5, r4, #16",
        "uxth r4, r4",
        "lsr r4, r4, lr",
        "lsr r12, lr, #8",
        "lsr r5, r5, r12",
        "pkhbt r4, r4, r5, lsl #16",
        "lsr r7, r6, #16",
        "uxth r6, r6",
        "lsr r12, lr, #16",
        "lsr r6, r6, r12",
        "lsr r12, lr, #24",
        "lsr r7, r7, r12",
        "pkhbt r6, r6, r7, lsl #16",
        "strd r4, r6, [r0], #8",
        "cmp r0, r1",
        "bne 2b",
        "pop {{r4-r7, pc}}",
    )
}
