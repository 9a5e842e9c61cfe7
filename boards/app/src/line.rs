//! Reading a line from a serial port, with echo and backspace.

use embedded_io::{Read, Write};

const BACKSPACE: u8 = 0x08;
const DELETE: u8 = 0x7F;
const CANCEL: u8 = 0x03;
/// Moves left, blanks, moves left.
const RUB_OUT: &[u8] = b"\x08 \x08";

/// Why a line was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has more bytes than the buffer; what was too much is thrown away.
    TooLong,
    /// It is not UTF-8 from this byte on.
    NotText(usize),
}

/// The line being typed.
pub struct Line<const BYTES: usize> {
    bytes: [u8; BYTES],
    length: usize,
    overflown: bool,
    after_return: bool,
}

impl<const BYTES: usize> Line<BYTES> {
    /// Empty.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; BYTES], length: 0, overflown: false, after_return: false }
    }

    /// Waits for a whole line. CR, LF and CR LF end it; ctrl-C empties it.
    ///
    /// # Errors
    /// Those of the port.
    pub fn read<P: Read + Write>(
        &mut self,
        port: &mut P,
    ) -> Result<Result<&str, Refusal>, P::Error> {
        (self.length, self.overflown) = (0, false);
        while !self.take(next(port)?, port)? {}
        port.write_all(b"\r\n")?;
        Ok(self.text())
    }

    /// Takes one byte; true when it ends the line.
    fn take<P: Write>(&mut self, byte: u8, port: &mut P) -> Result<bool, P::Error> {
        let after_return = core::mem::replace(&mut self.after_return, byte == b'\r');
        match byte {
            b'\n' if after_return => {}
            b'\r' | b'\n' => return Ok(true),
            BACKSPACE | DELETE => self.rub_out(port)?,
            CANCEL => {
                self.length = 0;
                return Ok(true);
            }
            0..0x20 => {}
            _ => match self.bytes.get_mut(self.length) {
                Some(free) => {
                    *free = byte;
                    self.length += 1;
                    port.write_all(&[byte])?;
                }
                None => self.overflown = true,
            },
        }
        Ok(false)
    }

    /// Removes the last character, which may have several bytes.
    fn rub_out<P: Write>(&mut self, port: &mut P) -> Result<(), P::Error> {
        let continues = |byte: Option<&u8>| byte.is_some_and(|byte| byte & 0xC0 == 0x80);
        if self.length == 0 {
            return Ok(());
        }
        self.length -= 1;
        while self.length > 0 && continues(self.bytes.get(self.length)) {
            self.length -= 1;
        }
        port.write_all(RUB_OUT)
    }

    fn text(&self) -> Result<&str, Refusal> {
        if self.overflown {
            return Err(Refusal::TooLong);
        }
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        core::str::from_utf8(bytes).map_err(|error| Refusal::NotText(error.valid_up_to()))
    }
}

impl<const BYTES: usize> Default for Line<BYTES> {
    fn default() -> Self {
        Self::new()
    }
}

/// Waits for a byte.
pub(crate) fn next<P: Read>(port: &mut P) -> Result<u8, P::Error> {
    let mut byte = [0];
    while port.read(&mut byte)? == 0 {}
    let [byte] = byte;
    Ok(byte)
}
