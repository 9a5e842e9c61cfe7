//! Runs the tests of all models that another framework made (`tests/golden`): every cell, every attention,
//! every layer over pictures, every pair of encoder and decoder. Exit status 0 if all is as stated.
//!
//! `cargo xtask boards` converts the models and lists them in a file, whose path is in `REGARD_GOLDENS`.

#![no_std]
#![no_main]

use app::Named;
use embedded_io::Write as _;
use regard::Arena;

static MODELS: &[Named] = &include!(env!("REGARD_GOLDENS"));
/// One at a time.
static ARENA: Arena<{ app::largest(MODELS) }> = Arena::new();

#[board::entry]
fn main() -> ! {
    let (mut port, all) = (board::start().port, MODELS.len());
    let passed = app::selftests(&mut port, MODELS, ARENA.take());
    _ = write!(port, "goldens: {passed} of {all} models passed on {}\r\n", board::NAME);
    board::exit(i32::from(passed != all))
}
