//! Pictures in, captions out, over the serial port. `:help` says what else it can do.

#![no_std]
#![no_main]

use app::Pictures;
use regard::{Arena, Captioner, Model, Picture, include_model};

static MODEL: Model = include_model!("../../../models/scenes/scenes.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();
/// Where a picture that is sent goes.
static SENT: Arena<{ SIZE * SIZE * 3 }> = Arena::new();

/// Width and height of the built-in pictures.
const SIZE: usize = 64;
const BUILT_IN: [&[u8]; 2] = [
    include_bytes!("../../../models/scenes/one.rgb"),
    include_bytes!("../../../models/scenes/two.rgb"),
];

#[board::entry]
fn main() -> ! {
    let board = board::start();
    let [one, two] = BUILT_IN.map(|bytes| Picture::rgb888(SIZE, SIZE, bytes));
    let (Ok(one), Ok(two), Ok(room)) = (one, two, SENT.take()) else { board::exit(1) };
    let mut pictures = Pictures { built_in: &[one, two], room, sent: (0, 0) };
    let engine = ARENA.take().and_then(|arena| Captioner::new(&MODEL, arena));
    board::exit(app::converse::<{ board::LINE }, _, _, _>(board, engine, &mut pictures))
}
