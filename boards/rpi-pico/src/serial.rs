//! The serial port on GP0 and GP1: UART 0, 115,200 baud (*RP2040 Datasheet*, 4.2).
//!
//! Bytes that come faster than they are read, or with noise, are lost, and the rest is read on:
//! somebody who pastes too much must not end the conversation.

use app::Patient;
use fugit::{HertzU32, RateExtU32 as _};
use rp2040_hal::gpio::bank0::{Gpio0, Gpio1};
use rp2040_hal::gpio::{FunctionUart, Pin, PullNone, PullUp};
use rp2040_hal::pac::{RESETS, UART0};
use rp2040_hal::uart::{DataBits, Enabled, StopBits, UartConfig, UartPeripheral};

const BAUD: u32 = 115_200;

/// Out and in.
pub(crate) type Wires = (Pin<Gpio0, FunctionUart, PullNone>, Pin<Gpio1, FunctionUart, PullUp>);

/// The serial port.
pub type Serial = Patient<UartPeripheral<Enabled, UART0, Wires>>;

/// Nothing if 115,200 baud cannot be made from a clock of this `frequency`.
pub(crate) fn new(
    uart: UART0,
    wires: Wires,
    resets: &mut RESETS,
    frequency: HertzU32,
) -> Option<Serial> {
    let config = UartConfig::new(BAUD.Hz(), DataBits::Eight, None, StopBits::One);
    let uart = UartPeripheral::new(uart, wires, resets).enable(config, frequency);
    uart.ok().map(Patient)
}
