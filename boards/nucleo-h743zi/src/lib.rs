//! What the firmware needs to know about the Nucleo H743ZI: clocks, caches, serial port, LED, and what happens
//! when something goes badly wrong.
//!
//! The serial port is that of the ST-LINK: USART3 at 115,200 baud, PD8 and PD9. The LED is LD1. The PLL runs
//! from the chip's own 64 MHz, whatever the solder bridges of the board say about crystals.

#![no_std]

pub use cortex_m_rt::entry;

use app::{Board, Port, Stack};
use core::fmt::Arguments;
use embassy_stm32::Peripherals;
use embassy_stm32::gpio::{Level, Output, Speed};
use embassy_stm32::rcc::{
    self, AHBPrescaler, APBPrescaler, Pll, PllDiv, PllMul, PllPreDiv, PllSource, Sysclk,
    VoltageScale,
};
use embassy_stm32::usart::{Config, Uart, UartTx};
use embedded_hal::digital::OutputPin;
use embedded_io::{Read, Write};

/// The board's name.
pub const NAME: &str = "Nucleo H743ZI (Cortex-M7)";
/// Bytes of the longest line that people may type.
pub const LINE: usize = 512;

/// 400 MHz: 64 MHz / 4 · 50 / 2, what chips of every revision reach; those of revision V reach 480 MHz. The
/// buses may have 200 and 100 MHz.
fn clocks() -> rcc::Config {
    let mut clocks = rcc::Config::new();
    clocks.pll1 = Some(Pll {
        source: PllSource::HSI,
        prediv: PllPreDiv::DIV4,
        mul: PllMul::MUL50,
        fracn: None,
        divp: Some(PllDiv::DIV2),
        divq: None,
        divr: None,
    });
    clocks.sys = Sysclk::PLL1_P;
    clocks.voltage_scale = VoltageScale::Scale1;
    clocks.ahb_pre = AHBPrescaler::DIV2;
    (clocks.apb1_pre, clocks.apb2_pre) = (APBPrescaler::DIV2, APBPrescaler::DIV2);
    (clocks.apb3_pre, clocks.apb4_pre) = (APBPrescaler::DIV2, APBPrescaler::DIV2);
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
