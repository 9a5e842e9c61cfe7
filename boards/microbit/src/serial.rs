//! The serial port behind the USB plug: UART 0, 115,200 baud (nRF51 reference manual, 29).

use app::register::Register;
use core::convert::Infallible;
use embedded_io::{ErrorType, Read, Write};

const UART: usize = 0x4000_2000;
const ENABLED: u32 = 4;
const BAUD_115200: u32 = 0x01D7_E000;
const TRANSMIT_PIN: u32 = 24;
const RECEIVE_PIN: u32 = 25;

/// The serial port.
pub struct Serial {
    received: Register,
    sent: Register,
    input: Register,
    output: Register,
}

impl Serial {
    /// Enables transmitter and receiver.
    #[must_use]
    pub fn new() -> Self {
        // SAFETY: every offset used here is a register of the UART.
        let register = |offset| unsafe { Register::at(UART + offset) };
        register(0x50C).write(TRANSMIT_PIN);
        register(0x514).write(RECEIVE_PIN);
        register(0x524).write(BAUD_115200);
        register(0x500).write(ENABLED);
        register(0x000).write(1); // STARTRX
        register(0x008).write(1); // STARTTX
        Self {
            received: register(0x108),
            sent: register(0x11C),
            input: register(0x518),
            output: register(0x51C),
        }
    }
}

impl Default for Serial {
    fn default() -> Self {
        Self::new()
    }
}

impl ErrorType for Serial {
    type Error = Infallible;
}

impl Read for Serial {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let Some(first) = buffer.first_mut() else { return Ok(0) };
        while self.received.read() == 0 {}
        self.received.write(0);
        *first = self.input.read() as u8;
        Ok(1)
    }
}

impl Write for Serial {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for &byte in bytes {
            self.sent.write(0);
            self.output.write(u32::from(byte));
            while self.sent.read() == 0 {}
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
