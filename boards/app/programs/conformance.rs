//! Every kernel case against `portable` on this core, and the hashes of cells, attentions and layers
//! over pictures. One line, and exit status 0 if all results are those of the host and of every
//! other core.

#![no_std]
#![no_main]

use embedded_io::Write as _;
use regard::kernel;
use regard::{Arena, conformance};

static ARENA: Arena<{ conformance::BYTES }> = Arena::new();

#[board::entry]
fn main() -> ! {
    let mut port = board::start().port;
    let Ok(arena) = ARENA.take() else { board::exit(2) };
    let report = conformance::run(arena);
    _ = write!(port, "{report} {} {}\r\n", kernel::NAME, board::NAME);
    board::exit(i32::from(!report.is_equal()))
}
