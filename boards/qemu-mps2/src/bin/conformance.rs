//! Every kernel case against `portable` on this core, and the hashes of cells, attentions and layers
//! over pictures. One line, and exit status 0 if all results are those of the host and of every
//! other core.

#![no_std]
#![no_main]

use core::fmt::Write as _;
use cortex_m_rt::entry;
use qemu_mps2::{NAME, Serial, exit};
use regard::kernel;
use regard::{Arena, conformance};

static ARENA: Arena<{ conformance::BYTES }> = Arena::new();

#[entry]
fn main() -> ! {
    let Ok(arena) = ARENA.take() else { exit(2) };
    let report = conformance::run(arena);
    _ = writeln!(Serial::new(), "{report} {} {NAME}\r", kernel::NAME);
    exit(i32::from(!report.is_equal()))
}
