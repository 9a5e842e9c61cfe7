//! The gates of recurrent cells with Helium: four units a turn, the last ones by predication.
//!
//! ```text
//! a = VSHL(x, −right[0]) + VSHL(s, −right[1])                       an argument of four units, Q14
//! σ(a)                                                              8 instructions for four:
//!     v = VQSHL(a, 13)              past ±16 it saturates, as the table ends there
//!     i = v >> 23                   the step of the table, from its middle
//!     t, u = TABLE[i], TABLE[i+1]   gathered
//!     σ = t + VMULH(v << 9, u − t)  what is left of v, in the highest bits
//! tanh(a) = 2σ(2a) − 1
//! ```
//! A turn takes 76 instructions for an LSTM, 58 for a GRU, 18 for an RNN: 19, 15, 5 a unit.
//!
//! | r1 | r2 | r3 | r4, r5 | r6 | r7 | r8, r9 | r10, r11 | r12 | q0–q3 | q4, q5 | q6, q7 |
//! |---|---|---|---|---|---|---|---|---|---|---|---|
//! | h | c | units | −right | −down | shift of c | x, s | table | 1 in Q15 | σ | x and s of four units | held |
//!
//! # Tricks
//!
//! * Gates of a unit lie side by side, three or four of them: gathers with addresses in a register take one
//!   gate of four units, and the first of a turn moves the addresses on.
//! * The whole shift of c, to Q14 and for tanh and into the table, is one VQSHL: what saturates is what
//!   `portable` clamps.
//! * ⌊v / 2¹⁵ + ½⌋ as a 16-bit number is VQRSHRNB. (1 − z)·n + z·h is n + z·(h − n), modulo 2³².

use super::cpu;
use crate::kernel::portable::{Arguments, STEPS, TABLE};
use core::arch::naked_asm;

/// What all of them read, in that order.
#[repr(C)]
struct Job {
    h: *mut i16,
    c: *mut i16,
    units: usize,
    /// −right
    right: [u32; 2],
    /// −c_down, or −down of h
    down: u32,
    /// What brings c into the table.
    c_up: u32,
    x: *const i32,
    s: *const i32,
    /// Its middle.
    table: *const u16,
}

impl Job {
    fn new<const GATES: usize>(arguments: Arguments<'_>, h: &mut [i16], down: u32) -> Self {
        let Arguments { x, h: s, right } = arguments;
        Self {
            h: h.as_mut_ptr(),
            c: core::ptr::null_mut(),
            units: h.len().min(x.len() / GATES).min(s.len() / GATES),
            right: right.map(|right| (right & 31).wrapping_neg()),
            down: down.min(31).wrapping_neg(),
            c_up: 0,
            x: x.as_ptr(),
            s: s.as_ptr(),
            table: middle(),
        }
    }
}

/// See [`crate::kernel::portable::rnn`].
pub fn rnn(arguments: Arguments<'_>, h: &mut [i16]) {
    let job = Job::new::<1>(arguments, h, 0);
    // SAFETY: all of `job` have its units.
    unsafe { run_rnn(&job) }
}

/// See [`crate::kernel::portable::gru`].
pub fn gru(arguments: Arguments<'_>, down: u32, h: &mut [i16]) {
    let job = Job::new::<3>(arguments, h, down);
    // SAFETY: all of `job` have its units.
    unsafe { run_gru(&job) }
}

/// See [`crate::kernel::portable::lstm`].
pub fn lstm(arguments: Arguments<'_>, c_down: u32, h: &mut [i16], c: &mut [i16]) {
    let n = h.len().min(c.len());
    let job = Job {
        c: c.as_mut_ptr(),
        // To Q14, doubled, and 13 more.
        c_up: c_down.wrapping_sub(1).min(17).wrapping_add(14),
        ..Job::new::<4>(arguments, h.get_mut(..n).unwrap_or_default(), c_down)
    };
    // SAFETY: all of `job` have its units.
    unsafe { run_lstm(&job) }
}

/// The middle of the table.
pub(super) fn middle() -> *const u16 {
    TABLE.as_ptr().wrapping_add(STEPS / 2)
}

/// `to` = σ, from `from` that already is saturated.
macro_rules! look_up {
    ($to:literal, $from:literal) => {
        concat!(
            "vshr.s32 q1, ",
            $from,
            ", #23\n",
            "vldrh.u32 q2, [r10, q1, uxtw #1]\n",
            "vldrh.u32 q3, [r11, q1, uxtw #1]\n",
            "vshl.i32 q0, ",
            $from,
            ", #9\n",
            "vsub.i32 q3, q3, q2\n",
            "vmulh.u32 q0, q0, q3\n",
            "vadd.i32 ",
            $to,
            ", q0, q2\n"
        )
    };
}

/// q0 = tanh of `from` that already is saturated.
macro_rules! look_up_tanh {
    ($from:literal) => {
        concat!(look_up!("q0", $from), "vshl.i32 q0, q0, #1\nvsub.i32 q0, q0, r12\n")
    };
}

pub(super) use {look_up, look_up_tanh};

/// q0 = the argument of a gate, from the numbers at `at`.
macro_rules! argument {
    ($at:literal) => {
        concat!(
            "vldrw.u32 q0, [q4, ",
            $at,
            "\nvldrw.u32 q1, [q5, ",
            $at,
            "\nvshl.s32 q0, r4\nvshl.s32 q1, r5\nvadd.i32 q0, q0, q1\n"
        )
    };
}

/// `to` = σ of the argument of a gate.
macro_rules! sigmoid {
    ($to:literal, $at:literal) => {
        concat!(argument!($at), "vqshl.s32 q0, q0, #13\n", look_up!($to, "q0"))
    };
}

/// Reads the job; `bytes`: of the gates of a unit, from which on q4 and q5 have addresses of four units,
/// those of the turn before the first.
macro_rules! start {
    ($bytes:literal) => {
        concat!(
            cpu!(),
            "\npush {{r4-r12, lr}}\n",
            "vpush {{d8-d15}}\n",
            "ldm r0, {{r1-r10}}\n",
            "add r11, r10, #2\n",
            "mov r0, #0\n",
            "mov r12, #",
            $bytes,
            "\nvidup.u32 q4, r0, #1\n",
            "vmul.i32 q4, q4, r12\n",
            "sub r8, r8, r12, lsl #2\n",
            "sub r9, r9, r12, lsl #2\n",
            "vadd.i32 q5, q4, r9\n",
            "vadd.i32 q4, q4, r8\n",
            "mov r12, #32768\n",
        )
    };
}

macro_rules! end {
    () => {
        "vpop {{d8-d15}}\npop {{r4-r12, pc}}"
    };
}

/// # Safety
///
/// `x`, `s` and `h` of `job` have its units, a gate each.
#[unsafe(naked)]
unsafe extern "C" fn run_rnn(job: &Job) {
    naked_asm!(
        start!("4"),
        "wlstp.32 lr, r3, 3f",
        "2:",
        argument!("#16]!"),
        "vqshl.s32 q0, q0, #14",
        look_up_tanh!("q0"),
        "vqmovnb.s32 q0, q0",
        "vstrh.32 q0, [r1], #8",
        "letp lr, 2b",
        "3:",
        end!()
    )
}

/// # Safety
///
/// `x`, `s` and `h` of `job` have its units, three gates each.
#[unsafe(naked)]
unsafe extern "C" fn run_gru(job: &Job) {
    naked_asm!(
        start!("12"),
        "wlstp.32 lr, r3, 3f",
        "2:",
        sigmoid!("q7", "#48]!"),  // r
        "vldrw.u32 q1, [q5, #8]", // what it resets, within ±2²⁰
        "vmov.i32 q2, #0x100000",
        "vshl.s32 q1, r5",
        "vmvn.i32 q3, #0x0FFFFF",
        "vmin.s32 q1, q1, q2",
        "vmov.i32 q2, #0x7FFF",
        "vmax.s32 q1, q1, q3",
        "vmin.s32 q7, q7, q2",
        "vshl.i32 q7, q7, #16",
        "vqrdmulh.s32 q1, q1, q7",
        "vldrw.u32 q0, [q4, #8]",
        "vshl.s32 q0, r4",
        "vadd.i32 q0, q0, q1",
        "vqshl.s32 q0, q0, #14",
        look_up!("q0", "q0"),
        "vshl.i32 q0, q0, #1",
        "vsub.i32 q6, q0, r12", // n
        "vshl.s32 q6, r6",
        sigmoid!("q0", "#4]"), // z
        "vldrh.s32 q1, [r1]",
        "vsub.i32 q1, q1, q6",
        "vshl.i32 q6, q6, #15",
        "vmul.i32 q0, q0, q1",
        "vadd.i32 q0, q0, q6",
        "vqrshrnb.s32 q0, q0, #15",
        "vstrh.32 q0, [r1], #8",
        "letp lr, 2b",
        "3:",
        end!()
    )
}

/// # Safety
///
/// `x`, `s`, `h` and `c` of `job` have its units, four gates each.
#[unsafe(naked)]
unsafe extern "C" fn run_lstm(job: &Job) {
    naked_asm!(
        start!("16"),
        "wlstp.32 lr, r3, 3f",
        "2:",
        sigmoid!("q7", "#64]!"), // i
        sigmoid!("q0", "#4]"),   // f
        "vldrh.s32 q1, [r2]",
        "vmul.i32 q6, q0, q1",
        argument!("#8]"), // g
        "vqshl.s32 q0, q0, #14",
        look_up_tanh!("q0"),
        "vmul.i32 q0, q0, q7",
        "vshl.s32 q0, r6",
        "vadd.i32 q6, q6, q0",
        "vqrshrnb.s32 q6, q6, #15",
        "vmovlb.s16 q6, q6",
        "vstrh.32 q6, [r2], #8",
        sigmoid!("q7", "#12]"), // o
        "vqshl.s32 q6, r7",
        look_up_tanh!("q6"),
        "vmul.i32 q0, q0, q7",
        "vqrshrnb.s32 q0, q0, #15",
        "vstrh.32 q0, [r1], #8",
        "letp lr, 2b",
        "3:",
        end!()
    )
}
