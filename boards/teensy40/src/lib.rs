//! What the firmware needs to know about the Teensy 4.0: where the serial port and the LED are, and
//! what happens when something goes badly wrong.
//!
//! ```text
//! 14  transmits, 15 receives: LPUART 2, 115,200 baud      13  the LED
//! ```

#![no_std]

pub use imxrt_rt::entry;

use app::{Board, Patient, Stack};
use core::fmt::Arguments;
use embedded_io::Write as _;
use teensy4_bsp::board::{self, Led, Lpuart, LpuartBaud, Resources};
use teensy4_bsp::ral::lpuart::LPUART2;

/// The board's name.
pub const NAME: &str = "Teensy 4.0 (Cortex-M7)";
/// Bytes of the longest line that people may type.
pub const LINE: usize = 512;

const BAUD: LpuartBaud = board::lpuart_baud(115_200);

/// What the board brings: the core at 600 MHz with its caches on, the port, the LED.
///
/// # Panics
/// Called again.
#[must_use]
pub fn start() -> Board<Patient<Lpuart>, Led> {
    let mut core = cortex_m::Peripherals::take().expect("start is called once");
    core.SCB.enable_icache();
    core.SCB.enable_dcache(&mut core.CPUID);
    let Resources { pins, mut gpio2, lpuart2, .. } = board::t40(board::instances());
    let port = Patient(board::lpuart(lpuart2, pins.p14, pins.p15, 115_200));
    let busy = board::led(&mut gpio2, pins.p13);
    Board { name: NAME, port, busy, stack: Stack::painted(), leaves: false }
}

/// Nobody waits for a status: the core sleeps.
pub fn exit(_: i32) -> ! {
    loop {
        cortex_m::asm::wfi();
    }
}

/// Writes what went wrong, and ends. Before `start` nobody hears it.
fn end(words: Arguments<'_>) -> ! {
    // SAFETY: nothing else writes any more.
    let mut port = Lpuart::without_pins(unsafe { LPUART2::instance() });
    port.disable(|port| port.set_baud(&BAUD));
    _ = write!(port, "\r\n{words}\r\n");
    exit(101)
}

app::last_words!(end);
