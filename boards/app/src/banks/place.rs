//! Where a bank lies in its flash.

use super::Failure;
use embedded_storage::nor_flash::NorFlash;
use regard::format::bank::RECORD_BYTES;

/// The most bytes that are programmed, or read back, at once. A multiple of every
/// [`NorFlash::WRITE_SIZE`] that is taken.
pub(super) const STEP: usize = 256;

/// A bank of a flash: offsets start where the bank starts.
pub struct Place<'f, F> {
    flash: &'f mut F,
    start: u32,
    bytes: u32,
}

impl<'f, F: NorFlash> Place<'f, F> {
    /// `bytes` of `flash` from `start` on: whole pages.
    pub const fn new(flash: &'f mut F, start: u32, bytes: u32) -> Self {
        // A record is a whole number of programmed units, and so is what is programmed at once.
        const { assert!(RECORD_BYTES.is_multiple_of(F::WRITE_SIZE)) }
        const { assert!(RECORD_BYTES.is_multiple_of(F::READ_SIZE)) }
        const { assert!(F::ERASE_SIZE.is_multiple_of(RECORD_BYTES)) }
        Self { flash, start, bytes }
    }

    /// The bytes in front of the record.
    #[must_use]
    pub const fn room(&self) -> u32 {
        self.bytes.saturating_sub(RECORD_BYTES as u32)
    }

    /// Erases the pages of the first `length` bytes, and before them that of the record: from the
    /// first moment on the bank has none.
    ///
    /// # Errors
    /// The bank is not of whole pages, or the flash fails.
    pub(super) fn erase(&mut self, length: u32) -> Result<(), Failure<F::Error>> {
        let page = F::ERASE_SIZE as u32;
        let whole = [self.start, self.bytes].iter().all(|bytes| bytes.is_multiple_of(page));
        if !whole || self.bytes < page {
            let (start, bytes) = (self.start, self.bytes);
            return Err(Failure::NotWholePages { start, bytes, page });
        }
        let last = self.bytes.saturating_sub(page);
        self.erase_range(last, self.bytes)?;
        self.erase_range(0, length.next_multiple_of(page).min(last))
    }

    fn erase_range(&mut self, from: u32, to: u32) -> Result<(), Failure<F::Error>> {
        let (from, to) = (self.start.saturating_add(from), self.start.saturating_add(to));
        self.flash.erase(from, to).map_err(Failure::Flash)
    }

    /// `bytes`: whole units.
    pub(super) fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), Failure<F::Error>> {
        self.flash.write(self.start.saturating_add(at), bytes).map_err(Failure::Flash)
    }

    /// `bytes`: whole units.
    pub(super) fn read(&mut self, at: u32, bytes: &mut [u8]) -> Result<(), Failure<F::Error>> {
        self.flash.read(self.start.saturating_add(at), bytes).map_err(Failure::Flash)
    }
}
