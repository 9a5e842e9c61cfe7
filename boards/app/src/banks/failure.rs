//! Why an update failed.

use core::fmt;
use embedded_storage::nor_flash::NorFlashError;
use regard::format::bank::Refusal;

/// Why an update failed. `E`: the error of the flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure<E> {
    /// Nothing was erased: the model would be empty, or there is no room for it.
    Length {
        /// Its bytes.
        length: u32,
        /// Bytes of the bank in front of its record.
        room: u32,
    },
    /// Nothing was erased: the bank does not start and end where pages do.
    NotWholePages {
        /// Where it starts.
        start: u32,
        /// Its bytes.
        bytes: u32,
        /// Bytes of a page.
        page: u32,
    },
    /// Nothing was erased: there is no generation behind the one in use.
    LastGeneration,
    /// More bytes came than were announced.
    TooMuch {
        /// Bytes announced.
        length: u32,
    },
    /// The sender gave up, or fewer bytes came than were announced.
    Unfinished {
        /// Bytes that came.
        have: u32,
        /// Bytes announced.
        length: u32,
    },
    /// What is in the flash is not what was announced.
    Checksum {
        /// The checksum announced.
        announced: u32,
        /// That of the bytes read back.
        computed: u32,
    },
    /// The bytes are those announced, but no model that this firmware takes.
    Refused(Refusal),
    /// The record did not come back as it was written.
    Record,
    /// The flash failed.
    Flash(E),
}

impl<E: NorFlashError> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { length, room } => {
                write!(f, "a model of {length} bytes does not fit: 1 to {room} do")
            }
            Self::NotWholePages { start, bytes, page } => {
                write!(f, "the bank, {bytes} bytes at {start}, is not whole pages of {page}")
            }
            Self::LastGeneration => f.write_str("there is no generation behind this one"),
            Self::TooMuch { length } => write!(f, "more than {length} bytes came"),
            Self::Unfinished { have, length } => write!(f, "{have} of {length} bytes came"),
            Self::Checksum { announced, computed } => {
                write!(f, "the checksum is wrong: ")?;
                write!(f, "{announced:#010x} announced, {computed:#010x} in the flash")
            }
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Record => f.write_str("the record did not come back as it was written"),
            Self::Flash(error) => write!(f, "the flash failed: {}", error.kind()),
        }
    }
}

impl<E: NorFlashError> core::error::Error for Failure<E> {}
