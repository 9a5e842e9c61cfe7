//! Words in, phonemes out, over the serial port. `:help` says what else it can do.

#![no_std]
#![no_main]

use app::Text;
use qemu_riscv32::{converse, paint_stack};
use regard::{Arena, Model, Recurrent, include_model};

static MODEL: Model = include_model!("../../../../models/g2p/g2p.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[riscv_rt::entry]
fn main() -> ! {
    paint_stack();
    converse(ARENA.take().and_then(|arena| Recurrent::new(&MODEL, arena)), &mut Text)
}
