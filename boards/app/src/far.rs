//! A model in a flash chip of its own, which the core cannot address: read over `embedded-storage`
//! (docs/SLOW_FLASH.md), and a chip that is not there, for emulators and tests.
//!
//! ```text
//! FarFlash (regard) ─► Nor ─► ReadNorFlash: w25q32jv, … ─► SpiDevice: a bus, or Played
//! ```

use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use embedded_hal::spi::{Error, ErrorKind, ErrorType, Operation, SpiDevice};
use embedded_storage::nor_flash::ReadNorFlash;
use regard::far::Bus;

/// A model file in a flash chip, from byte `base` on, a multiple of 4.
pub struct Nor<F> {
    /// The driver of the chip.
    pub flash: F,
    base: u32,
}

impl<F: ReadNorFlash> Nor<F> {
    /// The file starts at `base`.
    pub const fn new(flash: F, base: u32) -> Self {
        const { assert!(F::READ_SIZE > 0 && 4 % F::READ_SIZE == 0, "the engine reads whole words") };
        Self { flash, base }
    }
}

impl<'b, F: ReadNorFlash<Error: Send> + Send> Bus<'b> for Nor<F> {
    type Error = F::Error;
    type Transfer = (&'b mut [u32], Result<(), F::Error>);

    fn start(&mut self, at: u32, words: usize, into: &'b mut [u32]) -> Self::Transfer {
        let room = into.get_mut(..words).unwrap_or_default();
        let read = self.flash.read(self.base.wrapping_add(at), bytemuck::cast_slice_mut(room));
        (into, read)
    }

    fn wait(&mut self, transfer: Self::Transfer) -> Self::Transfer {
        transfer
    }
}

/// Bytes at an address that is a multiple of 4, as [`regard::Arena`] has them, as words; else none.
#[must_use]
pub fn words_of(bytes: &mut [u8]) -> &mut [u32] {
    bytemuck::try_cast_slice_mut(bytes).unwrap_or_default()
}

/// The read command of most chips (W25Q32JV, revision G, 8.2.6): 24 bits of address follow.
const READ: u8 = 0x03;
/// The transaction of [`Log`] that never comes.
const NEVER: u32 = u32::MAX;

/// What a [`Played`] chip was asked, and what it shall do; it can be looked at while a driver has the
/// chip.
#[derive(Debug)]
pub struct Log {
    transactions: AtomicU32,
    bytes: AtomicU32,
    fails: AtomicU32,
}

impl Log {
    /// Of a chip that was not asked yet.
    #[must_use]
    pub const fn new() -> Self {
        let [transactions, bytes] = [const { AtomicU32::new(0) }; 2];
        Self { transactions, bytes, fails: AtomicU32::new(NEVER) }
    }

    /// Transactions and bytes over the bus so far, commands included.
    #[must_use]
    pub fn counts(&self) -> [u32; 2] {
        [self.transactions.load(Relaxed), self.bytes.load(Relaxed)]
    }

    /// Lets the transaction fail before which there are `count` others.
    pub fn fail_after(&self, count: u32) {
        self.fails.store(self.transactions.load(Relaxed).wrapping_add(count), Relaxed);
    }

    /// Counts a transaction of so many bytes.
    fn note(&self, bytes: usize) -> Result<(), Failed> {
        let [transactions, before] = self.counts();
        self.transactions.store(transactions.wrapping_add(1), Relaxed);
        self.bytes.store(before.wrapping_add(bytes as u32), Relaxed);
        if self.fails.load(Relaxed) == transactions { Err(Failed) } else { Ok(()) }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self::new()
    }
}

/// Plays a chip on an SPI bus that answers the read command.
#[derive(Clone, Copy, Debug)]
pub struct Played<'f> {
    /// What it holds; ones are behind.
    pub bytes: &'f [u8],
    /// Where it counts.
    pub log: &'f Log,
}

/// The bus failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed;

impl Error for Failed {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl ErrorType for Played<'_> {
    type Error = Failed;
}

impl SpiDevice for Played<'_> {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Failed> {
        let [Operation::Write([READ, high, middle, low]), Operation::Read(room)] = operations
        else {
            return Err(Failed);
        };
        self.log.note(4 + room.len())?;
        let at = u32::from_be_bytes([0, *high, *middle, *low]) as usize;
        let held = self.bytes.get(at..).unwrap_or(&[]);
        let (from_it, behind) = room.split_at_mut(held.len().min(room.len()));
        from_it.copy_from_slice(&held[..from_it.len()]);
        behind.fill(0xFF);
        Ok(())
    }
}
