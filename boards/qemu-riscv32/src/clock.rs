//! Executed instructions, exact where the emulator gives every instruction one nanosecond:
//! `-icount shift=0`, when `minstret` counts them. A loop of 2n + c instructions says whether it does. On a
//! real core, where `mcycle` counts otherwise, cycles.

use crate::Serial;
use app::bench::Counter;
use core::arch::asm;
use core::fmt::Write as _;
use riscv::register::{mcycle, minstret};

/// The core.
pub const CORE: &str = "rv32";

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
    pub fn new(turns: u32, serial: &mut Serial) -> Option<Self> {
        let (none, once) = (spin(1, minstret::read64), spin(1 + turns, minstret::read64));
        let (first, second) = (once - none, spin(1 + 2 * turns, minstret::read64) - once);
        _ = writeln!(serial, "calibration: {turns} turns {first} instructions, again {second}\r");
        let expected = TURN * u64::from(turns);
        if (first, second) != (expected, expected) {
            return None;
        }
        if spin(1 + turns, mcycle::read64) - spin(1, mcycle::read64) == expected {
            return Some(Self::Instructions);
        }
        _ = writeln!(serial, "a real core: counts are cycles\r");
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
