//! Words in, phonemes out, over the serial port. `:help` says what else it can do.

#![no_std]
#![no_main]

use app::Text;
use regard::{Arena, Model, Recurrent, include_model};

static MODEL: Model = include_model!("../../../models/g2p-tiny/g2p-tiny.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[board::entry]
fn main() -> ! {
    let engine = ARENA.take().and_then(|arena| Recurrent::new(&MODEL, arena));
    board::exit(app::converse::<{ board::LINE }, _, _, _>(board::start(), engine, &mut Text))
}
