//! Executed instructions of the fully connected layers of other Rust crates, under
//! `qemu-system-arm -icount shift=7`: on the micro:bit (M0) and on an386 (M4).
//!
//! Each line is as the bench of the engine has it, with the crate in place of the kernel. It is
//! printed only if no output is more than 1 away from the layer's formula.

#![no_std]
#![no_main]

#[allow(dead_code, reason = "whole models are not counted here")]
#[path = "../../qemu-mps2/src/clock.rs"]
mod clock;
mod embedded;
mod layer;
mod microflow;

use board::{Serial, exit};
use clock::{Clock, TURNS, core_name};
use layer::Report;

#[board::entry]
fn main() -> ! {
    let mut serial = Serial::new();
    let Some(clock) = Clock::new(TURNS, &mut serial) else { exit(2) };
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
