//! A serial port of a HAL, on a line that has noise, while people type as the core computes.

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
