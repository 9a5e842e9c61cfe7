//! Sentences in, translations out, over the serial port. `:help` says what else it can do.

#![no_std]
#![no_main]

use app::Text;
use regard::{Arena, Model, Transformer, include_model};

static MODEL: Model = include_model!("../../../models/eng-fra/eng-fra.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[board::entry]
fn main() -> ! {
    let engine = ARENA.take().and_then(|arena| Transformer::new(&MODEL, arena));
    board::exit(app::converse::<{ board::LINE }, _, _, _>(board::start(), engine, &mut Text))
}
