//! What the firmware needs to know about QEMU's machine `virt`: where the serial port is, how to
//! leave the emulator, and what happens when something goes badly wrong.

#![no_std]

#[cfg(feature = "bench")]
pub mod clock;
mod serial;

pub use serial::Serial;

use app::{Board, Source, Stack};
use core::{arch::asm, convert::Infallible, fmt::Write as _, panic::PanicInfo};
use embedded_hal::digital::{ErrorType, OutputPin};
use regard::family::Family;
use regard::{Error, Seq2Seq};
use riscv as _;

/// The board's name.
pub const NAME: &str = "virt (RV32IMAC)";

/// The machine has no LED.
#[derive(Default)]
pub struct NoLed;

impl ErrorType for NoLed {
    type Error = Infallible;
}

impl OutputPin for NoLed {
    fn set_low(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Paints the stack below the caller, so that [`app::Stack`] can tell how deep it was.
pub fn paint_stack() {
    const PAINT: u32 = 0xCCCC_CCCC;
    const OWN: usize = 128;
    unsafe extern "C" {
        static mut _stack_end: u32;
    }
    let here: usize;
    // SAFETY: reads a register.
    unsafe { asm!("mv {here}, sp", here = out(reg) here, options(nomem, nostack)) };
    let end = &raw mut _stack_end;
    for word in 0..here.saturating_sub(OWN).saturating_sub(end.addr()) / size_of::<u32>() {
        // SAFETY: the linker script reserves these words for the stack, and nobody uses them yet.
        unsafe { end.add(word).write_volatile(PAINT) };
    }
}

/// Talks over the serial port until `:quit`; the exit status says whether there was an engine.
pub fn converse<F: Family>(
    engine: Result<Seq2Seq<'_, F>, Error>,
    source: &mut impl Source<F>,
) -> ! {
    let Ok(mut engine) = engine else { exit(1) };
    let (port, busy, stack) = (Serial::new(), NoLed, Stack::of_firmware());
    let mut board = Board { name: NAME, port, busy, stack, leaves: true };
    // This port cannot fail.
    _ = app::repl::<512, _, _, _>(&mut board, &mut engine, source);
    exit(0)
}

/// Ends the emulation; the emulator's exit status is `code`.
pub fn exit(code: i32) -> ! {
    semihosting::process::exit(code)
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    // There is no one left to tell when the message cannot be written.
    _ = writeln!(Serial::new(), "\r\n{info}\r");
    exit(101)
}

// SAFETY: the name under which riscv-rt calls it, with this signature.
#[unsafe(export_name = "ExceptionHandler")]
fn exception(_: &riscv_rt::TrapFrame) -> ! {
    _ = writeln!(Serial::new(), "\r\nexception at {:#010x}\r", riscv::register::mepc::read());
    exit(102)
}
