//! Executed instructions, exact where the emulator gives every instruction the same time
//! (`-icount shift=N`): a loop of 2n + c instructions says how many ticks of SysTick one takes. On a
//! real core, whose DWT counts, cycles.
//!
//! SysTick has 24 bits and runs at 20 to 32 MHz: at shift=8 it counts two million instructions, to the very
//! last; at shift=1 260 million or more, to the next 20 or 25.

use app::bench::Counter;
use core::arch::asm;
use core::hint::black_box;
use cortex_m::Peripherals;
use cortex_m::peripheral::{CPUID, SYST, syst::SystClkSource};
use embedded_io::Write;

/// Turns of the calibration loop where kernels are counted, at shift=8.
pub const TURNS: u32 = 100_000;
/// The same where whole models are, at shift=1.
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
        let Peripherals { SYST: mut timer, mut DCB, .. } = Peripherals::take()?;
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(0xFF_FFFF);
        timer.clear_current();
        timer.enable_counter();
        DCB.enable_trace();
        // SAFETY: starts DWT's counter of cycles; nobody else uses it.
        unsafe { DWT_CONTROL.write_volatile(DWT_CONTROL.read_volatile() | 1) };
        let start = cycle_count();
        let (none, once, twice) = (spin(1), spin(1 + turns), spin(1 + 2 * turns));
        if cycle_count() != start {
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

/// DWT's registers, by their addresses: `cortex-m` has no counter of cycles for thumbv6m, whose code
/// cores that have one run as well.
const DWT_CONTROL: *mut u32 = 0xE000_1000 as *mut u32;
const DWT_CYCLES: *const u32 = 0xE000_1004 as *const u32;

fn cycle_count() -> u32 {
    // SAFETY: a counter that is read.
    unsafe { DWT_CYCLES.read_volatile() }
}

/// Cycles of a region, fewer than 2³².
fn cycles(work: impl FnOnce()) -> u32 {
    let start = cycle_count();
    work();
    cycle_count().wrapping_sub(start)
}

/// Ticks of a region, at most 2²⁴.
fn ticks(work: impl FnOnce()) -> u32 {
    let start = SYST::get_current();
    work();
    start.wrapping_sub(SYST::get_current()) & 0xFF_FFFF
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
    // SAFETY: a read-only identification register.
    match unsafe { (*CPUID::PTR).base.read() } >> 4 & 0xFFF {
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
