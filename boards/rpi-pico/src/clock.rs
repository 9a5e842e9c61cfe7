//! Cycles, exact: SysTick counts them, and the timer, which counts microseconds, says how often
//! SysTick went round.
//!
//! ```text
//! SysTick   24 bits, down, at the core's 125 MHz: round in 0.13 s       the low bits
//! timer     32 bits, 1 MHz, from the same crystal: round in 71 minutes  how many times round
//! ```
//! Source: *RP2040 Datasheet*, 2.4.5.1.1 and 4.6. The same on a board and in the emulator.

use app::bench::Counter;
use app::register::Register;
use core::arch::asm;
use embedded_io::Write;

/// Turns of the loop that is counted first.
pub const TURNS: u32 = 100_000;
/// The same where whole models are counted.
pub const LONG_TURNS: u32 = 10 * TURNS;

/// Cycles of a turn: a subtraction, and a branch that is taken (*Cortex-M0+ TRM*, 3.3).
const TURN: u64 = 3;
const CYCLES_A_MICROSECOND: u64 = 125;
const SYSTICK_BITS: u32 = 24;
const ROUND: u64 = 1 << SYSTICK_BITS;
/// Running, on the core's clock.
const ENABLED: u32 = 0b101;

/// SysTick and the timer.
pub struct Clock {
    ticks: Register,
    microseconds: Register,
}

impl Clock {
    /// Nothing where a loop of so many `turns` does not take the cycles that it must.
    pub fn new(turns: u32, port: &mut impl Write) -> Option<Self> {
        // SAFETY: SYST_CSR, SYST_RVR and SYST_CVR; TIMERAWL, which is only read.
        let [control, reload, ticks, microseconds] =
            [0xE000_E010, 0xE000_E014, 0xE000_E018, 0x4005_4028]
                .map(|address| unsafe { Register::at(address) });
        reload.write(ROUND as u32 - 1);
        ticks.write(0);
        control.write(ENABLED);
        let clock = Self { ticks, microseconds };
        // Once for the cache of the flash.
        _ = clock.spin(1);
        let cycles = clock.spin(1 + turns) - clock.spin(1);
        _ = write!(port, "calibration: {turns} turns {cycles} cycles\r\n");
        (cycles == TURN * u64::from(turns)).then_some(clock)
    }

    /// Cycles of a region.
    fn cycles(&self, work: impl FnOnce()) -> u64 {
        let (ticks, microseconds) = (self.ticks.read(), self.microseconds.read());
        work();
        let low = u64::from(ticks.wrapping_sub(self.ticks.read())) % ROUND;
        let rough = u64::from(self.microseconds.read().wrapping_sub(microseconds));
        let rounds = (rough * CYCLES_A_MICROSECOND + ROUND / 2).saturating_sub(low) >> SYSTICK_BITS;
        low + (rounds << SYSTICK_BITS)
    }

    /// Cycles of 3n + c; never inlined, or c would depend on n.
    #[inline(never)]
    fn spin(&self, n: u32) -> u64 {
        // SAFETY: a loop in one register.
        self.cycles(|| unsafe {
            asm!("2:", "subs {n}, {n}, #1", "bne 2b", n = inout(reg) n => _, options(nomem, nostack));
        })
    }
}

impl Counter for Clock {
    fn count(&self, work: impl FnOnce()) -> u64 {
        let empty = self.cycles(|| ());
        self.cycles(work).saturating_sub(empty)
    }
}

/// The core.
#[must_use]
pub const fn core_name() -> &'static str {
    "m0+"
}
