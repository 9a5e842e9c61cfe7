//! Sentences in, translations out, over USB. `:help` says what else it can do.

#![no_std]
#![no_main]

use app::{Board, Stack};
use microbit::{Led, NAME, Serial, exit};
use regard::{Arena, Error, Model, Transformer, include_model};

static MODEL: Model = include_model!("../../../../models/eng-fra-tiny/eng-fra-tiny.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    match converse() {
        Ok(()) => exit(0),
        Err(_) => exit(1),
    }
}

fn converse() -> Result<(), Error> {
    let mut translator = Transformer::new(&MODEL, ARENA.take()?)?;
    let (port, busy, stack) = (Serial::new(), Led::new(), Stack::of_firmware());
    let mut board = Board { name: NAME, port, busy, stack, leaves: cfg!(feature = "emulator") };
    // This port cannot fail.
    _ = app::repl::<192, _, _, _>(&mut board, &mut translator, &mut app::Text);
    Ok(())
}
