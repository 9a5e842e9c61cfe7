//! The OLED of 128 × 64 pixels with an SSD1306, at address 0x3C of I²C 0.

use rp2040_hal::clocks::SystemClock;
use rp2040_hal::gpio::bank0::{Gpio4, Gpio5};
use rp2040_hal::gpio::{FunctionI2C, Pin, PullUp};
use rp2040_hal::pac::{I2C0, RESETS};

#[cfg(feature = "attention")]
use {
    fugit::RateExtU32 as _,
    rp2040_hal::I2C,
    ssd1306::mode::{BufferedGraphicsMode, DisplayConfig as _},
    ssd1306::prelude::{DisplayRotation, DisplaySize128x64, I2CInterface},
    ssd1306::{I2CDisplayInterface, Ssd1306},
};

/// Data and clock.
pub(crate) type Wires = (Pin<Gpio4, FunctionI2C, PullUp>, Pin<Gpio5, FunctionI2C, PullUp>);

/// The display.
#[cfg(feature = "attention")]
pub type Display = Ssd1306<
    I2CInterface<I2C<I2C0, Wires>>,
    DisplaySize128x64,
    BufferedGraphicsMode<DisplaySize128x64>,
>;

/// What the display hangs on.
#[cfg_attr(
    not(feature = "attention"),
    expect(dead_code, reason = "other programs have no display")
)]
pub(crate) struct Bus {
    pub(crate) chip: I2C0,
    pub(crate) wires: Wires,
    pub(crate) resets: RESETS,
    pub(crate) clock: SystemClock,
}

#[cfg(feature = "attention")]
impl Bus {
    /// The display, switched on, and dark. One that is not there shows nothing.
    pub(crate) fn display(mut self) -> Display {
        let (data, clock) = self.wires;
        let bus = I2C::i2c0(self.chip, data, clock, 400.kHz(), &mut self.resets, &self.clock);
        let (interface, size) = (I2CDisplayInterface::new(bus), DisplaySize128x64);
        let display = Ssd1306::new(interface, size, DisplayRotation::Rotate0);
        let mut display = display.into_buffered_graphics_mode();
        _ = display.init();
        display
    }
}
