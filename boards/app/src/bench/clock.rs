//! Executed instructions, exact where the emulator gives every instruction the same time
//! (`-icount shift=N`): a loop of 2n + c instructions says how many ticks of SysTick one takes. On a
//! real core, whose DWT counts, cycles.
//!
//! SysTick has 24 bits. At 20 to 32 MHz it counts two million instructions at shift=8, to the very last, and
//! at shift=1 260 million or more, to the next 20 or 25; at 168 MHz three million at shift=5, to the very
//! last, and at shift=1 50 million, to the next 3.

use super::Counter;
use crate::register::Register;
use core::arch::asm;
use core::hint::black_box;
use embedded_io::Write;

/// Turns of the calibration loop where kernels are counted.
pub const TURNS: u32 = 100_000;
/// The same where whole models are.
pub const LONG_TURNS: u32 = 5_000_000;

/// Instructions of a turn of the calibration loop.
const TURN: u64 = 2;

/// What counts.
pub enum Clock {
    /// SysTick, with the ticks that the calibration loop took.
    Emulated {
        /// Of the loop.
        ticks: u64,
        /// Of the loop.
        instructions: u64,
    },
    /// The cycles that DWT of a real core counts; in the emulator it stands still.
    Cycles,
}

impl Clock {
    /// Nothing where the ticks do not grow evenly with the `turns` of the loop, which are printed.
    pub fn new(turns: u32, port: &mut impl Write) -> Option<Self> {
        TIMER_RELOAD.write(MOST_TICKS);
        TIMER.write(0);
        TIMER_CONTROL.write(ON_CORE_CLOCK);
        DEBUG.write(DEBUG.read() | TRACES);
        CYCLE_CONTROL.write(CYCLE_CONTROL.read() | 1);
        let start = CYCLES.read();
        let (none, once, twice) = (spin(1), spin(1 + turns), spin(1 + 2 * turns));
        if CYCLES.read() != start {
            _ = write!(port, "a real core: counts are cycles\r\n");
            return Some(Self::Cycles);
        }
        let (first, second) = (once - none, twice - once);
        _ = write!(port, "calibration: {turns} turns {first} ticks, again {second}\r\n");
        let instructions = 2 * TURN * u64::from(turns);
        (first > 0 && first.abs_diff(second) <= 2)
            .then_some(Self::Emulated { ticks: u64::from(twice - none), instructions })
    }
}

impl Counter for Clock {
    fn count(&self, work: impl FnOnce()) -> u64 {
        let &Self::Emulated { ticks: of_loop, instructions } = self else {
            let empty = cycles(|| ());
            return u64::from(cycles(work) - empty);
        };
        let empty = ticks(|| ());
        let taken = u64::from(ticks(work) - empty);
        // Opaque, or the division may be done later, while something else is counted.
        black_box((taken * instructions + of_loop / 2) / of_loop)
    }
}

/// A register that every Cortex-M has at this address, or reads as zero.
const fn register(address: usize) -> Register {
    // SAFETY: those below are of the core's own timer, debug unit, counter and name.
    unsafe { Register::at(address) }
}

/// SysTick, and DWT behind the switch for tracing: `cortex-m` has no counter of cycles for thumbv6m,
/// whose code cores that have one run as well.
const TIMER_CONTROL: Register = register(0xE000_E010);
const TIMER_RELOAD: Register = register(0xE000_E014);
const TIMER: Register = register(0xE000_E018);
const DEBUG: Register = register(0xE000_EDFC);
const CYCLE_CONTROL: Register = register(0xE000_1000);
const CYCLES: Register = register(0xE000_1004);
const NAME: Register = register(0xE000_ED00);

const MOST_TICKS: u32 = 0xFF_FFFF;
const ON_CORE_CLOCK: u32 = 0b101;
const TRACES: u32 = 1 << 24;

/// Cycles of a region, fewer than 2³².
fn cycles(work: impl FnOnce()) -> u32 {
    let start = CYCLES.read();
    work();
    CYCLES.read().wrapping_sub(start)
}

/// Ticks of a region, at most 2²⁴.
fn ticks(work: impl FnOnce()) -> u32 {
    let start = TIMER.read();
    work();
    start.wrapping_sub(TIMER.read()) & MOST_TICKS
}

/// Ticks of 2n + c instructions; never inlined, or c would depend on n.
#[inline(never)]
fn spin(n: u32) -> u32 {
    // SAFETY: a loop in one register.
    ticks(|| unsafe {
        asm!("2:", "subs {n}, {n}, #1", "bne 2b", n = inout(reg) n => _, options(nomem, nostack));
    })
}

/// The core, as it says itself.
#[must_use]
pub fn core_name() -> &'static str {
    match NAME.read() >> 4 & 0xFFF {
        0xC20 => "m0",
        0xC60 => "m0+",
        0xC23 => "m3",
        0xC24 => "m4",
        0xC27 => "m7",
        0xD21 => "m33",
        0xD22 => "m55",
        _ => "unknown",
    }
}
