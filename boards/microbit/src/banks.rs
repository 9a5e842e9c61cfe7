//! Two banks for models in the chip's own flash, which its controller, the NVMC, erases and programs
//! (nRF51 reference manual, 6). Models are read where they lie.
//!
//! ```text
//! CONFIG   0  the flash is read alone
//!          1  a word that is stored to it clears bits
//!          2  an address in ERASEPAGE sets all bits of a page
//! ```
//! The core stands still until the flash is done; code there needs no copy in RAM.

use app::banks::InPlace;
use app::register::Register;
use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

/// The arena of any model that fits a bank and is to be taken.
pub const ARENA: usize = 6 * 1024;

const NVMC: usize = 0x4001_E000;
const READ: u32 = 0;
const WRITE: u32 = 1;
const ERASE: u32 = 2;

const WORD: usize = 4;
const PAGE: usize = 1024;
const FLASH: usize = 256 * 1024;

/// The flash: an offset in it is its address.
pub struct Nvmc {
    ready: Register,
    config: Register,
    erase_page: Register,
}

impl Nvmc {
    /// Works on the flash, and closes it again.
    fn work(&self, config: u32, work: impl FnOnce()) {
        self.set(config);
        work();
        self.set(READ);
    }

    fn set(&self, config: u32) {
        self.config.write(config);
        self.wait();
    }

    fn wait(&self) {
        while self.ready.read() == 0 {}
    }

    /// The words from `offset` on. `offset`: in the flash, a multiple of 4.
    fn words(offset: u32) -> impl Iterator<Item = Register> {
        let addresses = (offset as usize..FLASH).step_by(WORD);
        // SAFETY: a word of flash can be read at any time; stored to, it takes what CONFIG allows.
        addresses.map(|address| unsafe { Register::at(address) })
    }
}

impl ErrorType for Nvmc {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Nvmc {
    const READ_SIZE: usize = WORD;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        for (to, word) in bytes.as_chunks_mut::<WORD>().0.iter_mut().zip(Self::words(offset)) {
            *to = word.read().to_le_bytes();
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        FLASH
    }
}

impl NorFlash for Nvmc {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        self.work(ERASE, || {
            for page in (from..to).step_by(PAGE) {
                self.erase_page.write(page);
                self.wait();
            }
        });
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        self.work(WRITE, || {
            for (&bytes, word) in bytes.as_chunks().0.iter().zip(Self::words(offset)) {
                word.write(u32::from_le_bytes(bytes));
                self.wait();
            }
        });
        Ok(())
    }
}

/// The banks, behind the firmware. To be called once.
#[must_use]
pub fn banks() -> InPlace<Nvmc> {
    // SAFETY: the registers READY, CONFIG and ERASEPAGE.
    let [ready, config, erase_page] =
        [0x400, 0x504, 0x508].map(|offset| unsafe { Register::at(NVMC + offset) });
    // SAFETY: build.rs keeps both regions free of code; there is no cache.
    unsafe { InPlace::of_firmware(Nvmc { ready, config, erase_page }, 0) }
}
