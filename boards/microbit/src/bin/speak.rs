//! Words in, phonemes out, over USB. `:help` says what else it can do.

#![no_std]
#![no_main]

use app::Text;
use microbit::converse;
use regard::{Arena, Model, Recurrent, include_model};

static MODEL: Model = include_model!("../../../../models/g2p-tiny/g2p-tiny.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    converse(ARENA.take().and_then(|arena| Recurrent::new(&MODEL, arena)), &mut Text)
}
