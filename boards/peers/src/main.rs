//! Executed instructions of the fully connected layers of other Rust crates, under
//! `qemu-system-arm -icount shift=7`: on the micro:bit (M0) and on an386 (M4).
//!
//! Each line is as the bench of the engine has it, with the crate in place of the kernel. It is
//! printed only if no output is more than 1 away from the layer's formula.

#![no_std]
#![no_main]

#[path = "../../qemu-mps2/src/clock.rs"]
mod clock;
mod embedded;
mod layer;
mod microflow;

#[cfg(feature = "m0")]
use microbit::{Serial, exit};
#[cfg(feature = "m4")]
use qemu_mps2::{Serial, exit};

use clock::{Clock, core_name};
use core::fmt::Write as _;
use cortex_m_rt::entry;
use layer::Report;

/// Turns of the calibration loop.
const TURNS: u32 = 100_000;

#[entry]
fn main() -> ! {
    let mut serial = Serial::new();
    let Some(clock) = Clock::new(TURNS, &mut serial) else {
        _ = writeln!(serial, "instructions do not take a constant time: -icount shift=7?\r");
        exit(2)
    };
    let mut report = Report { serial: &mut serial, clock: &clock, core: core_name() };
    let same = [
        microflow::count::<64, 64>(&mut report),
        microflow::count::<128, 128>(&mut report),
        microflow::count::<512, 128>(&mut report),
        embedded::count::<64, 64>(&mut report),
        embedded::count::<128, 128>(&mut report),
        embedded::count::<512, 128>(&mut report),
    ];
    exit(i32::from(same.contains(&false)))
}
