//! Executed instructions of a model that `cargo xtask` has converted from another tool's folder, in an emulator
//! with `-icount`. Its list is in a file, whose path is in `REGARD_IMPORTED`.

#![no_std]
#![no_main]

use app::Named;
use app::bench::{self, Bench, Input};
use board::clock::{Clock, LONG_TURNS, core_name};
use embedded_io::Write;
use regard::{Arena, Error};

static MODELS: &[Named] = &include!(env!("REGARD_IMPORTED"));
/// One at a time.
static ARENA: Arena<{ app::largest(MODELS) }> = Arena::new();

#[board::entry]
fn main() -> ! {
    let mut port = board::start().port;
    let Some(clock) = Clock::new(LONG_TURNS, &mut port) else { board::exit(2) };
    let mut bench = Bench { counter: &clock, out: &mut port, core: core_name() };
    if let Err(error) = measure(&mut bench) {
        _ = write!(port, "{error}\r\n");
        board::exit(1)
    }
    board::exit(0)
}

fn measure(bench: &mut Bench<'_, Clock, impl Write>) -> Result<(), Error> {
    let arena = ARENA.take()?;
    for (name, model) in MODELS {
        bench::model(bench, name, model, arena, Input::Text("w11 w27 w3 w500 w42 w8 w900 w77"))?;
    }
    Ok(())
}
