//! Executed instructions of the fully connected layers of other Rust crates, under
//! `qemu-system-arm -icount shift=7`: on the micro:bit (M0) and on an386 (M4). Cycles on the Pico (M0+).
//!
//! Each line is as the bench of the engine has it, with the crate in place of the kernel. It is
//! printed only if no output is more than 1 away from the layer's formula.

#![no_std]
#![no_main]

mod embedded;
mod layer;
mod microflow;

#[cfg(not(feature = "pico"))]
use app::bench::clock;
#[cfg(feature = "pico")]
use board::clock;
use board::{Serial, exit};
use clock::{Clock, TURNS, core_name};
use layer::Report;

#[board::entry]
fn main() -> ! {
    let mut serial = board::start().port;
    let Some(clock) = Clock::new(TURNS, &mut serial) else { exit(2) };
    let mut report = Report { serial: &mut serial, clock: &clock, core: core_name() };
    let same = [
        microflow::count::<64, 64>(&mut report),
        microflow::count::<128, 128>(&mut report),
        microflow::count::<512, 128>(&mut report),
        #[cfg(feature = "pico")]
        embedded::count::<128, 32>(&mut report),
        embedded::count::<64, 64>(&mut report),
        embedded::count::<128, 128>(&mut report),
        embedded::count::<512, 128>(&mut report),
    ];
    let right = !same.contains(&false);
    #[cfg(feature = "pico")]
    let right = right && ours(&mut serial, &clock);
    exit(i32::from(!right))
}

/// The one shape that no other board counts.
#[cfg(feature = "pico")]
fn ours(port: &mut Serial, clock: &Clock) -> bool {
    let mut bench = app::bench::Bench { counter: clock, out: port, core: core_name() };
    app::bench::matrices(&mut bench, &app::bench::SHORT)
}
