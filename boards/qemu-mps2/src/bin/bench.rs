//! Executed instructions of kernels and layers, exact: under `qemu-system-arm -icount shift=8`.

#![no_std]
#![no_main]

use app::bench::{self, Bench};
use core::fmt::Write as _;
use cortex_m_rt::entry;
use qemu_mps2::clock::{Clock, core_name};
use qemu_mps2::{Serial, exit};

/// Turns of the calibration loop.
const TURNS: u32 = 100_000;

#[entry]
fn main() -> ! {
    let mut serial = Serial::new();
    let Some(clock) = Clock::new(TURNS, &mut serial) else {
        _ = writeln!(serial, "instructions do not take a constant time: -icount shift=8?\r");
        exit(2)
    };
    let mut bench = Bench { counter: &clock, out: &mut serial, core: core_name() };
    let same = [
        bench::matrices(&mut bench, &bench::SMALL),
        bench::matrices(&mut bench, &bench::LARGE),
        #[cfg(feature = "int4")]
        bench::matrices(&mut bench, &bench::FOURS),
        bench::energies(&mut bench),
        bench::vectors(&mut bench),
        #[cfg(feature = "bytes")]
        bench::matrices(&mut bench, &bench::BYTES),
        bench::cells(&mut bench),
        bench::convolution(&mut bench),
    ];
    exit(i32::from(same.contains(&false)))
}
