//! The wire format of protocol buffers, walked over in a file: only what is asked for is read.
//!
//! ```text
//! message   = field…      field = key value      key = varint: number << 3 | kind
//! kind 0    varint: 7 bits a byte, the lowest first, bit 7 says that more follow
//! kind 1    8 bytes        kind 5   4 bytes       kind 2   varint: length, then as many bytes
//! ```
//! [protobuf.dev/programming-guides/encoding](https://protobuf.dev/programming-guides/encoding/). A decoder
//! of whole messages would hold all weights in RAM at once, and a struct for every field that a file
//! claims; this leaves numbers where they are, as the reader of safetensors does. What is kept of a
//! file, names and the like, comes out of one budget.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};

/// Most bytes that are kept of a file, weights apart.
const MOST_KEPT: usize = 1 << 25;
/// Longest of its texts, in bytes.
const MOST_TEXT: usize = 1 << 12;
/// What a thing costs beside its text.
const EACH: usize = 64;

/// A value as it lies there.
#[derive(Clone, Copy)]
pub(super) enum Value {
    Number(u64),
    /// Bytes from here, so many.
    Bytes(u64, u64),
}

/// Where a walk stands.
pub(super) struct Wire<'f> {
    reader: BufReader<&'f File>,
    at: u64,
    /// Bytes that may still be kept.
    left: usize,
}

/// What is done with a field.
type Take<'t, 'f> = dyn FnMut(&mut Wire<'f>, u64, Value) -> Result<(), String> + 't;

impl<'f> Wire<'f> {
    pub(super) fn new(file: &'f File) -> Self {
        Self { reader: BufReader::new(file), at: 0, left: MOST_KEPT }
    }

    /// Hands each field of the message in these bytes to `take`.
    pub(super) fn fields(
        &mut self,
        [start, end]: [u64; 2],
        take: &mut Take<'_, 'f>,
    ) -> Result<(), String> {
        self.go(start)?;
        while self.at < end {
            let key = self.varint(end)?;
            let value = match key & 7 {
                0 => Value::Number(self.varint(end)?),
                1 => Value::Bytes(self.at, 8),
                2 => {
                    let length = self.varint(end)?;
                    Value::Bytes(self.at, length)
                }
                5 => Value::Bytes(self.at, 4),
                kind => return Err(format!("at byte {} is a field of kind {kind}", self.at)),
            };
            let mut behind = self.at;
            if let Value::Bytes(at, length) = value {
                let room = end.saturating_sub(at);
                if length > room {
                    return Err(format!(
                        "at byte {at} a field claims {length} bytes, but {room} are left"
                    ));
                }
                behind = at + length;
            }
            take(self, key >> 3, value)?;
            self.go(behind)?;
        }
        Ok(())
    }

    /// Numbers, packed or alone.
    pub(super) fn numbers(&mut self, value: Value, to: &mut Vec<u64>) -> Result<(), String> {
        match value {
            Value::Number(number) => {
                self.keep(0)?;
                to.push(number);
            }
            Value::Bytes(at, length) => {
                self.go(at)?;
                while self.at < at + length {
                    self.keep(0)?;
                    let number = self.varint(at + length)?;
                    to.push(number);
                }
            }
        }
        Ok(())
    }

    /// A text.
    pub(super) fn text(&mut self, value: Value) -> Result<String, String> {
        let Value::Bytes(at, length) = value else { return Err("a number is no text".into()) };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > MOST_TEXT {
            return Err(format!(
                "at byte {at} is a name of {length} bytes; at most {MOST_TEXT} are read"
            ));
        }
        self.keep(length)?;
        self.go(at)?;
        let mut bytes = vec![0; length];
        self.reader.read_exact(&mut bytes).map_err(|cause| ended(&cause))?;
        self.at += length as u64;
        String::from_utf8(bytes).map_err(|_| format!("at byte {at} is a name that is not UTF-8"))
    }

    /// Pays for what is kept.
    pub(super) fn keep(&mut self, bytes: usize) -> Result<(), String> {
        let left = self.left.checked_sub(bytes.saturating_add(EACH));
        self.left = left.ok_or_else(|| format!("its graph has over {MOST_KEPT} bytes of names"))?;
        Ok(())
    }

    fn go(&mut self, to: u64) -> Result<(), String> {
        if to != self.at {
            let near = i64::try_from(to).ok().zip(i64::try_from(self.at).ok());
            let moved = match near {
                Some((to, at)) => self.reader.seek_relative(to - at),
                None => self.reader.seek(SeekFrom::Start(to)).map(drop),
            };
            moved.map_err(|cause| ended(&cause))?;
            self.at = to;
        }
        Ok(())
    }

    fn varint(&mut self, end: u64) -> Result<u64, String> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            if self.at >= end {
                return Err(format!("it ends inside a number, at byte {end}"));
            }
            let mut byte = [0];
            self.reader.read_exact(&mut byte).map_err(|cause| ended(&cause))?;
            self.at += 1;
            value |= u64::from(byte[0] & 127) << shift;
            if byte[0] < 128 {
                return Ok(value);
            }
        }
        Err(format!("at byte {} is a number of over 64 bits", self.at))
    }
}

fn ended(cause: &std::io::Error) -> String {
    format!("it cannot be read to its end: {cause}")
}
