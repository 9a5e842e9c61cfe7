//! Executed instructions, exact where the emulator gives every instruction the same time
//! (`-icount shift=7`): a loop of 2n + c instructions says how many ticks of timer 0 one takes.
//!
//! The timer has 32 bits and runs at 16 MHz, as the core does (nRF51 reference manual, 18): there is no
//! SysTick in this chip. At shift=7 it counts two thousand million instructions, to the very last.

use app::bench::Counter;
use app::register::Register;
use core::arch::asm;
use embedded_io::Write;

/// The core.
#[must_use]
pub const fn core_name() -> &'static str {
    "m0"
}

const TIMER: usize = 0x4000_8000;
const BITS_32: u32 = 3;

/// Instructions of a turn of the calibration loop.
const TURN: u64 = 2;
/// Turns of the calibration loop.
pub const TURNS: u32 = 100_000;

/// Timer 0, with the ticks that the calibration loop took.
pub struct Clock {
    capture: Register,
    captured: Register,
    ticks: u64,
    instructions: u64,
}

impl Clock {
    /// Nothing where the ticks do not grow evenly with the `turns` of the loop, which are printed.
    pub fn new(turns: u32, port: &mut impl Write) -> Option<Self> {
        // SAFETY: START, CAPTURE[0], CC[0], BITMODE and PRESCALER of the timer.
        let [start, capture, captured, bits, prescaler] =
            [0, 0x40, 0x540, 0x508, 0x510].map(|offset| unsafe { Register::at(TIMER + offset) });
        bits.write(BITS_32);
        prescaler.write(0);
        start.write(1);
        let clock = Self { capture, captured, ticks: 0, instructions: 2 * TURN * u64::from(turns) };
        let (none, once, twice) = (clock.spin(1), clock.spin(1 + turns), clock.spin(1 + 2 * turns));
        let (first, second) = (once - none, twice - once);
        _ = write!(port, "calibration: {turns} turns {first} ticks, again {second}\r\n");
        (first > 0 && first.abs_diff(second) <= 2)
            .then_some(Self { ticks: u64::from(twice - none), ..clock })
    }

    fn now(&self) -> u32 {
        self.capture.write(1);
        self.captured.read()
    }

    /// Ticks of a region.
    fn ticks(&self, work: impl FnOnce()) -> u32 {
        let start = self.now();
        work();
        self.now().wrapping_sub(start)
    }

    /// Ticks of 2n + c instructions; never inlined, or c would depend on n.
    #[inline(never)]
    fn spin(&self, n: u32) -> u32 {
        // SAFETY: a loop in one register.
        self.ticks(|| unsafe {
            asm!("2:", "subs {n}, {n}, #1", "bne 2b", n = inout(reg) n => _, options(nomem, nostack));
        })
    }
}

impl Counter for Clock {
    fn count(&self, work: impl FnOnce()) -> u64 {
        let empty = self.ticks(|| ());
        let taken = u64::from(self.ticks(work) - empty);
        (taken * self.instructions + self.ticks / 2) / self.ticks
    }
}
