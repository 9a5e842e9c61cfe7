//! Two vectors side by side, as `pair.rs` reads them, with Helium: 8 columns of both a turn.
//!
//! ```text
//! a, b = VLDRH(next 8 columns of each)                              any half-word address
//! VST20, VST21 [a, b]                                               a word of a, a word of b, …
//! ```
//! 5 instructions for 16 numbers. The last 1–7 columns are loaded with zeros behind; a scattered store
//! puts whole fours of them, each pair of columns 8 bytes from the next.

use super::cpu;
use crate::kernel::rows::GROUP;
use core::arch::naked_asm;

/// Columns of a turn.
const TURN: usize = 8;

/// See [`crate::kernel::portable::interleave`].
pub fn interleave(a: &[i16], b: &[i16], both: &mut [[u32; 2]]) {
    let room = (both.len() / 2).wrapping_mul(GROUP);
    let n = a.len().min(b.len()).min(room);
    // SAFETY: both have `n` columns, and there is room for as many in whole fours.
    unsafe { run(a.as_ptr(), b.as_ptr(), both.as_mut_ptr(), n / TURN, n % TURN) }
}

/// # Safety
///
/// `a`, `b`: `[8·turns + rest]`, rest < 8 · `both`: as many columns, in whole fours
#[unsafe(naked)]
unsafe extern "C" fn run(
    a: *const i16,
    b: *const i16,
    both: *mut [u32; 2],
    turns: usize,
    rest: usize,
) {
    naked_asm!(
        cpu!(),
        "push {{r7, lr}}",
        "wls lr, r3, 3f",
        "2:",
        "vldrh.u16 q0, [r0], #16",
        "vldrh.u16 q1, [r1], #16",
        "vst20.32 {{q0, q1}}, [r2]",
        "vst21.32 {{q0, q1}}, [r2]!",
        "le lr, 2b",
        "3:",
        "ldr r3, [sp, #8]", // rest
        "cbz r3, 4f",
        "vctp.16 r3",
        "vpstt",
        "vldrht.u16 q0, [r0]",
        "vldrht.u16 q1, [r1]",
        // Words of whole fours of columns: two or four.
        "add r3, r3, #3",
        "lsr r3, r3, #2",
        "lsl r3, r3, #1",
        "mov r0, #0",
        "vidup.u32 q2, r0, #8",
        "add r1, r2, #4",
        "vctp.32 r3",
        "vpstt",
        "vstrwt.32 q0, [r2, q2]",
        "vstrwt.32 q1, [r1, q2]",
        "4:",
        "pop {{r7, pc}}",
    )
}
