//! Pictures in, captions out, over the serial port. `:help` says what else it can do.

#![no_std]
#![no_main]

use app::{Board, Pictures, Stack};
use qemu_riscv32::{NAME, NoLed, Serial, exit, paint_stack};
use regard::{Arena, Captioner, Error, Model, Picture, include_model};

static MODEL: Model = include_model!("../../../../models/scenes/scenes.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();
/// Where a picture that is sent goes.
static SENT: Arena<{ SIZE * SIZE * 3 }> = Arena::new();

/// Width and height of the built-in pictures.
const SIZE: usize = 64;
const BUILT_IN: [&[u8]; 2] = [
    include_bytes!("../../../../models/scenes/one.rgb"),
    include_bytes!("../../../../models/scenes/two.rgb"),
];

#[riscv_rt::entry]
fn main() -> ! {
    paint_stack();
    match converse() {
        Ok(()) => exit(0),
        Err(_) => exit(1),
    }
}

fn converse() -> Result<(), Error> {
    let mut captioner = Captioner::new(&MODEL, ARENA.take()?)?;
    let [one, two] = BUILT_IN.map(|bytes| Picture::rgb888(SIZE, SIZE, bytes));
    let (built_in, room) = ([one?, two?], SENT.take()?);
    let mut pictures = Pictures { built_in: &built_in, room, sent: (0, 0) };
    let (port, busy, stack) = (Serial::new(), NoLed, Stack::of_firmware());
    let mut board = Board { name: NAME, port, busy, stack, leaves: true };
    // This port cannot fail.
    _ = app::repl::<512, _, _, _>(&mut board, &mut captioner, &mut pictures);
    Ok(())
}
