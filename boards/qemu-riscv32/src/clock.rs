//! Executed instructions, exact where the emulator gives every instruction one nanosecond:
//! `-icount shift=0`, when `minstret` counts them. A loop of 2n + c instructions says whether it does. On a
//! real core, where `mcycle` counts otherwise, cycles.

use app::bench::Counter;
use core::arch::asm;
use embedded_io::Write;
use riscv::register::{mcycle, minstret};

/// The core.
#[must_use]
pub const fn core_name() -> &'static str {
    "rv32"
}

/// Turns of the calibration loop.
pub const TURNS: u32 = 100_000;
/// The same where whole models are counted.
pub const LONG_TURNS: u32 = TURNS;

/// Instructions of a turn of the calibration loop.
const TURN: u64 = 2;

/// What counts.
pub enum Clock {
    /// `minstret`: retired instructions, which the emulator gives a cycle each.
    Instructions,
    /// `mcycle`, where it goes its own way: on a real core.
    Cycles,
}

impl Clock {
    /// Nothing where `minstret` does not count the instructions of `turns` of the loop, which are printed.
    pub fn new(turns: u32, port: &mut impl Write) -> Option<Self> {
        let (none, once) = (spin(1, minstret::read64), spin(1 + turns, minstret::read64));
        let (first, second) = (once - none, spin(1 + 2 * turns, minstret::read64) - once);
        _ = write!(port, "calibration: {turns} turns {first} instructions, again {second}\r\n");
        let expected = TURN * u64::from(turns);
        if (first, second) != (expected, expected) {
            return None;
        }
        if spin(1 + turns, mcycle::read64) - spin(1, mcycle::read64) == expected {
            return Some(Self::Instructions);
        }
        _ = write!(port, "a real core: counts are cycles\r\n");
        Some(Self::Cycles)
    }
}

impl Counter for Clock {
    fn count(&self, work: impl FnOnce()) -> u64 {
        let read = match self {
            Self::Instructions => minstret::read64,
            Self::Cycles => mcycle::read64,
        };
        let empty = region(|| (), read);
        region(work, read) - empty
    }
}

/// What a region takes, and reading the counter.
fn region(work: impl FnOnce(), read: fn() -> u64) -> u64 {
    let start = read();
    work();
    read() - start
}

/// What 2n + c instructions take; never inlined, or c would depend on n.
#[inline(never)]
fn spin(n: u32, read: fn() -> u64) -> u64 {
    // SAFETY: a loop in one register.
    region(
        || unsafe {
            asm!("2:", "addi {n}, {n}, -1", "bnez {n}, 2b", n = inout(reg) n => _,
                options(nomem, nostack));
        },
        read,
    )
}
