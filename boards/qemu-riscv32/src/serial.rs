//! The serial port, an NS16550A: one byte in, one byte out.

use core::convert::Infallible;
use embedded_io::{ErrorType, Read, Write};

const BASE: usize = 0x1000_0000;
const LINE_STATUS: usize = 5;
const DATA_READY: u8 = 1 << 0;
const TRANSMITTER_EMPTY: u8 = 1 << 5;

/// The serial port.
#[derive(Default)]
pub struct Serial(());

impl Serial {
    /// The port as the machine leaves it: ready.
    #[must_use]
    pub fn new() -> Self {
        Self(())
    }

    fn register(offset: usize) -> *mut u8 {
        core::ptr::without_provenance_mut(BASE + offset)
    }

    fn waits_for(state: u8) {
        // SAFETY: a register of the port, which may be read at any time.
        while unsafe { Self::register(LINE_STATUS).read_volatile() } & state == 0 {}
    }
}

impl ErrorType for Serial {
    type Error = Infallible;
}

impl Read for Serial {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let Some(first) = buffer.first_mut() else { return Ok(0) };
        Self::waits_for(DATA_READY);
        // SAFETY: the port's data register.
        *first = unsafe { Self::register(0).read_volatile() };
        Ok(1)
    }
}

impl Write for Serial {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for &byte in bytes {
            Self::waits_for(TRANSMITTER_EMPTY);
            // SAFETY: the port's data register.
            unsafe { Self::register(0).write_volatile(byte) };
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Self::waits_for(TRANSMITTER_EMPTY);
        Ok(())
    }
}
