//! The engine and nothing else, for the linker to prove that it cannot panic: a firmware with a way to
//! panic does not link. This one reads its model from far flash: it checks the file, copies sections, runs
//! every kind of model, the test that the file carries, and work in pieces.

#![no_std]
#![no_main]

#[path = "../../../app/programs/no_panic.rs"]
mod no_panic;

use core::hint::black_box;
use regard::far::{Blocking, FarFlash};
use regard::format::{Role, Stack};
use regard::{Arena, Error, Model, Picture, Progress, SelfTest, Seq2Seq, include_model};

/// For the sizes alone: it is in no image.
const MODEL: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

/// Fills `words` with what is at a byte of the chip.
#[inline(never)]
fn read(at: u32, words: &mut [u32]) -> Result<(), u32> {
    words.fill(at);
    black_box(Ok(()))
}

fn run() -> Result<(), Error> {
    let mut buffer = [0; MODEL.far_buffer_words()];
    let (mut ram, mut near) = ([0; MODEL.resident_words()], [0; 256]);
    let flash = FarFlash::new(Blocking(read), &mut buffer);
    let model = Model::load_far(&flash, &mut ram)?;
    let model = model.with_near(black_box(&[(Stack::Decoder, 0, Role::SelfNorm)]), &mut near)?;
    let mut runner: Seq2Seq<'_> = Seq2Seq::new(&model, ARENA.take()?)?;
    let mut words = runner.translate(black_box("i drink milk"))?;
    while let Some(word) = words.try_next()? {
        black_box(word);
    }
    black_box((words.error(), flash.take_error()));
    for word in runner.describe(&Picture::rgb565(1, 1, black_box(&[0; 2]))?)? {
        black_box(word);
    }
    let mut work = runner.begin(black_box("i drink milk"))?;
    loop {
        match black_box(work.advance()) {
            Progress::Done => break,
            Progress::Failed(error) => return Err(error),
            _ => {}
        }
    }
    SelfTest::of(&model).run(&mut runner)
}
