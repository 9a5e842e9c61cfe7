//! Executed instructions of matrices of four bits, exact: under `qemu-system-arm -icount shift=7`.

#![no_std]
#![no_main]

use app::bench::{self, Bench};
use board::clock::{Clock, TURNS, core_name};

#[board::entry]
fn main() -> ! {
    let mut port = board::start().port;
    let Some(clock) = Clock::new(TURNS, &mut port) else { board::exit(2) };
    let mut bench = Bench { counter: &clock, out: &mut port, core: core_name() };
    board::exit(i32::from(!bench::matrices(&mut bench, &bench::FOURS)))
}
