//! Words in, phonemes out, over the serial port. `:help` says what else it can do.

#![no_std]
#![no_main]

use app::{Board, Stack};
use qemu_riscv32::{NAME, NoLed, Serial, exit, paint_stack};
use regard::{Arena, Error, Model, Recurrent, include_model};

static MODEL: Model = include_model!("../../../../models/g2p/g2p.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[riscv_rt::entry]
fn main() -> ! {
    paint_stack();
    match converse() {
        Ok(()) => exit(0),
        Err(_) => exit(1),
    }
}

fn converse() -> Result<(), Error> {
    let mut speaker = Recurrent::new(&MODEL, ARENA.take()?)?;
    let (port, busy, stack) = (Serial::new(), NoLed, Stack::of_firmware());
    let mut board = Board { name: NAME, port, busy, stack, leaves: true };
    // This port cannot fail.
    _ = app::repl::<512, _, _, _>(&mut board, &mut speaker, &mut app::Text);
    Ok(())
}
