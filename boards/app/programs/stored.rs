//! Sentences or words in, translations or phonemes out, by the model that lies in a bank of flash:
//! `:update` replaces it while the firmware lives. Without a model it says why, and waits for one.

#![no_std]
#![no_main]

use app::{Text, banks::stored};
use regard::{Arena, family};

static ARENA: Arena<{ board::ARENA }> = Arena::new();

#[board::entry]
fn main() -> ! {
    let Ok(arena) = ARENA.take() else { board::exit(1) };
    let (board, mut banks) = (board::start(), board::banks());
    board::exit(stored::<{ board::LINE }, family::Text, _, _>(board, &mut banks, arena, &mut Text))
}
