//! Runs the tests that the model files of all demos carry, and says pass or the first difference; the
//! emulator's exit status is 0 if all is as stated.

#![no_std]
#![no_main]

use app::Named;
use regard::{Arena, include_model};

static MODELS: [Named; 3] = [
    ("eng-fra", include_model!("../../../models/eng-fra/eng-fra.rgd")),
    ("g2p", include_model!("../../../models/g2p/g2p.rgd")),
    ("scenes", include_model!("../../../models/scenes/scenes.rgd")),
];
/// One at a time.
static ARENA: Arena<{ app::largest(&MODELS) }> = Arena::new();

#[board::entry]
fn main() -> ! {
    let passed = app::selftests(&mut board::start().port, &MODELS, ARENA.take());
    board::exit(i32::from(passed != MODELS.len()))
}
