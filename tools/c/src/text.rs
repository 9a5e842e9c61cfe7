//! Text with a zero behind it, as C has it.

use core::fmt::{self, Write};

/// Text in a buffer of C: whole characters, as many as there is room for, and a zero.
pub(crate) struct Text<'a> {
    out: &'a mut [u8],
    length: usize,
}

impl<'a> Text<'a> {
    /// None yet. `out`: zeros.
    pub(crate) fn new(out: &'a mut [u8]) -> Self {
        Self { out, length: 0 }
    }

    /// Its bytes, without the zero.
    pub(crate) fn length(&self) -> usize {
        self.length
    }
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
