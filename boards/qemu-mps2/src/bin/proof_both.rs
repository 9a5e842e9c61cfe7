//! As `proof`, with Transformers and recurrent models.

#![no_std]
#![no_main]

#[path = "../../../app/programs/no_panic.rs"]
mod no_panic;

use core::hint::black_box;
use regard::family::Text;
use regard::{Arena, Error, Model, Seq2Seq, include_model};

static MODEL: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

fn run() -> Result<(), Error> {
    let mut runner = Seq2Seq::<'_, Text>::new(black_box(&MODEL), ARENA.take()?)?;
    for word in runner.translate(black_box("i drink milk"))? {
        black_box(word);
    }
    Ok(())
}
