//! Serial ports of real boards, where a line has noise and people type while the core computes.

use core::{convert::Infallible, fmt};
use embedded_io::{ErrorType, Read, Write};

/// A port that reads on when a byte was lost: after noise, a break, or an overrun while a sentence
/// was being translated. Otherwise the conversation would end there.
pub struct Patient<Port>(pub Port);

impl<Port: ErrorType> ErrorType for Patient<Port> {
    type Error = Port::Error;
}

impl<Port: Read> Read for Patient<Port> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Port::Error> {
        loop {
            if let Ok(length) = self.0.read(buffer) {
                return Ok(length);
            }
        }
    }
}

impl<Port: Write> Write for Patient<Port> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Port::Error> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> Result<(), Port::Error> {
        self.0.flush()
    }
}

/// Text through a function that sends a byte: what a panic handler has left, which cannot have the
/// port of the program.
pub struct Bytes<F>(pub F);

impl<F: FnMut(u8)> fmt::Write for Bytes<F> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.bytes().for_each(&mut self.0);
        Ok(())
    }
}

/// A port of two functions, each of which waits until it can be done.
#[derive(Clone, Copy)]
pub struct Polled {
    /// The next byte that comes in.
    pub receive: fn() -> u8,
    /// Sends a byte.
    pub send: fn(u8),
}

impl ErrorType for Polled {
    type Error = Infallible;
}

impl Read for Polled {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let Some(first) = buffer.first_mut() else { return Ok(0) };
        *first = (self.receive)();
        Ok(1)
    }
}

impl Write for Polled {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        bytes.iter().copied().for_each(self.send);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
