//! Writing a bank, as the bytes of a model come in.
//!
//! ```text
//! start ─► write, write, … ─► verify ─► commit
//! checks,   whole units        reads     the record,
//! erases    are programmed     back      read back too
//! ```
//! Without `commit` the bank has no record, so an update can be dropped at any time. It is plain
//! data: who keeps it can go on where it stopped.

use super::Failure;
use super::place::{Place, STEP};
use embedded_storage::nor_flash::NorFlash;
use regard::format::Checksum;
use regard::format::bank::{RECORD_BYTES, Record};

/// Where the next model goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The bank that is not in use, or 0.
    pub bank: usize,
    /// The generation behind that of the other bank.
    pub generation: u32,
}

impl Target {
    /// Beside the bank in use, as [`pick`](regard::format::bank::pick) says.
    ///
    /// # Errors
    /// The other bank has the last generation.
    pub fn beside<E>(banks: [&[u8]; 2], in_use: Option<usize>) -> Result<Self, Failure<E>> {
        let [first, second] = banks;
        let (bank, kept) = if in_use == Some(0) { (1, first) } else { (0, second) };
        let newest = Record::parse(kept).map_or(0, |record| record.generation);
        let generation = newest.checked_add(1).ok_or(Failure::LastGeneration)?;
        Ok(Self { bank, generation })
    }
}

/// A model on its way into a bank.
#[derive(Clone, Debug)]
pub struct Update {
    record: Record,
    written: u32,
    waiting: [u8; STEP],
    held: usize,
}

/// A model that is all in its bank, and came back as it was announced: its record may be written.
#[derive(Clone, Copy, Debug)]
#[must_use = "without its record it does not count"]
pub struct Whole(Record);

impl Update {
    /// Erases the bank for a model that is announced: its record has length, checksum and
    /// generation.
    ///
    /// # Errors
    /// A length that is impossible, before anything is erased; those of the flash.
    pub fn start<F: NorFlash>(
        place: &mut Place<'_, F>,
        record: Record,
    ) -> Result<Self, Failure<F::Error>> {
        let (length, room) = (record.length, place.room());
        if length == 0 || length > room {
            return Err(Failure::Length { length, room });
        }
        place.erase(length)?;
        Ok(Self { record, written: 0, waiting: [0xFF; STEP], held: 0 })
    }

    /// What was announced.
    #[must_use]
    pub const fn record(&self) -> Record {
        self.record
    }

    /// The bytes that were taken: the offset of the next one.
    #[must_use]
    pub const fn taken(&self) -> u32 {
        self.written.saturating_add(self.held as u32)
    }

    /// Takes the next bytes, however many.
    ///
    /// # Errors
    /// More than were announced, of which none is taken; those of the flash, after which the
    /// update must start anew.
    pub fn write<F: NorFlash>(
        &mut self,
        place: &mut Place<'_, F>,
        bytes: &[u8],
    ) -> Result<(), Failure<F::Error>> {
        let length = self.record.length;
        if bytes.len() > length.saturating_sub(self.taken()) as usize {
            return Err(Failure::TooMuch { length });
        }
        let mut rest = bytes;
        while let Some((&byte, others)) = rest.split_first() {
            if let Some(free) = self.waiting.get_mut(self.held) {
                *free = byte;
            }
            (rest, self.held) = (others, self.held.saturating_add(1));
            if self.held >= STEP {
                self.program(place)?;
            }
        }
        Ok(())
    }

    /// Programs what waits, filled up to whole units with erased flash.
    fn program<F: NorFlash>(&mut self, place: &mut Place<'_, F>) -> Result<(), Failure<F::Error>> {
        let units = self.held.next_multiple_of(RECORD_BYTES);
        place.write(self.written, self.waiting.get(..units).unwrap_or(&self.waiting))?;
        self.written = self.taken();
        (self.waiting, self.held) = ([0xFF; STEP], 0);
        Ok(())
    }

    /// Programs the last bytes, and reads all of them back.
    ///
    /// # Errors
    /// Bytes are missing, or are not those announced; those of the flash.
    pub fn verify<F: NorFlash>(
        &mut self,
        place: &mut Place<'_, F>,
    ) -> Result<Whole, Failure<F::Error>> {
        let Record { length, checksum: announced, .. } = self.record;
        if self.taken() != length {
            return Err(Failure::Unfinished { have: self.taken(), length });
        }
        if self.held > 0 {
            self.program(place)?;
        }
        let (mut at, mut checksum) = (0, Checksum::new());
        while at < length {
            let now = (length.saturating_sub(at) as usize).min(STEP);
            let units = now.next_multiple_of(RECORD_BYTES);
            place.read(at, self.waiting.get_mut(..units).unwrap_or_default())?;
            checksum = checksum.bytes(self.waiting.get(..now).unwrap_or_default());
            at = at.saturating_add(now as u32);
        }
        let computed = checksum.finish();
        if computed != announced {
            return Err(Failure::Checksum { announced, computed });
        }
        Ok(Whole(self.record))
    }
}

impl Whole {
    /// Its record.
    #[must_use]
    pub const fn record(&self) -> Record {
        self.0
    }

    /// Writes the record, and reads it back: from now on the model counts.
    ///
    /// # Errors
    /// The record does not come back; those of the flash.
    pub fn commit<F: NorFlash>(self, place: &mut Place<'_, F>) -> Result<(), Failure<F::Error>> {
        let (bytes, mut back) = (self.0.emit(), [0; RECORD_BYTES]);
        place.write(place.room(), &bytes)?;
        place.read(place.room(), &mut back)?;
        if back == bytes { Ok(()) } else { Err(Failure::Record) }
    }
}
