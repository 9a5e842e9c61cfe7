//! What the firmware needs to know about the MPS2 and MPS3 boards: where the serial port and a LED are, how
//! to leave the emulator, and what happens when something goes badly wrong.

#![no_std]

#[cfg(feature = "banks")]
mod banks;
mod lights;
mod serial;
mod watchdog;

#[cfg(feature = "bench")]
pub use app::bench::clock;
#[cfg(feature = "banks")]
pub use banks::{ARENA, Banks, banks};
pub use cortex_m_rt::entry;
pub use lights::{Light, lights};
pub use serial::Serial;
pub use watchdog::Watchdog;

use app::register::Register;
use app::{Board, Stack};
use core::{convert::Infallible, fmt::Arguments};
use cortex_m as _;
#[cfg(feature = "defmt")]
use defmt_semihosting as _;
use embedded_hal::digital::{ErrorType, OutputPin};
use embedded_io::Write as _;

#[cfg(not(any(
    feature = "an385",
    feature = "an386",
    feature = "an500",
    feature = "an505",
    feature = "an547"
)))]
compile_error!("choose a board: --features an385, an386, an500, an505 or an547");

/// The board's name.
pub const NAME: &str = match () {
    () if cfg!(feature = "an547") => "mps3-an547 (Cortex-M55)",
    () if cfg!(feature = "an505") => "mps2-an505 (Cortex-M33)",
    () if cfg!(feature = "an500") => "mps2-an500 (Cortex-M7)",
    () if cfg!(feature = "an385") => "mps2-an385 (Cortex-M3)",
    () => "mps2-an386 (Cortex-M4F)",
};
/// Bytes of the longest line that people may type.
pub const LINE: usize = 512;

/// Where the registers of the serial port and of the FPGA's own inputs and outputs are: the last two as
/// secure code sees them.
const REGISTERS: [usize; 2] = match () {
    () if cfg!(feature = "an547") => [0x5930_3000, 0x5930_2000],
    () if cfg!(feature = "an505") => [0x5020_0000, 0x5030_2000],
    () => [0x4000_4000, 0x4002_8000],
};

/// The first user LED.
pub struct Led(Register);

impl Led {
    /// Switched off.
    #[must_use]
    pub fn new() -> Self {
        // SAFETY: the LED register of the FPGA's I/O block (application notes 385, 505 and 547).
        let led = unsafe { Register::at(REGISTERS[1]) };
        led.write(0);
        Self(led)
    }
}

impl Default for Led {
    fn default() -> Self {
        Self::new()
    }
}

impl ErrorType for Led {
    type Error = Infallible;
}

impl OutputPin for Led {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.0.write(0);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.0.write(1);
        Ok(())
    }
}

/// What the board brings.
#[must_use]
pub fn start() -> Board<Serial, Led> {
    let (port, busy, stack) = (Serial::new(), Led::new(), Stack::of_firmware());
    Board { name: NAME, port, busy, stack, leaves: true }
}

// Before `main`: CCR.LOB lets the loops of Helium run from the branch cache, as a real M55 should. Results do
// not depend on it.
#[cfg(feature = "an547")]
core::arch::global_asm!(
    ".global __pre_init",
    ".type __pre_init, %function",
    ".thumb_func",
    "__pre_init:",
    "ldr r0, =0xE000ED14", // CCR
    "ldr r1, [r0]",
    "orr r1, r1, #1 << 19",
    "str r1, [r0]",
    "bx lr",
);

/// Ends the emulation; the emulator's exit status is `code`.
pub fn exit(code: i32) -> ! {
    semihosting::process::exit(code)
}

/// Says why on the serial port, and ends.
fn fail(why: Arguments<'_>) -> ! {
    // There is no one left to tell when the message cannot be written.
    _ = write!(Serial::new(), "\r\n{why}\r\n");
    exit(101)
}

app::last_words!(fail);
