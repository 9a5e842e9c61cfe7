//! Executed instructions of a sentence, in an emulator with `-icount`; cycles on a board that counts
//! them: for boards whose flash does not have room for the models of `bench_models`.

#![no_std]
#![no_main]

use app::bench::{self, Bench, Input};
use board::clock::{Clock, LONG_TURNS, core_name};
use embedded_io::Write;
use regard::{Arena, Error, Model, include_model};

static MODEL: Model = include_model!("../../../models/eng-fra/eng-fra.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

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
    let sentence = Input::Text("does your brother drink cold milk ?");
    bench::model(bench, "eng-fra", &MODEL, ARENA.take()?, sentence)
}
