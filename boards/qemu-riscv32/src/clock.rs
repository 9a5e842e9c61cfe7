//! Executed instructions, exact where the emulator gives every instruction one nanosecond:
//! `-icount shift=0`, when `minstret` counts them. A loop of 2n + c instructions says whether it does.

use crate::Serial;
use app::bench::Counter;
use core::arch::asm;
use core::fmt::Write as _;

/// The core.
pub const CORE: &str = "rv32";

/// Instructions of a turn of the calibration loop.
const TURN: u64 = 2;

/// The counter of retired instructions.
pub struct Clock(());

impl Clock {
    /// Nothing where it does not count the instructions of `turns` of the loop, which are printed.
    pub fn new(turns: u32, serial: &mut Serial) -> Option<Self> {
        let (none, once, twice) = (spin(1), spin(1 + turns), spin(1 + 2 * turns));
        let (first, second) = (once - none, twice - once);
        _ = writeln!(serial, "calibration: {turns} turns {first} instructions, again {second}\r");
        let expected = TURN * u64::from(turns);
        (first == expected && second == expected).then_some(Self(()))
    }
}

impl Counter for Clock {
    fn count(&self, work: impl FnOnce()) -> u64 {
        let empty = instructions(|| ());
        instructions(work) - empty
    }
}

/// Instructions of a region, and of reading the counter.
fn instructions(work: impl FnOnce()) -> u64 {
    let start = riscv::register::minstret::read64();
    work();
    riscv::register::minstret::read64() - start
}

/// Instructions of 2n + c; never inlined, or c would depend on n.
#[inline(never)]
fn spin(n: u32) -> u64 {
    // SAFETY: a loop in one register.
    instructions(|| unsafe {
        asm!("2:", "addi {n}, {n}, -1", "bnez {n}, 2b", n = inout(reg) n => _,
            options(nomem, nostack));
    })
}
