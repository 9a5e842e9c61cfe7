//! The first serial port, a CMSDK UART (Arm DDI 0479, 4.3): one byte in, one byte out.

use crate::REGISTERS;
use app::register::Register;
use core::convert::Infallible;
use embedded_io::{ErrorType, Read, Write};

const TRANSMITTER_FULL: u32 = 1 << 0;
const RECEIVER_FULL: u32 = 1 << 1;
const ENABLE_BOTH: u32 = 0b11;
/// Processor clocks per bit; the emulator only asks for 16 at least.
const DIVISOR: u32 = 217;

/// The serial port.
pub struct Serial {
    data: Register,
    state: Register,
}

impl Serial {
    /// Enables transmitter and receiver.
    #[must_use]
    pub fn new() -> Self {
        // SAFETY: the registers DATA, STATE, CTRL and BAUDDIV of UART 0.
        let [data, state, control, divisor] =
            [0, 4, 8, 16].map(|offset| unsafe { Register::at(REGISTERS[0] + offset) });
        divisor.write(DIVISOR);
        control.write(ENABLE_BOTH);
        Self { data, state }
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
        while self.state.read() & RECEIVER_FULL == 0 {}
        *first = self.data.read() as u8;
        Ok(1)
    }
}

impl Write for Serial {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for &byte in bytes {
            while self.state.read() & TRANSMITTER_FULL != 0 {}
            self.data.write(u32::from(byte));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        while self.state.read() & TRANSMITTER_FULL != 0 {}
        Ok(())
    }
}
