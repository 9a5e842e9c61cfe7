//! As `proof`, with Transformers and recurrent models.

#![no_std]
#![no_main]

#[path = "../no_panic.rs"]
mod no_panic;

use core::hint::black_box;
use cortex_m as _;
use regard::family::Text;
use regard::{Arena, Error, Model, Seq2Seq, include_model};

static MODEL: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    black_box(run(black_box("i drink milk")).is_ok());
    loop {
        cortex_m::asm::wfi();
    }
}

fn run(source: &str) -> Result<(), Error> {
    let mut runner = Seq2Seq::<'_, Text>::new(black_box(&MODEL), ARENA.take()?)?;
    for word in runner.translate(source)? {
        black_box(word);
    }
    Ok(())
}
