//! What the firmware needs to know about the RISC-V machines that QEMU emulates: how to leave the
//! emulator, and what happens when something goes badly wrong. [`serial`] and LED are the machine's own.

#![no_std]

#[cfg(feature = "bench")]
pub mod clock;
#[cfg(feature = "sifive_e")]
mod sifive_e;
#[cfg(not(feature = "sifive_e"))]
mod virt;

pub use riscv_rt::entry;
#[cfg(feature = "sifive_e")]
pub use sifive_e::{LINE, Led, NAME, led, serial};
#[cfg(not(feature = "sifive_e"))]
pub use virt::{LINE, Led, NAME, led, serial};

use app::{Board, Port, Stack};
use core::panic::PanicInfo;
use embedded_io::Write as _;
use riscv as _;

/// The serial port.
pub type Serial = Port<fn(&mut [u8]) -> bool, fn(&[u8])>;

/// What the board brings.
#[must_use]
pub fn start() -> Board<Serial, Led> {
    // `riscv-rt` does not paint.
    Board { name: NAME, port: serial(), busy: led(), stack: Stack::painted(), leaves: true }
}

/// Ends the emulation; the emulator's exit status is `code`.
pub fn exit(code: i32) -> ! {
    semihosting::process::exit(code)
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    // There is no one left to tell when the message cannot be written.
    _ = write!(serial(), "\r\n{info}\r\n");
    exit(101)
}

// SAFETY: the name under which riscv-rt calls it, with this signature.
#[unsafe(export_name = "ExceptionHandler")]
extern "C" fn exception(_: &riscv_rt::TrapFrame) -> ! {
    _ = write!(serial(), "\r\nexception at {:#010x}\r\n", riscv::register::mepc::read());
    exit(102)
}
