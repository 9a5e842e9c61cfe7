//! The engine and nothing else, for the linker to prove that it cannot panic: a firmware with a way
//! to panic does not link. This one has the Transformer alone.
//!
//! Its `.text` and `.rodata`, less the model, are what engine and Transformer take of the flash. The
//! model is opaque to the compiler, so that nothing is left out because this one does not use it.

#![no_std]
#![no_main]

#[path = "../../../app/programs/no_panic.rs"]
mod no_panic;

use core::hint::black_box;
use regard::{Arena, Error, Model, Transformer, include_model};

static MODEL: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

fn run() -> Result<(), Error> {
    let mut runner = Transformer::new(black_box(&MODEL), ARENA.take()?)?;
    for word in runner.translate(black_box("i drink milk"))? {
        black_box(word);
    }
    Ok(())
}
