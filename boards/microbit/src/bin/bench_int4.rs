//! Executed instructions of matrices of four bits, exact: under `qemu-system-arm -icount shift=7`.

#![no_std]
#![no_main]

use app::bench::{self, Bench};
use core::fmt::Write as _;
use cortex_m_rt::entry;
use microbit::clock::{CORE, Clock};
use microbit::{Serial, exit};

#[entry]
fn main() -> ! {
    let mut serial = Serial::new();
    let Some(clock) = Clock::new(&mut serial) else {
        _ = writeln!(serial, "instructions do not take a constant time: -icount shift=7?\r");
        exit(2)
    };
    let mut bench = Bench { counter: &clock, out: &mut serial, core: CORE };
    exit(i32::from(!bench::matrices(&mut bench, &bench::FOURS)))
}
