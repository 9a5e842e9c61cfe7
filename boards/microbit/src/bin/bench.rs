//! Executed instructions of kernels and layers, exact: under `qemu-system-arm -icount shift=7`.

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
    let same = [
        bench::matrices(&mut bench, &bench::SMALL),
        bench::matrices(&mut bench, &bench::LARGE),
        bench::cells(&mut bench),
        bench::convolution(&mut bench),
    ];
    exit(i32::from(same.contains(&false)))
}
