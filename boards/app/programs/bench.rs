//! Executed instructions of kernels and layers, exact in an emulator with `-icount`; cycles on a
//! board that counts them.

#![no_std]
#![no_main]

use app::bench::{self, Bench};
use board::clock::{Clock, TURNS, core_name};
use regard::Arena;

static ARENA: Arena<{ bench::ARENA_BYTES }> = Arena::new();

#[board::entry]
fn main() -> ! {
    let mut port = board::start().port;
    let (Some(clock), Ok(arena)) = (Clock::new(TURNS, &mut port), ARENA.take()) else {
        board::exit(2)
    };
    let mut bench = Bench { counter: &clock, out: &mut port, core: core_name() };
    board::exit(i32::from(!bench::all(&mut bench, arena)))
}
