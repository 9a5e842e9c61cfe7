//! Sentences in, translations out, over the serial port, and on an OLED where the decoder looked for each
//! word.

#![no_std]
#![no_main]

use attention::Shown;
use regard::{Arena, Model, Recurrent, include_model};

static MODEL: Model = include_model!("../../../models/eng-fra-additive/eng-fra-additive.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[board::entry]
fn main() -> ! {
    let engine = ARENA.take().and_then(|arena| Recurrent::new(&MODEL, arena));
    let (board, screen) = board::start_with_screen();
    let mut source = Shown::new(&MODEL, screen);
    board::exit(app::converse::<{ board::LINE }, _, _, _>(board, engine, &mut source))
}
