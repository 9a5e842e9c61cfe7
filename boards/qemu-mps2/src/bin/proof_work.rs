//! The engine and nothing else, for the linker to prove that it cannot panic: a firmware with a way to
//! panic does not link. This one has everything, and works in pieces, which are dropped, saved and
//! resumed.

#![no_std]
#![no_main]

#[path = "../../../app/programs/no_panic.rs"]
mod no_panic;

use core::hint::black_box;
use regard::family::Any;
use regard::{Arena, Error, Model, Picture, Progress, Saved, Seq2Seq, include_model};

static MODEL: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

fn run() -> Result<(), Error> {
    let mut runner = Seq2Seq::<'_, Any>::new(black_box(&MODEL), ARENA.take()?)?;
    let picture = Picture::rgb888(1, 1, black_box(&[0; 3]))?;
    black_box(runner.begin_picture(picture)?.advance());
    let mut work = runner.begin(black_box("i drink milk"))?;
    black_box(work.advance());
    let saved = black_box(work.save().to_bytes());
    black_box(runner.arena_mut());
    let mut work = runner.resume(&Saved::from_bytes(saved))?;
    loop {
        match black_box(work.advance()) {
            Progress::Done => return Ok(()),
            Progress::Failed(error) => return Err(error),
            _ => {}
        }
    }
}
