//! A serial port made of two functions, for HALs whose ports have other traits, or errors that would end
//! the conversation.
//!
//! ```text
//! read  ─► receive(one byte) ─► false: broken, or one was lost before it ─► again
//! write ─► send(1–64 bytes)
//! ```
//! What people type while a sentence is translated may be lost: nothing here stores it.

use core::convert::Infallible;
use embedded_io::{ErrorType, Read, Write};

/// The most bytes that `send` gets at a time: HALs with DMA copy what lies in flash to the stack.
const MOST: usize = 64;

/// The port.
pub struct Port<R, S> {
    receive: R,
    send: S,
}

impl<R: FnMut(&mut [u8]) -> bool, S: FnMut(&[u8])> Port<R, S> {
    /// `receive` waits for the one byte of its slice, and returns whether it is good. `send` waits until
    /// all of its bytes, `MOST` at most, are on their way.
    pub const fn new(receive: R, send: S) -> Self {
        Self { receive, send }
    }
}

impl<R, S> ErrorType for Port<R, S> {
    type Error = Infallible;
}

impl<R: FnMut(&mut [u8]) -> bool, S: FnMut(&[u8])> Read for Port<R, S> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let Some(first) = buffer.first_mut() else { return Ok(0) };
        while !(self.receive)(core::slice::from_mut(first)) {}
        Ok(1)
    }
}

impl<R: FnMut(&mut [u8]) -> bool, S: FnMut(&[u8])> Write for Port<R, S> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        let (part, _) = bytes.split_at(bytes.len().min(MOST));
        (self.send)(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
