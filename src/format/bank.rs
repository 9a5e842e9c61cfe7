//! A model apart from the firmware: a bank of flash, and the record that says what is in it.
//!
//! ```text
//! bank   model, a whole .rgd file │ whatever was there │ record, the last 32 bytes, written last
//!        └───── length bytes ─────┘
//! record word 0 magic · 1 version · 2 generation · 3 length of the model in bytes
//!             4 CRC-32C of the model · 5, 6 zero · 7 CRC-32C of words 0…6
//! ```
//! An update writes the bank that is not in use, and its record last: without the record, or with
//! an older one, the bytes in front of it do not count. Of two banks [`pick`] takes the whole one with the larger
//! generation; generations do not wrap, and of equal ones bank 0 is taken. 32 bytes are the largest unit that
//! flash of microcontrollers is programmed in (STM32H7), so a record is one unit, or a few.
//!
//! Limits: checksums find accidents, not intent; who must keep deceivers out signs the file.

use super::{Checksum, Model};
use crate::Error;
#[cfg(feature = "emit")]
use crate::kernel::bytes_of;
#[cfg(feature = "emit")]
use alloc::vec::Vec;
use core::fmt;

/// The first word of a record: `bnk` and a byte that no text has.
pub const MAGIC: u32 = u32::from_le_bytes(*b"bnk\x01");
/// The version of records: others are refused.
pub const VERSION: u32 = 1;
/// The bytes of a record, the last of its bank.
pub const RECORD_BYTES: usize = 32;

const WORDS: usize = RECORD_BYTES / 4;
/// What is read as a word of flash that was erased.
const ERASED: u32 = !0;

/// What a bank says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Record {
    /// The larger, the newer.
    pub generation: u32,
    /// The bytes of the model, which start where the bank starts.
    pub length: u32,
    /// Their CRC-32C.
    pub checksum: u32,
}

/// Why the model of a bank is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Refusal {
    /// The bank has no room for a record.
    TooSmall {
        /// Bytes of the bank.
        have: usize,
    },
    /// There is no record, for its flash is erased: nothing was written, or an update was interrupted.
    Erased,
    /// There is no record, for its flash is all zeros.
    Zeroed,
    /// Something else lies where the record should.
    BadMagic {
        /// The first word of it.
        found: u32,
    },
    /// The record is of another version.
    BadVersion {
        /// Which.
        found: u32,
    },
    /// The record was damaged, or not written to its end.
    RecordChecksum {
        /// The checksum in the record.
        stored: u32,
        /// The checksum of its words.
        computed: u32,
    },
    /// A word of the record that must be zero is not.
    Reserved {
        /// The word.
        found: u32,
    },
    /// The model would be empty, or run into the record.
    Length {
        /// Bytes stated.
        length: u32,
        /// Bytes in front of the record.
        room: usize,
    },
    /// The model is not the one of the record: it was damaged, or an update of it interrupted.
    Checksum {
        /// The checksum in the record.
        stored: u32,
        /// The checksum of the model.
        computed: u32,
    },
    /// The model is whole, but none that this firmware takes.
    Model(Error),
}

impl Record {
    /// The record of `model`, all of which is in place.
    #[must_use]
    pub fn of(model: &Model<'_>, generation: u32) -> Self {
        let (length, checksum) = (model.file_bytes() as u32, Checksum::of(model.words));
        Self { generation, length, checksum }
    }

    /// Reads the record at the end of `bank`, and nothing else of it.
    ///
    /// # Errors
    /// There is none, it is damaged, or its length is impossible.
    pub fn parse(bank: &[u8]) -> Result<Self, Refusal> {
        let Some((before, bytes)) = bank.split_last_chunk::<RECORD_BYTES>() else {
            return Err(Refusal::TooSmall { have: bank.len() });
        };
        let words: [u32; WORDS] = bytemuck::must_cast(*bytes);
        let words = words.map(u32::from_le);
        let [magic, version, generation, length, checksum, reserved @ .., stored] = words;
        let computed = checksum_of(&words);
        let room = before.len();
        match () {
            () if words == [ERASED; WORDS] => Err(Refusal::Erased),
            () if words == [0; WORDS] => Err(Refusal::Zeroed),
            () if magic != MAGIC => Err(Refusal::BadMagic { found: magic }),
            () if version != VERSION => Err(Refusal::BadVersion { found: version }),
            () if stored != computed => Err(Refusal::RecordChecksum { stored, computed }),
            () if reserved != [0; 2] => Err(Refusal::Reserved { found: reserved[0] | reserved[1] }),
            () if length == 0 || length as usize > room => Err(Refusal::Length { length, room }),
            () => Ok(Self { generation, length, checksum }),
        }
    }

    /// The bytes of the record: the last of its bank, to be written last.
    #[must_use]
    pub fn emit(&self) -> [u8; RECORD_BYTES] {
        let Self { generation, length, checksum } = *self;
        let mut words = [MAGIC, VERSION, generation, length, checksum, 0, 0, 0];
        words[WORDS - 1] = checksum_of(&words);
        bytemuck::must_cast(words.map(u32::to_le))
    }

    /// The model that this record of `bank` promises, checked to the last byte.
    ///
    /// # Errors
    /// It is another, damaged, or none that this build can read.
    pub fn load<'m>(&self, bank: &'m [u8]) -> Result<Model<'m>, Refusal> {
        let room = bank.len().saturating_sub(RECORD_BYTES);
        let bytes = match bank.get(..self.length as usize) {
            Some(bytes) if bytes.len() <= room => bytes,
            _ => return Err(Refusal::Length { length: self.length, room }),
        };
        let (stored, computed) = (self.checksum, Checksum::new().bytes(bytes).finish());
        if stored != computed {
            return Err(Refusal::Checksum { stored, computed });
        }
        Model::load(bytes).map_err(Refusal::Model)
    }
}

fn checksum_of(words: &[u32; WORDS]) -> u32 {
    Checksum::new().range(words, 0, WORDS - 1).finish()
}

/// The model that is to be used, and what is in the other bank.
#[derive(Clone, Copy, Debug)]
pub struct Picked<'m> {
    /// 0 or 1.
    pub bank: usize,
    /// The record of that bank.
    pub record: Record,
    /// The model in it.
    pub model: Model<'m>,
    /// The record of the other bank, which is older (its model was not looked at), or why the
    /// other was refused.
    pub other: Result<Record, Refusal>,
}

/// Of two banks the newest whole model. `accept`: what else the firmware asks of a model, such as
/// that its arena fits; a model that it refuses is refused as a damaged one is.
///
/// # Errors
/// Neither bank has a model that can be taken: why, for each.
pub fn pick<'m>(
    banks: [&'m [u8]; 2],
    mut accept: impl FnMut(&Model<'_>) -> Result<(), Error>,
) -> Result<Picked<'m>, [Refusal; 2]> {
    let [a, b] = banks;
    let (mut newer, mut older) = ((0, Record::parse(a), a), (1, Record::parse(b), b));
    let swap = match (newer.1, older.1) {
        (Ok(a), Ok(b)) => b.generation > a.generation,
        (a, _) => a.is_err(),
    };
    if swap {
        core::mem::swap(&mut newer, &mut older);
    }
    let mut other = older.1;
    let mut refusals = [Refusal::Erased; 2];
    for (bank, record, bytes) in [newer, older] {
        let loaded = record.and_then(|record| record.load(bytes));
        let refusal = match (record, loaded) {
            (Ok(record), Ok(model)) => match accept(&model) {
                Ok(()) => return Ok(Picked { bank, record, model, other }),
                Err(error) => Refusal::Model(error),
            },
            (_, Err(refusal)) | (Err(refusal), _) => refusal,
        };
        other = Err(refusal);
        refusals[bank & 1] = refusal;
    }
    Err(refusals)
}

/// The bytes of a whole bank of `bytes`: `model`, erased flash up to the record, the record.
///
/// # Errors
/// The bank is too small for the model.
#[cfg(feature = "emit")]
pub fn emit(model: &Model<'_>, bytes: usize, generation: u32) -> Result<Vec<u8>, Refusal> {
    let record = Record::of(model, generation);
    let room = bytes.saturating_sub(RECORD_BYTES);
    if record.length as usize > room {
        return Err(Refusal::Length { length: record.length, room });
    }
    let (need, have) = (model.file_bytes(), model.words.len() * 4);
    if have < need {
        return Err(Refusal::Model(Error::Truncated { need, have })); // The rest is in far flash.
    }
    let mut bank = bytes_of(model.words).to_vec();
    bank.resize(room, 0xFF);
    bank.extend(record.emit());
    Ok(bank)
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooSmall { have } => {
                write!(f, "the bank is too small: {RECORD_BYTES} bytes needed, {have} given")
            }
            Self::Erased => f.write_str("there is no record: its flash is erased"),
            Self::Zeroed => f.write_str("there is no record: its flash is all zeros"),
            Self::BadMagic { found } => {
                write!(f, "there is no record: its place starts with {found:#010x}")
            }
            Self::BadVersion { found } => write!(f, "the record has version {found}"),
            Self::RecordChecksum { stored, computed } => {
                write!(f, "the record's checksum is wrong: ")?;
                write!(f, "{stored:#010x} stored, {computed:#010x} computed")
            }
            Self::Reserved { found } => {
                write!(f, "a word of the record is not zero: {found:#010x}")
            }
            Self::Length { length, room } => {
                write!(f, "the model's length is wrong: {length} bytes stated, {room} at most")
            }
            Self::Checksum { stored, computed } => {
                write!(f, "the model is not that of the record: ")?;
                write!(f, "{stored:#010x} stored, {computed:#010x} computed")
            }
            Self::Model(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Model(error) => Some(error),
            _ => None,
        }
    }
}
