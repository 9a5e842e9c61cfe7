//! Flash played by RAM, for emulators whose boards have none that can be written, and for tests.
//!
//! Pages are erased to ones, programming clears bits and never sets one: a unit that is programmed
//! twice holds what both have in common, as in real flash.

use super::{Banks, Place};
use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

/// RAM as a flash with pages of `PAGE` bytes, programmed in units of `UNIT`: two banks, a half each.
pub struct Emulated<'m, const UNIT: usize, const PAGE: usize> {
    /// Its bytes; their address is a multiple of 4.
    pub cells: &'m mut [u8],
}

impl<const UNIT: usize, const PAGE: usize> Emulated<'_, UNIT, PAGE> {
    fn range(&mut self, from: usize, length: usize) -> &mut [u8] {
        self.cells.get_mut(from..).and_then(|from| from.get_mut(..length)).unwrap_or_default()
    }
}

impl<const UNIT: usize, const PAGE: usize> ErrorType for Emulated<'_, UNIT, PAGE> {
    type Error = NorFlashErrorKind;
}

impl<const UNIT: usize, const PAGE: usize> ReadNorFlash for Emulated<'_, UNIT, PAGE> {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        bytes.copy_from_slice(self.range(offset as usize, bytes.len()));
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.cells.len()
    }
}

impl<const UNIT: usize, const PAGE: usize> NorFlash for Emulated<'_, UNIT, PAGE> {
    const WRITE_SIZE: usize = UNIT;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        self.range(from as usize, to.saturating_sub(from) as usize).fill(0xFF);
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        for (cell, byte) in self.range(offset as usize, bytes.len()).iter_mut().zip(bytes) {
            *cell &= byte;
        }
        Ok(())
    }
}

impl<const UNIT: usize, const PAGE: usize> Banks for Emulated<'_, UNIT, PAGE> {
    type Flash = Self;

    fn bytes(&self, bank: usize) -> &[u8] {
        let (a, b) = self.cells.split_at(self.cells.len() / 2);
        if bank == 0 { a } else { b }
    }

    fn place(&mut self, bank: usize) -> Place<'_, Self> {
        let half = (self.cells.len() / 2) as u32;
        Place::new(self, if bank == 0 { 0 } else { half }, half)
    }
}
