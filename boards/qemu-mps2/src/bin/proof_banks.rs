//! As `proof`, with the model in one of two banks of flash, picked when the firmware starts.

#![no_std]
#![no_main]

#[path = "../../../app/programs/no_panic.rs"]
mod no_panic;

use core::hint::black_box;
use regard::format::bank::pick;
use regard::{Arena, Error, Transformer};

static ARENA: Arena<{ 64 * 1024 }> = Arena::new();

fn run() -> Result<(), Error> {
    let picked = pick([black_box(&[]), black_box(&[])], |_| Ok(()));
    let model = picked.map_err(|_| Error::EmptySource)?.model;
    let mut runner = Transformer::new(&model, ARENA.take()?)?;
    for word in runner.translate(black_box("i drink milk"))? {
        black_box(word);
    }
    Ok(())
}
