//! How the bytes of a model come over a serial port that may lose some: frames, each answered with
//! a line.
//!
//! ```text
//! host    :update 153280 8f3a21c0⏎          length, and CRC-32C of the file in hexadecimal
//! device  ready 0 of 153280                  the bank is erased; send from byte 0 on
//! host    00 COBS('d' at bytes crc) 00       at: 4 bytes; up to 256 bytes; crc: 4 bytes, CRC-32C of
//! device  + 256                              all before it. Taken; send from 256 on
//! host    00 … 00
//! device  - 256 the frame is damaged         not taken; send from 256 on
//!         …
//! device  bank 1: generation 7, 153280 bytes, in use
//! ```
//! COBS (Cheshire and Baker, 1999) leaves no zero inside a frame, so that after any damage the next
//! zero starts over. Numbers are little-endian. The port waits for ever, so time is the sender's to
//! keep: when no answer comes, it sends the frame again, which does no harm if it was taken. It gives
//! up with a zero and twice ctrl-C; a person who typed `:update` presses ctrl-C twice. The
//! update can then go on later with the same announcement: `ready` says from where.

use embedded_io::Read;
use regard::format::Checksum;

/// The most bytes of the model in a frame.
pub const MOST: usize = 256;
/// What every frame of data starts with.
pub const DATA: u8 = b'd';
/// Given twice at the start of a frame, it ends the update.
pub const CANCEL: u8 = 0x03;

/// 'd', offset, data, checksum, and the bytes that COBS adds: one, and one more for each 254.
const ENCODED: usize = 1 + 4 + MOST + 4 + 2;

/// What came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'f> {
    /// Bytes of the model.
    Data {
        /// Where they belong.
        at: u32,
        /// At least one, at most [`MOST`].
        bytes: &'f [u8],
    },
    /// Nothing that can be understood.
    Damaged,
    /// The sender gives up.
    Cancelled,
}

/// The frame that is coming in.
pub struct Frames {
    bytes: [u8; ENCODED],
    length: usize,
}

impl Frames {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; ENCODED], length: 0 }
    }

    /// Waits for a whole frame.
    ///
    /// # Errors
    /// Those of the port.
    pub fn next<P: Read>(&mut self, port: &mut P) -> Result<Frame<'_>, P::Error> {
        self.length = 0;
        loop {
            match crate::line::next(port)? {
                0 if self.length == 0 => {}
                0 => return Ok(self.decode()),
                CANCEL if self.length == 1 && self.bytes.first() == Some(&CANCEL) => {
                    return Ok(Frame::Cancelled);
                }
                byte => {
                    if let Some(free) = self.bytes.get_mut(self.length) {
                        *free = byte;
                    }
                    self.length = self.length.saturating_add(1);
                }
            }
        }
    }

    fn decode(&mut self) -> Frame<'_> {
        let Some(encoded) = self.bytes.get_mut(..self.length) else { return Frame::Damaged };
        let length = cobs::decode_in_place(encoded).unwrap_or(0);
        parse(self.bytes.get(..length).unwrap_or_default()).unwrap_or(Frame::Damaged)
    }
}

impl Default for Frames {
    fn default() -> Self {
        Self::new()
    }
}

fn parse(frame: &[u8]) -> Option<Frame<'_>> {
    let (before, &stored) = frame.split_last_chunk()?;
    let (&[DATA, at @ ..], bytes) = before.split_first_chunk::<5>()? else { return None };
    let whole = Checksum::new().bytes(before).finish() == u32::from_le_bytes(stored);
    let data = Frame::Data { at: u32::from_le_bytes(at), bytes };
    (whole && !bytes.is_empty() && bytes.len() <= MOST).then_some(data)
}
