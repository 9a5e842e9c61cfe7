//! Two banks for models in the chip's own flash, where they are read (banks/memory.x says where).
//!
//! The core stands still while a page is erased or a word is programmed. Its cache keeps instructions
//! alone, so that what was programmed is read at once (nRF52840 Product Specification, "NVMC").

use app::banks::InPlace;
use embassy_nrf::nvmc::Nvmc;
use embassy_nrf::peripherals::NVMC;

/// The arena of any model that fits a bank and is to be taken.
pub const ARENA: usize = 64 * 1024;

/// The banks, behind the firmware. To be called once.
#[must_use]
pub fn banks() -> InPlace<Nvmc<'static>> {
    // SAFETY: nobody else has it.
    let flash = Nvmc::new(unsafe { NVMC::steal() });
    // SAFETY: banks/memory.x keeps both regions free of code; an offset in this flash is its address.
    unsafe { InPlace::of_firmware(flash, 0) }
}
