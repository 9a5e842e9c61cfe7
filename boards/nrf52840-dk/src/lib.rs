//! What the firmware needs to know about the nRF52840 DK: clocks, serial port, LED, and what happens
//! when something goes badly wrong.
//!
//! The serial port is that of the board's debugger, TXD P0.06 and RXD P0.08, 115,200 baud. The LED is LED1.

#![no_std]

#[cfg(feature = "banks")]
mod banks;

#[cfg(feature = "banks")]
pub use banks::{ARENA, banks};
pub use cortex_m_rt::entry;

use app::{ActiveLow, Board, Port, Stack};
use core::fmt::Arguments;
use cortex_m as _;
use embassy_nrf::config::HfclkSource;
use embassy_nrf::gpio::{Level, Output, OutputDrive};
use embassy_nrf::pac::gpio::vals::Pull;
use embassy_nrf::uarte::{Config, InterruptHandler, Uarte, UarteTx};
use embassy_nrf::{Peripherals, bind_interrupts, pac, peripherals};
use embedded_hal::digital::OutputPin;
use embedded_io::{Read, Write};
use regard::Arena;

/// The board's name.
pub const NAME: &str = "nRF52840 DK (Cortex-M4F)";
/// Bytes of the longest line that people may type.
pub const LINE: usize = 512;

bind_interrupts!(struct Interrupts { UARTE0 => InterruptHandler<peripherals::UARTE0>; });

/// Where the port puts a byte, and may do so late after an error: a place that stays.
static RECEIVED: Arena<1> = Arena::new();

/// What the board brings. To be called once.
#[must_use]
pub fn start() -> Board<impl Read + Write, impl OutputPin> {
    let mut config = embassy_nrf::config::Config::default();
    config.hfclk_source = HfclkSource::ExternalXtal;
    let chip = embassy_nrf::init(config);
    pac::NVMC.icachecnf().modify(|cache| cache.set_cacheen(true));
    let Ok(received) = RECEIVED.take() else { exit(1) };
    let uart = Uarte::new(chip.UARTE0, chip.P0_08, chip.P0_06, Interrupts, Config::default());
    // When nobody listens at the other end, the line floats.
    pac::P0.pin_cnf(8).modify(|pin| pin.set_pull(Pull::Pullup));
    let (mut sender, mut receiver) = uart.split();
    let port = Port::new(
        move |byte| {
            let good = receiver.blocking_read(received).is_ok();
            byte.copy_from_slice(received);
            good
        },
        move |bytes| _ = sender.blocking_write(bytes),
    );
    let busy = ActiveLow(Output::new(chip.P0_13, Level::High, OutputDrive::Standard));
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
    let mut sender = UarteTx::new(chip.UARTE0, Interrupts, chip.P0_06, Config::default());
    let mut port = Port::new(|_| false, |bytes| _ = sender.blocking_write(bytes));
    _ = write!(port, "\r\n{why}\r\n");
    exit(101)
}

app::last_words!(fail);
