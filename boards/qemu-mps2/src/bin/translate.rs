//! Sentences in, translations out, over the first serial port. `:help` says what else it can do.

#![no_std]
#![no_main]

use app::Text;
use qemu_mps2::converse;
use regard::{Arena, Model, Transformer, include_model};

static MODEL: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    converse(ARENA.take().and_then(|arena| Transformer::new(&MODEL, arena)), &mut Text)
}
