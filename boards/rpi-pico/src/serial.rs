//! The serial port on GP0 and GP1: UART 0, 115,200 baud (*RP2040 Datasheet*, 4.2).
//!
//! Bytes that come faster than they are read, or with noise, are lost, and the rest is read on:
//! somebody who pastes too much must not end the conversation.

use core::convert::Infallible;
use embedded_io::{ErrorType, Read, Write};
use fugit::{HertzU32, RateExtU32 as _};
use rp2040_hal::gpio::bank0::{Gpio0, Gpio1};
use rp2040_hal::gpio::{FunctionUart, Pin, PullNone, PullUp};
use rp2040_hal::pac::{self, RESETS, UART0};
use rp2040_hal::uart::{DataBits, Enabled, StopBits, UartConfig, UartPeripheral};

const BAUD: u32 = 115_200;

/// Out and in.
pub(crate) type Wires = (Pin<Gpio0, FunctionUart, PullNone>, Pin<Gpio1, FunctionUart, PullUp>);

/// The serial port.
pub struct Serial(UartPeripheral<Enabled, UART0, Wires>);

impl Serial {
    /// Nothing if 115,200 baud cannot be made from a clock of this `frequency`.
    pub(crate) fn new(
        uart: UART0,
        wires: Wires,
        resets: &mut RESETS,
        frequency: HertzU32,
    ) -> Option<Self> {
        let config = UartConfig::new(BAUD.Hz(), DataBits::Eight, None, StopBits::One);
        let uart = UartPeripheral::new(uart, wires, resets).enable(config, frequency);
        uart.ok().map(Self)
    }
}

impl ErrorType for Serial {
    type Error = Infallible;
}

impl Read for Serial {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match Read::read(&mut self.0, buffer) {
                Ok(0) | Err(_) => {}
                Ok(read) => return Ok(read),
            }
        }
    }
}

impl Write for Serial {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.0.write_full_blocking(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// What a firmware says when it cannot go on, over the UART as it stands.
pub(crate) struct LastWords;

impl ErrorType for LastWords {
    type Error = Infallible;
}

impl Write for LastWords {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        // SAFETY: nobody else goes on.
        let uart = unsafe { pac::Peripherals::steal() }.UART0;
        for &byte in bytes {
            while uart.uartfr().read().txff().bit_is_set() {}
            // SAFETY: any eight bits are data.
            uart.uartdr().write(|w| unsafe { w.data().bits(byte) });
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
