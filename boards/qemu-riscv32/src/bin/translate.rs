//! Sentences in, translations out, over the serial port. `:help` says what else it can do.

#![no_std]
#![no_main]

use app::Text;
use qemu_riscv32::{converse, paint_stack};
use regard::{Arena, Model, Transformer, include_model};

static MODEL: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[riscv_rt::entry]
fn main() -> ! {
    paint_stack();
    converse(ARENA.take().and_then(|arena| Transformer::new(&MODEL, arena)), &mut Text)
}
