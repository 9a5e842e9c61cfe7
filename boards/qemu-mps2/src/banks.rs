//! Two banks for models, in the boards' PSRAM, which QEMU can fill (`-device loader`) and the program
//! can write: it plays the flash.
//!
//! ```text
//! 0x2100_0000 (an505: 0x8000_0000, an547: 0x6000_0000)   bank 0, 1 MB │ bank 1, 1 MB
//! ```

use app::banks::Emulated;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// The arena of any model that fits a bank and is to be taken.
pub const ARENA: usize = 64 * 1024;

/// Where the banks start: application notes 385 and 386 (PSRAM), 505 and 547 (DDR4).
const START: usize = match () {
    () if cfg!(feature = "an547") => 0x6000_0000,
    () if cfg!(feature = "an505") => 0x8000_0000,
    () => 0x2100_0000,
};
/// Bytes of both.
const BYTES: usize = 2 * 1024 * 1024;

/// Programmed 4 bytes at a time, erased by pages of 4 KB, as flash of an nRF52.
pub type Banks = Emulated<'static, 4, 4096>;

/// The banks, the first time; later a flash without a byte.
#[must_use]
pub fn banks() -> Banks {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Relaxed) {
        return Emulated { cells: &mut [] };
    }
    let memory = core::ptr::with_exposed_provenance_mut(START);
    // SAFETY: RAM of the board that the linker does not use, given away once; any bytes are bytes.
    Emulated { cells: unsafe { core::slice::from_raw_parts_mut(memory, BYTES) } }
}
