//! Everything that a firmware can ask of the engine, linked as `proof` is: every encoder and
//! decoder, loading a model from untrusted bytes, words, tokens, forced tokens, pictures, the self-test.

#![no_std]
#![no_main]

#[path = "../../../app/programs/no_panic.rs"]
mod no_panic;

use core::hint::black_box;
use regard::{Arena, Error, Model, Picture, SelfTest, Seq2Seq, include_model};

static MODEL: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

fn run() -> Result<(), Error> {
    black_box(Model::load(black_box(&[])).is_ok());
    let mut runner: Seq2Seq<'_> = Seq2Seq::new(black_box(&MODEL), ARENA.take()?)?;
    for word in runner.translate(black_box("i drink milk"))? {
        black_box(word);
    }
    let mut words = runner.translate_tokens(black_box(&[5, 6, 7]))?;
    words.force(black_box(4))?;
    black_box(words.step());
    for word in runner.describe(&Picture::rgb565(1, 1, black_box(&[0; 2]))?)? {
        black_box(word);
    }
    let test = SelfTest::of(runner.model());
    test.run(&mut runner)
}
