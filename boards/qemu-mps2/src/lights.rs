//! The lights of `act`: the first four of the eight LEDs that the serial configuration controller has
//! (register `CFG_REG1`; application notes 385, 505 and 547).

use app::register::Register;
use app::{Lights, Spin};
use core::convert::Infallible;
use embedded_hal::digital::{ErrorType, OutputPin};

/// The register, as secure code sees it.
const LEDS: usize = match () {
    () if cfg!(feature = "an547") => 0x5930_0004,
    () if cfg!(feature = "an505") => 0x5030_0004,
    () => 0x4002_F004,
};

/// One of the LEDs: a bit of a register that all share.
pub struct Light {
    leds: Register,
    bit: u32,
}

impl ErrorType for Light {
    type Error = Infallible;
}

impl OutputPin for Light {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.leds.write(self.leds.read() & !self.bit);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.leds.write(self.leds.read() | self.bit);
        Ok(())
    }
}

/// From the first on: red, green, blue, and the lamp.
#[must_use]
pub fn lights() -> Lights<Light, Spin, 4> {
    let bits = [("red", 1), ("green", 2), ("blue", 4), ("lamp", 8)];
    // SAFETY: the register of these LEDs.
    let light = |bit| Light { leds: unsafe { Register::at(LEDS) }, bit };
    let delay = Spin { mega_hertz: 25, cycles: cortex_m::asm::delay };
    Lights::new(bits.map(|(name, bit)| (name, light(bit))), delay)
}
