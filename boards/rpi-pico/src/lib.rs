//! What the firmware needs to know about the Raspberry Pi Pico: clocks, where the serial port and the
//! LED are, how to leave the emulator, and what happens when something goes badly wrong.
//!
//! ```text
//! GP0  out, GP1  in      UART 0, 115,200 baud: a USB adapter, or the Debug Probe's other plug
//! GP25                   the LED on the board
//! GP4  data, GP5  clock  I²C 0, 400 kHz: an SSD1306, for `attention`
//! ```
//! Source: *RP2040 Datasheet*; *Raspberry Pi Pico Datasheet*, 2.1. Limits: one core, no USB.

#![no_std]

#[cfg(feature = "bench")]
pub mod clock;
pub mod screen;
mod serial;

pub use rp2040_hal::entry;
pub use serial::Serial;

use app::{Board, Port, Stack};
use core::fmt::Arguments;
use embedded_io::Write as _;
use rp2040_hal::gpio::bank0::Gpio25;
use rp2040_hal::gpio::{FunctionSioOutput, Pin, Pins, PullDown};
use rp2040_hal::{Clock as _, Sio, Watchdog, clocks, pac};
use screen::Bus;

/// The board's name.
pub const NAME: &str = "Raspberry Pi Pico (Cortex-M0+)";
/// Bytes of the longest line that people may type.
pub const LINE: usize = 512;

/// Cycles a second of the crystal; those of the core, 125 MHz, are made from them.
const CRYSTAL: u32 = 12_000_000;

/// The second stage of the boot loader: four wires, continuous reading, half the core's clock.
#[used]
#[unsafe(link_section = ".boot2")]
static BOOT2: [u8; 256] = rp2040_boot2::BOOT_LOADER_W25Q080;

/// The LED on the board.
pub type Led = Pin<Gpio25, FunctionSioOutput, PullDown>;

/// What the board brings.
#[must_use]
pub fn start() -> Board<Serial, Led> {
    begin().0
}

/// The same, and the display at GP4 and GP5.
#[cfg(feature = "attention")]
#[must_use]
pub fn start_with_screen() -> (Board<Serial, Led>, screen::Display) {
    let (board, bus) = begin();
    (board, bus.display())
}

/// Sets the clocks, and hands out what is wired.
fn begin() -> (Board<Serial, Led>, Bus) {
    let Some(chip) = pac::Peripherals::take() else { exit(2) };
    let mut resets = chip.RESETS;
    let clocks = clocks::init_clocks_and_plls(
        CRYSTAL,
        chip.XOSC,
        chip.CLOCKS,
        chip.PLL_SYS,
        chip.PLL_USB,
        &mut resets,
        &mut Watchdog::new(chip.WATCHDOG),
    );
    let Ok(clocks) = clocks else { exit(2) };
    let sio = Sio::new(chip.SIO);
    let pins = Pins::new(chip.IO_BANK0, chip.PADS_BANK0, sio.gpio_bank0, &mut resets);
    let wires = (pins.gpio0.reconfigure(), pins.gpio1.reconfigure());
    let frequency = clocks.peripheral_clock.freq();
    let Some(port) = serial::new(chip.UART0, wires, &mut resets, frequency) else { exit(2) };
    let (busy, stack) = (pins.gpio25.reconfigure(), Stack::of_firmware());
    let board = Board { name: NAME, port, busy, stack, leaves: cfg!(feature = "emulator") };
    let wires = (pins.gpio4.reconfigure(), pins.gpio5.reconfigure());
    (board, Bus { chip: chip.I2C0, wires, resets, clock: clocks.system_clock })
}

/// Ends the emulation with this exit status; a real board sleeps.
pub fn exit(code: i32) -> ! {
    #[cfg(feature = "emulator")]
    semihosting::process::exit(code);
    #[cfg(not(feature = "emulator"))]
    loop {
        _ = code;
        cortex_m::asm::wfi();
    }
}

/// Says why on the serial port as it stands, and ends.
fn fail(why: Arguments<'_>) -> ! {
    // SAFETY: nobody else goes on.
    let uart = unsafe { pac::Peripherals::steal() }.UART0;
    let mut port = Port::new(
        |_| false,
        |bytes| {
            for &byte in bytes {
                while uart.uartfr().read().txff().bit_is_set() {}
                // SAFETY: any eight bits are data.
                uart.uartdr().write(|w| unsafe { w.data().bits(byte) });
            }
        },
    );
    _ = write!(port, "\r\n{why}\r\n");
    exit(101)
}

app::last_words!(fail);
