//! Orders in over the serial port, lights on and off. `:help` says what else it can do.

#![no_std]
#![no_main]

use regard::{Arena, Model, Recurrent, include_model};

static MODEL: Model = include_model!("../../../models/act/act.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[board::entry]
fn main() -> ! {
    let engine = ARENA.take().and_then(|arena| Recurrent::new(&MODEL, arena));
    let mut lights = board::lights();
    board::exit(app::converse::<{ board::LINE }, _, _, _>(board::start(), engine, &mut lights))
}
