//! Pins that are driven high and low (nRF51 reference manual, 14.2).

use app::register::Register;
use core::convert::Infallible;
use embedded_hal::digital::{ErrorType, OutputPin};

const GPIO: usize = 0x5000_0000;

/// A pin of the only port.
pub struct Pin {
    set: Register,
    clear: Register,
    bit: u32,
}

impl Pin {
    /// Pin n of `bit` 2ⁿ, as an output; low unless it was set before.
    #[must_use]
    pub fn new(bit: u32) -> Self {
        // SAFETY: the registers OUTSET, OUTCLR and DIRSET.
        let [set, clear, outputs] =
            [0x508, 0x50C, 0x518].map(|offset| unsafe { Register::at(GPIO + offset) });
        outputs.write(bit);
        Self { set, clear, bit }
    }
}

impl ErrorType for Pin {
    type Error = Infallible;
}

impl OutputPin for Pin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.clear.write(self.bit);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.set.write(self.bit);
        Ok(())
    }
}
