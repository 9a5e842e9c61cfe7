//! A HiFive1 rev A (FE310-G000), which QEMU emulates as `sifive_e`: its serial port, and the green LED.
//!
//! Source: FE310-G000 manual, 6 (clocks), 17 (pins) and 18 (UART). Limits: run in QEMU alone; and `exit` is
//! by semihosting, which on a real board wants a debugger.

use crate::Serial;
use app::Port;
use app::register::Register;
use core::convert::Infallible;
use embedded_hal::digital::{ErrorType, OutputPin};

/// The board's name.
pub const NAME: &str = "HiFive1 rev A (RV32IMAC)";
/// Bytes of the longest line that people may type.
pub const LINE: usize = 192;

const CLOCKS: usize = 0x1000_8000;
const PINS: usize = 0x1001_2000;
const UART0: usize = 0x1001_3000;

/// Receiver and transmitter.
const SERIAL_PINS: u32 = 1 << 16 | 1 << 17;
const GREEN: u32 = 1 << 19;

/// Of the registers of data: nothing there to read, no room to write.
const NOT_NOW: u32 = 1 << 31;

const fn register(address: usize) -> Register {
    // SAFETY: all addresses here are those of registers, by the manual.
    unsafe { Register::at(address) }
}

/// The LED, dark at first.
pub struct Led(());

/// The pin that is high while a sentence is translated.
#[must_use]
pub fn led() -> Led {
    register(PINS + 0x40).write(GREEN); // out_xor: a low pin lights it
    register(PINS + 0x08).write(GREEN); // output_en
    Led(())
}

impl Led {
    fn set(value: u32) {
        register(PINS + 0x0C).write(value); // port
    }
}

impl ErrorType for Led {
    type Error = Infallible;
}

impl OutputPin for Led {
    fn set_low(&mut self) -> Result<(), Infallible> {
        Self::set(0);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        Self::set(GREEN);
        Ok(())
    }
}

/// The port, at 115,200 baud of a core that runs from its crystal.
#[must_use]
pub fn serial() -> Serial {
    const READY: u32 = 1 << 31;
    const CRYSTAL_ITSELF: u32 = 1 << 18 | 1 << 17; // bypass, refsel
    const SELECTED: u32 = 1 << 16;
    let (crystal, pll) = (register(CLOCKS + 0x04), register(CLOCKS + 0x08));
    while crystal.read() & READY == 0 {}
    pll.write(CRYSTAL_ITSELF);
    pll.write(CRYSTAL_ITSELF | SELECTED);
    register(PINS + 0x3C).write(0); // iof_sel
    register(PINS + 0x38).write(SERIAL_PINS); // iof_en
    register(UART0 + 0x18).write(16_000_000 / 115_200 - 1);
    register(UART0 + 0x08).write(1); // the transmitter
    register(UART0 + 0x0C).write(1); // the receiver
    Port::new(receive, send)
}

fn receive(byte: &mut [u8]) -> bool {
    loop {
        let read = register(UART0 + 0x04).read();
        if read & NOT_NOW == 0 {
            byte.fill(read as u8);
            return true;
        }
    }
}

fn send(bytes: &[u8]) {
    for &byte in bytes {
        while register(UART0).read() & NOT_NOW != 0 {}
        register(UART0).write(u32::from(byte));
    }
}
