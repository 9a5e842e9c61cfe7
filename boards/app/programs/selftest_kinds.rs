//! Runs the tests that a model of each kind carries, Transformer, recurrent and captioner, as `selftest` does
//! those of all demos: together they fit into 1 MB of flash.

#![no_std]
#![no_main]

use app::Named;
use regard::{Arena, include_model};

static MODELS: [Named; 3] = [
    ("eng-fra-tiny", include_model!("../../../models/eng-fra-tiny/eng-fra-tiny.rgd")),
    ("g2p-tiny", include_model!("../../../models/g2p-tiny/g2p-tiny.rgd")),
    ("scenes", include_model!("../../../models/scenes/scenes.rgd")),
];
/// One at a time.
static ARENA: Arena<{ app::largest(&MODELS) }> = Arena::new();

#[board::entry]
fn main() -> ! {
    let passed = app::selftests(&mut board::start().port, &MODELS, ARENA.take());
    board::exit(i32::from(passed != MODELS.len()))
}
