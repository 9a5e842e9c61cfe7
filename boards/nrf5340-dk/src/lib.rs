//! What the firmware needs to know about the nRF5340 DK: clocks, serial port, LED, and what happens
//! when something goes badly wrong.
//!
//! The serial port is that of the board's debugger, TXD P0.20 and RXD P0.22, 115,200 baud. The LED is LED1.

#![no_std]

pub use cortex_m_rt::entry;

use app::{ActiveLow, Board, Port, Stack};
use core::fmt::Arguments;
use cortex_m as _;
use embassy_nrf::config::{HfclkSource, HfxoCapacitance};
use embassy_nrf::gpio::{Level, Output, OutputDrive};
use embassy_nrf::pac::clock::vals::Hclk;
use embassy_nrf::pac::gpio::vals::Pull;
use embassy_nrf::uarte::{Config, InterruptHandler, Uarte, UarteTx};
use embassy_nrf::{Peripherals, bind_interrupts, pac, peripherals};
use embedded_hal::digital::OutputPin;
use embedded_io::{Read, Write};
use regard::Arena;

/// The board's name.
pub const NAME: &str = "nRF5340 DK (Cortex-M33)";
/// Bytes of the longest line that people may type.
pub const LINE: usize = 512;

bind_interrupts!(struct Interrupts { SERIAL0 => InterruptHandler<peripherals::SERIAL0>; });

/// Where the port puts a byte, and may do so late after an error: a place that stays.
static RECEIVED: Arena<1> = Arena::new();

/// What the board brings. To be called once.
#[must_use]
pub fn start() -> Board<impl Read + Write, impl OutputPin> {
    let mut config = embassy_nrf::config::Config::default();
    config.hfclk_source = HfclkSource::ExternalXtal;
    config.internal_capacitors.hfxo = Some(HfxoCapacitance::_8_0pF); // as the board has none
    let chip = embassy_nrf::init(config);
    pac::CLOCK.hfclkctrl().write(|clock| clock.set_hclk(Hclk::Div1)); // 128 MHz, not 64
    pac::CACHE.enable().write(|cache| cache.set_enable(true));
    let Ok(received) = RECEIVED.take() else { exit(1) };
    let uart = Uarte::new(chip.SERIAL0, chip.P0_22, chip.P0_20, Interrupts, Config::default());
    // When nobody listens at the other end, the line floats.
    pac::P0.pin_cnf(22).modify(|pin| pin.set_pull(Pull::Pullup));
    let (mut sender, mut receiver) = uart.split();
    let port = Port::new(
        move |byte| {
            let good = receiver.blocking_read(received).is_ok();
            byte.copy_from_slice(received);
            good
        },
        move |bytes| _ = sender.blocking_write(bytes),
    );
    let busy = ActiveLow(Output::new(chip.P0_28, Level::High, OutputDrive::Standard));
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
    let mut sender = UarteTx::new(chip.SERIAL0, Interrupts, chip.P0_20, Config::default());
    let mut port = Port::new(|_| false, |bytes| _ = sender.blocking_write(bytes));
    _ = write!(port, "\r\n{why}\r\n");
    exit(101)
}

app::last_words!(fail);
