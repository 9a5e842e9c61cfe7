//! As `proof`, with convolutional encoders and recurrent decoders alone, and pictures of every format.

#![no_std]
#![no_main]

#[path = "../../../app/programs/no_panic.rs"]
mod no_panic;

use core::hint::black_box;
use regard::{Arena, Captioner, Error, Model, Picture, include_model};

static MODEL: Model = include_model!("../../../../models/scenes/scenes.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

fn run() -> Result<(), Error> {
    let mut runner = Captioner::new(black_box(&MODEL), ARENA.take()?)?;
    let (width, height) = black_box((64, 64));
    for read in black_box([Picture::rgb565, Picture::rgb888, Picture::grey]) {
        for word in runner.describe(&read(width, height, black_box(&[]))?)? {
            black_box(word);
        }
    }
    Ok(())
}
