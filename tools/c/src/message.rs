//! An error as text with a zero behind it.

use core::fmt::{self, Write};
use regard::Error;

/// Text in a buffer of C: whole characters, as many as there is room for, and a zero.
struct Text<'a> {
    out: &'a mut [u8],
    length: usize,
}

/// Writes an error, or nothing. Returns the bytes written, without the zero. `out`: zeros.
pub(crate) fn write(error: Option<Error>, out: &mut [u8]) -> usize {
    let mut text = Text { out, length: 0 };
    if let Some(error) = error {
        // What does not fit is left out.
        _ = write!(text, "{error}");
    }
    text.length
}

impl Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            let mut bytes = [0; 4];
            let bytes = c.encode_utf8(&mut bytes).as_bytes();
            let end = self.length.wrapping_add(bytes.len());
            // The last byte stays a zero.
            if end >= self.out.len() {
                return Err(fmt::Error);
            }
            let room = self.out.get_mut(self.length..end).ok_or(fmt::Error)?;
            room.copy_from_slice(bytes);
            self.length = end;
        }
        Ok(())
    }
}
