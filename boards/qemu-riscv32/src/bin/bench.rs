//! Executed instructions of kernels and layers, exact: under `qemu-system-riscv32 -icount shift=0`.

#![no_std]
#![no_main]

use app::bench::{self, Bench};
use core::fmt::Write as _;
use qemu_riscv32::clock::{CORE, Clock};
use qemu_riscv32::{Serial, exit};
use regard::Arena;
use riscv_rt::entry;

/// Turns of the calibration loop.
const TURNS: u32 = 100_000;

static ARENA: Arena<{ bench::ARENA_BYTES }> = Arena::new();

#[entry]
fn main() -> ! {
    let mut serial = Serial::new();
    let Some(clock) = Clock::new(TURNS, &mut serial) else {
        _ = writeln!(serial, "instructions are not counted one by one: -icount shift=0?\r");
        exit(2)
    };
    let mut bench = Bench { counter: &clock, out: &mut serial, core: CORE };
    let Ok(arena) = ARENA.take() else { exit(2) };
    let same = [
        bench::matrices(&mut bench, &bench::SMALL),
        bench::matrices(&mut bench, &bench::LARGE),
        #[cfg(feature = "int4")]
        bench::matrices(&mut bench, &bench::FOURS),
        bench::energies(&mut bench, arena),
        bench::vectors(&mut bench),
        bench::cells(&mut bench),
        bench::convolution(&mut bench, arena),
    ];
    exit(i32::from(same.contains(&false)))
}
