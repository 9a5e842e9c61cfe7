//! Flash that loses its power in the middle of things.

#![allow(dead_code, reason = "each test file uses a part")]

use app::banks::{Banks, Place};
use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};
use regard::Model;
use regard::format::bank;

pub const UNIT: usize = 4;
pub const PAGE: usize = 4096;
/// Bytes of each of two banks.
pub const BANK: usize = 64 * PAGE;

/// What the bytes that were worked on last hold when power was lost.
#[derive(Clone, Copy, Debug)]
pub enum Torn {
    /// Those that were done are done, the others as before.
    Prefix,
    /// All ones, done or not.
    Ones,
    /// All zeros.
    Zeros,
    /// Anything.
    Noise,
}

/// Two banks; programming what is not erased is an error.
#[derive(Clone)]
pub struct Flash {
    memory: Vec<u32>,
    /// Bytes that can still be erased or programmed.
    pub power: usize,
    /// What happens to bytes when power is lost.
    pub torn: Torn,
    /// Bytes erased and programmed so far.
    pub done: usize,
    /// `done` at the start of each operation, and of each page that it works on.
    pub marks: Vec<usize>,
}

impl Flash {
    /// Erased, with power for ever.
    pub fn new() -> Self {
        let memory = vec![!0; 2 * BANK / 4];
        Self { memory, power: usize::MAX, torn: Torn::Prefix, done: 0, marks: Vec::new() }
    }

    /// With a model in one bank.
    pub fn with(mut self, bank: usize, model: &Model<'_>, generation: u32) -> Self {
        let bytes = bank::emit(model, BANK, generation).expect("fits");
        self.all()[bank * BANK..][..BANK].copy_from_slice(&bytes);
        self
    }

    pub fn all(&mut self) -> &mut [u8] {
        bytemuck::cast_slice_mut(&mut self.memory)
    }

    /// Where its bytes are read as memory. They stay there.
    pub fn address(&mut self) -> usize {
        self.memory.as_mut_ptr().expose_provenance()
    }

    /// Power comes back.
    pub fn restart(&mut self) {
        (self.power, self.done) = (usize::MAX, 0);
    }

    /// Works on bytes one after the other, until power is lost.
    fn work(
        &mut self,
        from: usize,
        length: usize,
        change: impl Fn(usize, u8) -> u8,
    ) -> Result<(), NorFlashErrorKind> {
        let now = length.min(self.power - self.done.min(self.power));
        self.marks.push(self.done);
        self.done += now;
        let (torn, seed) = (self.torn, self.done);
        let bytes = &mut self.all()[from..from + length];
        for (n, byte) in bytes.iter_mut().enumerate() {
            match torn {
                _ if now == length => *byte = change(n, *byte),
                Torn::Prefix if n < now => *byte = change(n, *byte),
                Torn::Prefix => {}
                Torn::Ones => *byte = 0xFF,
                Torn::Zeros => *byte = 0,
                Torn::Noise => *byte = ((seed + n).wrapping_mul(0x9E37_79B9) >> 13) as u8,
            }
        }
        if now == length { Ok(()) } else { Err(NorFlashErrorKind::Other) }
    }
}

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        bytes.copy_from_slice(&self.all()[offset as usize..][..bytes.len()]);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.memory.len() * 4
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = UNIT;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        (from as usize..to as usize)
            .step_by(PAGE)
            .try_for_each(|page| self.work(page, PAGE, |_, _| 0xFF))
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        let place = &self.all()[offset as usize..][..bytes.len()];
        assert!(place.iter().all(|&byte| byte == 0xFF), "programmed without being erased");
        self.work(offset as usize, bytes.len(), |n, old| old & bytes[n])
    }
}

impl Banks for Flash {
    type Flash = Self;

    fn bytes(&self, bank: usize) -> &[u8] {
        &bytemuck::cast_slice(&self.memory)[bank * BANK..][..BANK]
    }

    fn place(&mut self, bank: usize) -> Place<'_, Self> {
        Place::new(self, (bank * BANK) as u32, BANK as u32)
    }
}
