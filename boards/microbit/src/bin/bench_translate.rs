//! Executed instructions of a sentence, under `qemu-system-arm -icount shift=7`.

#![no_std]
#![no_main]

use board::bench;
use regard::{Arena, Model, include_model};

static MODEL: Model = include_model!("../../../../models/eng-fra-tiny/eng-fra-tiny.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[board::entry]
fn main() -> ! {
    bench("eng-fra-tiny", &MODEL, &ARENA, "does your brother drink cold milk ?")
}
