//! What the firmware needs to know about boards with an ESP32-C3 or an ESP32-C6: where the serial port
//! and a LED are, and what happens when something goes badly wrong.
//!
//! ```text
//!            receives   transmits   LED
//! ESP32-C3   GPIO20     GPIO21      GPIO10     UART 0, 115,200 baud: on Espressif's DevKits the
//! ESP32-C6   GPIO17     GPIO16      GPIO10     port behind the USB plug that says UART
//! ```
//! Limits: the DevKits' own LED is no pin but a WS2812; connect one to GPIO10. A board whose only plug
//! is the chip's own USB needs `UsbSerialJtag` of esp-hal in place of `Uart`.

#![no_std]
#![warn(missing_docs)]

pub use esp_hal::main as entry;

use app::Patient;
use app::{Board, Stack};
use core::{fmt::Write as _, panic::PanicInfo};
use esp_hal::clock::CpuClock;
use esp_hal::gpio::{Level, Output, OutputConfig};
use esp_hal::peripherals::UART0;
use esp_hal::uart::{Config, Uart};
use esp_hal::{Blocking, riscv};

// What the boot loader looks for.
esp_bootloader_esp_idf::esp_app_desc!();

/// The board's name.
pub const NAME: &str =
    if cfg!(feature = "esp32c3") { "ESP32-C3 (RV32IMC)" } else { "ESP32-C6 (RV32IMAC)" };
/// Bytes of the longest line that people may type.
pub const LINE: usize = 512;

/// UART 0.
pub type Serial = Uart<'static, Blocking>;

/// What the board brings: the core at 160 MHz, the port, the pin.
///
/// # Panics
/// Called again.
#[must_use]
pub fn start() -> Board<Patient<Serial>, Output<'static>> {
    let all = esp_hal::init(esp_hal::Config::default().with_cpu_clock(CpuClock::max()));
    #[cfg(feature = "esp32c3")]
    let (receives, transmits) = (all.GPIO20, all.GPIO21);
    #[cfg(feature = "esp32c6")]
    let (receives, transmits) = (all.GPIO17, all.GPIO16);
    let port = Uart::new(all.UART0, Config::default()).expect("115,200 baud is possible");
    let port = Patient(port.with_rx(receives).with_tx(transmits));
    let busy = Output::new(all.GPIO10, Level::Low, OutputConfig::default());
    Board { name: NAME, port, busy, stack: stack(), leaves: false }
}

/// What is above the word by which esp-hal notices an overflow.
fn stack() -> Stack {
    unsafe extern "C" {
        static __stack_chk_guard: u32;
    }
    // SAFETY: from there up to `_stack_start` it is the stack's.
    unsafe { Stack::painted_down_to((&raw const __stack_chk_guard).wrapping_add(1)) }
}

/// Nobody waits for a status: the core sleeps.
pub fn exit(_: i32) -> ! {
    loop {
        riscv::asm::wfi();
    }
}

/// Exceptions come here too, by way of esp-hal.
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    // SAFETY: nothing else writes any more.
    let port = Uart::new(unsafe { UART0::steal() }, Config::default());
    // There is no one left to tell when the message cannot be written.
    _ = port.map(|mut port| write!(port, "\r\n{info}\r\n"));
    exit(101)
}
