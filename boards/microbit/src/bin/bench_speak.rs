//! Executed instructions of a word, under `qemu-system-arm -icount shift=7`.

#![no_std]
#![no_main]

use board::bench;
use regard::{Arena, Model, include_model};

static MODEL: Model = include_model!("../../../../models/g2p-tiny/g2p-tiny.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[board::entry]
fn main() -> ! {
    bench("g2p-tiny", &MODEL, &ARENA, "microcontroller")
}
