//! As `proof`, with recurrent encoders and decoders alone.

#![no_std]
#![no_main]

#[path = "../../../app/programs/no_panic.rs"]
mod no_panic;

use core::hint::black_box;
use regard::{Arena, Error, Model, Recurrent, include_model};

static MODEL: Model = include_model!("../../../../models/g2p/g2p.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

fn run() -> Result<(), Error> {
    let mut runner = Recurrent::new(black_box(&MODEL), ARENA.take()?)?;
    for word in runner.translate(black_box("milk"))? {
        black_box(word);
    }
    Ok(())
}
