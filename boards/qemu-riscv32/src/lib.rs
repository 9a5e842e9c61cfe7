//! What the firmware needs to know about QEMU's machine `virt`: where the serial port is, how to
//! leave the emulator, and what happens when something goes badly wrong.

#![no_std]

#[cfg(feature = "bench")]
pub mod clock;
mod serial;

pub use riscv_rt::entry;
pub use serial::Serial;

use app::{Board, NoPin, Stack};
use core::panic::PanicInfo;
use embedded_io::Write as _;
use riscv as _;

/// The board's name.
pub const NAME: &str = "virt (RV32IMAC)";
/// Bytes of the longest line that people may type.
pub const LINE: usize = 512;

/// What the board brings.
#[must_use]
pub fn start() -> Board<Serial, NoPin> {
    let stack = Stack::of_firmware();
    stack.paint(); // `riscv-rt` does not.
    Board { name: NAME, port: Serial::new(), busy: NoPin, stack, leaves: true }
}

/// Ends the emulation; the emulator's exit status is `code`.
pub fn exit(code: i32) -> ! {
    semihosting::process::exit(code)
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    // There is no one left to tell when the message cannot be written.
    _ = write!(Serial::new(), "\r\n{info}\r\n");
    exit(101)
}

// SAFETY: the name under which riscv-rt calls it, with this signature.
#[unsafe(export_name = "ExceptionHandler")]
fn exception(_: &riscv_rt::TrapFrame) -> ! {
    _ = write!(Serial::new(), "\r\nexception at {:#010x}\r\n", riscv::register::mepc::read());
    exit(102)
}
