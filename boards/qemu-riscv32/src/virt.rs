//! QEMU's machine `virt`: a serial port, an NS16550A, and no LED.

use crate::Serial;
use app::{NoPin, Port};

/// The board's name.
pub const NAME: &str = "virt (RV32IMAC)";
/// Bytes of the longest line that people may type.
pub const LINE: usize = 512;

const UART: usize = 0x1000_0000;
const LINE_STATUS: usize = 5;
const DATA_READY: u8 = 1 << 0;
const TRANSMITTER_EMPTY: u8 = 1 << 5;

/// The machine has no LED.
pub type Led = NoPin;

/// The pin that is high while a sentence is translated.
#[must_use]
pub fn led() -> Led {
    NoPin
}

/// The port as the machine leaves it: ready.
#[must_use]
pub fn serial() -> Serial {
    Port::new(receive, send)
}

fn receive(byte: &mut [u8]) -> bool {
    waits_for(DATA_READY);
    // SAFETY: the port's data register.
    byte.fill(unsafe { register(0).read_volatile() });
    true
}

fn send(bytes: &[u8]) {
    for &byte in bytes {
        waits_for(TRANSMITTER_EMPTY);
        // SAFETY: the port's data register.
        unsafe { register(0).write_volatile(byte) }
    }
}

fn waits_for(state: u8) {
    // SAFETY: a register of the port, which may be read at any time.
    while unsafe { register(LINE_STATUS).read_volatile() } & state == 0 {}
}

fn register(offset: usize) -> *mut u8 {
    core::ptr::without_provenance_mut(UART + offset)
}
