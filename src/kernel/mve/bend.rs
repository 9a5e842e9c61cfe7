//! tanh of sums of two vectors, which additive attention takes, with Helium: four a turn, 18 instructions.
//!
//! ```text
//! t = tanh(VSHL(k, up) + q)                                         as `gates.rs` has it
//! out = VSHL(VQMOVNB(t), −down)                                     1 counts as 1 − 2⁻¹⁵
//! ```

use super::cpu;
use super::gates::{look_up, look_up_tanh, middle};
use core::arch::naked_asm;

/// See [`crate::kernel::portable::bend`].
pub fn bend(query: &[i32], key: &[i16], [up, down]: [u32; 2], out: &mut [i16]) {
    let n = query.len().min(key.len()).min(out.len());
    let (up, down) = (up & 31, (down & 31).wrapping_neg());
    // SAFETY: all three have `n` numbers.
    unsafe {
        run_bend(query.as_ptr(), key.as_ptr(), out.as_mut_ptr(), n, up, down, middle());
    }
}

/// # Safety
///
/// `query`, `key`, `out`: `[n]` · `up`, `down`: those of `bend`, the second negative · `table`: its middle
#[unsafe(naked)]
unsafe extern "C" fn run_bend(
    query: *const i32,
    key: *const i16,
    out: *mut i16,
    n: usize,
    up: u32,
    down: u32,
    table: *const u16,
) {
    naked_asm!(
        cpu!(),
        "push {{r4, r5, r10-r12, lr}}",
        "ldrd r4, r5, [sp, #24]", // up, down
        "ldr r10, [sp, #32]",     // table
        "add r11, r10, #2",
        "mov r12, #32768",
        "wlstp.32 lr, r3, 3f",
        "2:",
        "vldrw.u32 q0, [r0], #16",
        "vldrh.s32 q1, [r1], #8",
        "vshl.s32 q1, r4",
        "vadd.i32 q0, q0, q1",
        "vqshl.s32 q0, q0, #14",
        look_up_tanh!("q0"),
        "vqmovnb.s32 q0, q0",
        "vshl.s16 q0, r5",
        "vstrh.32 q0, [r2], #8",
        "letp lr, 2b",
        "3:",
        "pop {{r4, r5, r10-r12, pc}}",
    )
}
