//! A person at the other end of a serial port.

use embedded_io::{ErrorType, Read, Write};
use std::collections::VecDeque;

/// A serial port whose other end is a string. When nothing more is typed, it fails.
pub struct Port {
    typed: VecDeque<u8>,
    pub heard: Vec<u8>,
}

#[derive(Debug)]
pub struct HungUp;

impl core::fmt::Display for HungUp {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("nobody is typing")
    }
}

impl core::error::Error for HungUp {}

impl embedded_io::Error for HungUp {
    fn kind(&self) -> embedded_io::ErrorKind {
        embedded_io::ErrorKind::BrokenPipe
    }
}

impl Port {
    pub fn typing(text: impl AsRef<[u8]>) -> Self {
        Self { typed: text.as_ref().iter().copied().collect(), heard: Vec::new() }
    }
}

impl ErrorType for Port {
    type Error = HungUp;
}

impl Read for Port {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, HungUp> {
        buffer[0] = self.typed.pop_front().ok_or(HungUp)?;
        Ok(1)
    }
}

impl Write for Port {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, HungUp> {
        self.heard.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), HungUp> {
        Ok(())
    }
}
