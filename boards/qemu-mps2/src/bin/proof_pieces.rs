//! The engine and nothing else, for the linker to prove that it cannot panic: a firmware with a way to
//! panic does not link. This one has the Transformer, and splits and joins pieces of words.

#![no_std]
#![no_main]

#[path = "../../../app/programs/no_panic.rs"]
mod no_panic;

use core::fmt;
use core::hint::black_box;
use regard::text::Joiner;
use regard::{Arena, Error, Model, Transformer, include_model};

static MODEL: Model = include_model!("../../../../tests/golden/tokenizers/unigram.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

/// Takes all.
struct Sink;

impl fmt::Write for Sink {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        black_box(text);
        Ok(())
    }
}

fn run() -> Result<(), Error> {
    let mut runner = Transformer::new(black_box(&MODEL), ARENA.take()?)?;
    let mut joiner = Joiner::new(black_box(&MODEL));
    for word in runner.translate(black_box("i drink milk"))? {
        _ = black_box(joiner.write(word.token, &mut Sink));
    }
    _ = black_box(joiner.finish(&mut Sink));
    Ok(())
}
