//! Words in, phonemes out, over USB. `:help` says what else it can do.

#![no_std]
#![no_main]

use app::{Board, Stack};
use microbit::{Led, NAME, Serial, exit};
use regard::{Arena, Error, Model, Recurrent, include_model};

static MODEL: Model = include_model!("../../../../models/g2p-tiny/g2p-tiny.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    match converse() {
        Ok(()) => exit(0),
        Err(_) => exit(1),
    }
}

fn converse() -> Result<(), Error> {
    let mut speaker = Recurrent::new(&MODEL, ARENA.take()?)?;
    let (port, busy, stack) = (Serial::new(), Led::new(), Stack::of_firmware());
    let mut board = Board { name: NAME, port, busy, stack, leaves: cfg!(feature = "emulator") };
    // This port cannot fail.
    _ = app::repl::<192, _, _, _>(&mut board, &mut speaker, &mut app::Text);
    Ok(())
}
