//! What the firmware needs to know about the Nucleo F446RE: clocks, serial port, LED, and what happens when
//! something goes badly wrong.
//!
//! The serial port is that of the ST-LINK: USART2 at 115,200 baud, PA2 and PA3. The LED is LD2. The PLL runs
//! from the chip's own 16 MHz, whatever the solder bridges of the board say about crystals.

#![no_std]

pub use cortex_m_rt::entry;

use app::{Board, Port, Stack};
use core::fmt::Arguments;
use cortex_m as _;
use embassy_stm32::gpio::{Level, Output, Speed};
use embassy_stm32::rcc::{self, APBPrescaler, Pll, PllMul, PllPDiv, PllPreDiv, Sysclk};
use embassy_stm32::usart::{Config, Uart, UartTx};
use embassy_stm32::{Peripherals, pac};
use embedded_hal::digital::OutputPin;
use embedded_io::{Read, Write};

/// The board's name.
pub const NAME: &str = "Nucleo F446RE (Cortex-M4F)";
/// Bytes of the longest line that people may type.
pub const LINE: usize = 512;

/// 180 MHz: 16 MHz / 8 · 180 / 2. The buses may have 45 and 90 MHz.
fn clocks() -> rcc::Config {
    let mut clocks = rcc::Config::new();
    let (prediv, mul, divp) = (PllPreDiv::DIV8, PllMul::MUL180, Some(PllPDiv::DIV2));
    clocks.pll = Some(Pll { prediv, mul, divp, divq: None, divr: None });
    clocks.sys = Sysclk::PLL1_P;
    clocks.apb1_pre = APBPrescaler::DIV4;
    clocks.apb2_pre = APBPrescaler::DIV2;
    clocks
}

/// What the board brings. To be called once.
#[must_use]
pub fn start() -> Board<impl Read + Write, impl OutputPin> {
    let mut config = embassy_stm32::Config::default();
    config.rcc = clocks();
    let chip = embassy_stm32::init(config);
    // Five wait states for each read of the flash, were it not for its caches.
    pac::FLASH.acr().modify(|flash| {
        flash.set_prften(true);
        flash.set_icen(true);
        flash.set_dcen(true);
    });
    let uart = Uart::new_blocking(chip.USART2, chip.PA3, chip.PA2, Config::default());
    let Ok((mut sender, mut receiver)) = uart.map(Uart::split) else { exit(1) };
    let port = Port::new(
        move |byte| receiver.blocking_read(byte).is_ok(),
        move |bytes| _ = sender.blocking_write(bytes),
    );
    let busy = Output::new(chip.PA5, Level::Low, Speed::Low);
    Board { name: NAME, port, busy, stack: Stack::of_firmware(), leaves: false }
}

/// Sleeps for ever.
pub fn exit(_code: i32) -> ! {
    loop {
        cortex_m::asm::wfi();
    }
}

/// Says why on the serial port, and ends.
fn fail(why: Arguments<'_>) -> ! {
    // SAFETY: whoever had the port never goes on.
    let chip = unsafe { Peripherals::steal() };
    if let Ok(mut port) = UartTx::new_blocking(chip.USART2, chip.PA2, Config::default()) {
        _ = write!(port, "\r\n{why}\r\n");
    }
    exit(101)
}

app::last_words!(fail);
