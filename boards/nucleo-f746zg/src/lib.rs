//! What the firmware needs to know about the Nucleo F746ZG: clocks, caches, serial port, LED, and what happens
//! when something goes badly wrong.
//!
//! The serial port is that of the ST-LINK: USART3 at 115,200 baud, PD8 and PD9. The LED is LD1. The PLL runs
//! from the chip's own 16 MHz, whatever the solder bridges of the board say about crystals.

#![no_std]

pub use cortex_m_rt::entry;

use app::{Board, Port, Stack};
use core::fmt::Arguments;
use embassy_stm32::Peripherals;
use embassy_stm32::gpio::{Level, Output, Speed};
use embassy_stm32::rcc::{self, APBPrescaler, Pll, PllMul, PllPDiv, PllPreDiv, Sysclk};
use embassy_stm32::usart::{Config, Uart, UartTx};
use embedded_hal::digital::OutputPin;
use embedded_io::{Read, Write};

/// The board's name.
pub const NAME: &str = "Nucleo F746ZG (Cortex-M7)";
/// Bytes of the longest line that people may type.
pub const LINE: usize = 512;

/// 216 MHz: 16 MHz / 8 · 216 / 2. The buses may have 54 and 108 MHz.
fn clocks() -> rcc::Config {
    let mut clocks = rcc::Config::new();
    let (prediv, mul, divp) = (PllPreDiv::DIV8, PllMul::MUL216, Some(PllPDiv::DIV2));
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
    if let Some(mut core) = cortex_m::Peripherals::take() {
        core.SCB.enable_icache();
        core.SCB.enable_dcache(&mut core.CPUID); // for the weights: the data TCM needs none
    }
    let uart = Uart::new_blocking(chip.USART3, chip.PD9, chip.PD8, Config::default());
    let Ok((mut sender, mut receiver)) = uart.map(Uart::split) else { exit(1) };
    let port = Port::new(
        move |byte| receiver.blocking_read(byte).is_ok(),
        move |bytes| _ = sender.blocking_write(bytes),
    );
    let busy = Output::new(chip.PB0, Level::Low, Speed::Low);
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
    if let Ok(mut port) = UartTx::new_blocking(chip.USART3, chip.PD8, Config::default()) {
        _ = write!(port, "\r\n{why}\r\n");
    }
    exit(101)
}

app::last_words!(fail);
