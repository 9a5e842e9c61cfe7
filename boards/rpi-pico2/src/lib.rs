//! What the firmware needs to know about the Raspberry Pi Pico 2, for either kind of its cores: where
//! the serial port and the LED are, and what happens when something goes badly wrong.
//!
//! ```text
//! GP0  transmits, GP1 receives: 115,200 baud      GP25  the LED
//! ```

#![no_std]
#![warn(missing_docs)]

pub use rp235x_hal::entry;

use app::{Board, Patient, Port, Stack};
use core::{fmt, panic::PanicInfo};
use embedded_io::Write as _;
use rp235x_hal::clocks::init_clocks_and_plls;
use rp235x_hal::fugit::RateExtU32 as _;
use rp235x_hal::gpio::bank0::{Gpio0, Gpio1, Gpio25};
use rp235x_hal::gpio::{FunctionSioOutput, FunctionUart, Pin, Pins, PullDown};
use rp235x_hal::uart::{DataBits, Enabled, StopBits, UartConfig, UartPeripheral};
use rp235x_hal::{Clock as _, Sio, Watchdog, arch, block::ImageDef, pac};

/// The board's name.
pub const NAME: &str = if cfg!(target_arch = "arm") {
    "Raspberry Pi Pico 2 (RP2350, Cortex-M33)"
} else {
    "Raspberry Pi Pico 2 (RP2350, Hazard3)"
};
/// Bytes of the longest line that people may type.
pub const LINE: usize = 512;

const CRYSTAL: u32 = 12_000_000;

/// What the boot ROM looks for: which cores the firmware is for.
#[used]
#[cfg_attr(target_arch = "arm", unsafe(link_section = ".start_block"))]
#[cfg_attr(target_arch = "riscv32", unsafe(link_section = ".init.rust"))]
static IMAGE: ImageDef = ImageDef::secure_exe();

type Uart<T> = Pin<T, FunctionUart, PullDown>;
/// UART 0.
pub type Serial = UartPeripheral<Enabled, pac::UART0, (Uart<Gpio0>, Uart<Gpio1>)>;
/// The LED.
pub type Led = Pin<Gpio25, FunctionSioOutput, PullDown>;

/// What the board brings: the cores at 150 MHz, the port, the LED.
///
/// # Panics
/// Called again, or on a board whose crystal does not swing.
#[must_use]
pub fn start() -> Board<Patient<Serial>, Led> {
    let mut all = pac::Peripherals::take().expect("start is called once");
    let mut watchdog = Watchdog::new(all.WATCHDOG);
    let (xosc, clocks, resets) = (all.XOSC, all.CLOCKS, &mut all.RESETS);
    let clocks = init_clocks_and_plls(
        CRYSTAL,
        xosc,
        clocks,
        all.PLL_SYS,
        all.PLL_USB,
        resets,
        &mut watchdog,
    );
    let clock = clocks.expect("the crystal swings").peripheral_clock.freq();
    let pins = Pins::new(all.IO_BANK0, all.PADS_BANK0, Sio::new(all.SIO).gpio_bank0, resets);
    let wires = (pins.gpio0.reconfigure(), pins.gpio1.reconfigure());
    let config = UartConfig::new(115_200.Hz(), DataBits::Eight, None, StopBits::One);
    let port = UartPeripheral::new(all.UART0, wires, resets).enable(config, clock);
    let port = Patient(port.expect("150 MHz can be divided to 115,200 baud"));
    let busy = pins.gpio25.reconfigure();
    Board { name: NAME, port, busy, stack: Stack::painted(), leaves: false }
}

/// Nobody waits for a status: the core sleeps.
pub fn exit(_: i32) -> ! {
    loop {
        arch::wfi();
    }
}

/// Writes what went wrong, and ends. Before `start` nobody hears it.
fn end(words: fmt::Arguments<'_>) -> ! {
    // SAFETY: nothing else writes any more.
    let uart = unsafe { pac::UART0::steal() };
    let send = |bytes: &[u8]| {
        for &byte in bytes {
            while uart.uartfr().read().txff().bit_is_set() {}
            // SAFETY: any byte may be sent.
            uart.uartdr().write(|word| unsafe { word.data().bits(byte) });
        }
    };
    _ = write!(Port::new(|_| false, send), "\r\n{words}\r\n");
    exit(101)
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    end(format_args!("{info}"))
}

#[cfg(target_arch = "arm")]
#[cortex_m_rt::exception]
unsafe fn HardFault(frame: &cortex_m_rt::ExceptionFrame) -> ! {
    end(format_args!("hard fault at {:#010x}", frame.pc()))
}

// SAFETY: the name under which riscv-rt calls it, with this signature.
#[cfg(target_arch = "riscv32")]
#[unsafe(export_name = "ExceptionHandler")]
extern "C" fn exception(_: &riscv_rt::TrapFrame) -> ! {
    end(format_args!("exception at {:#010x}", riscv::register::mepc::read()))
}
