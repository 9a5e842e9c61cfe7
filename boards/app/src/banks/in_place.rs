//! Two banks of a flash that the core reads as memory: internal flash, or XIP.

use super::{Banks, Place};
use embedded_storage::nor_flash::NorFlash;

/// A driver of flash, and where the core sees the banks.
pub struct InPlace<F> {
    flash: F,
    mapped: usize,
    starts: [u32; 2],
    bytes: u32,
}

impl<F: NorFlash> InPlace<F> {
    /// `mapped`: the address at which the core reads offset 0 of `flash`. `starts`: the offsets of
    /// the banks, `bytes` each: whole pages behind the firmware, which the linker must not use.
    ///
    /// # Safety
    /// At `mapped + starts[0]` and `mapped + starts[1]` the core can read `bytes` at any time that
    /// `flash` does not work, they stay as they are but for `flash`, and reading them
    /// after it worked gives what it wrote: a driver that works behind a cache empties it.
    #[must_use]
    pub const unsafe fn new(flash: F, mapped: usize, starts: [u32; 2], bytes: u32) -> Self {
        Self { flash, mapped, starts, bytes }
    }

    /// The banks of a firmware whose linker script says where they are: `_bank_0` and `_bank_1` lie where
    /// they start, and `_bank_bytes` is the size of each.
    ///
    /// # Safety
    /// That of [`Self::new`].
    #[cfg(target_os = "none")]
    #[must_use]
    pub unsafe fn of_firmware(flash: F, mapped: usize) -> Self {
        unsafe extern "C" {
            static _bank_0: u8;
            static _bank_1: u8;
            static _bank_bytes: u8;
        }
        let starts = [&raw const _bank_0, &raw const _bank_1];
        let starts = starts.map(|start| start.addr().wrapping_sub(mapped) as u32);
        // SAFETY: promised by the caller.
        unsafe { Self::new(flash, mapped, starts, (&raw const _bank_bytes).addr() as u32) }
    }

    fn start(&self, bank: usize) -> u32 {
        let [first, second] = self.starts;
        if bank == 0 { first } else { second }
    }
}

impl<F: NorFlash> Banks for InPlace<F> {
    type Flash = F;

    fn bytes(&self, bank: usize) -> &[u8] {
        let address = self.mapped.wrapping_add(self.start(bank) as usize);
        let bytes = core::ptr::with_exposed_provenance(address);
        // SAFETY: promised to `new`; and as long as these bytes are borrowed, so is the flash.
        unsafe { core::slice::from_raw_parts(bytes, self.bytes as usize) }
    }

    fn place(&mut self, bank: usize) -> Place<'_, F> {
        let start = self.start(bank);
        Place::new(&mut self.flash, start, self.bytes)
    }
}
