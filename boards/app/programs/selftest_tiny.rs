//! Runs the tests that the small models carry, as `selftest` does those of the others.

#![no_std]
#![no_main]

use app::Named;
use regard::{Arena, include_model};

static MODELS: [Named; 1] =
    [("eng-fra-tiny", include_model!("../../../models/eng-fra-tiny/eng-fra-tiny.rgd"))];
static ARENA: Arena<{ app::largest(&MODELS) }> = Arena::new();

#[board::entry]
fn main() -> ! {
    let passed = app::selftests(&mut board::start().port, &MODELS, ARENA.take());
    board::exit(i32::from(passed != MODELS.len()))
}
