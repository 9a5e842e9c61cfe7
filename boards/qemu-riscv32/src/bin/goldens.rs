//! Runs the tests of all models that another framework made (`tests/golden`): every cell, every attention,
//! every layer over pictures, every pair of encoder and decoder. Exit status 0 if all is as stated.
//!
//! `cargo xtask boards` converts the models and lists them in a file, whose path is in `REGARD_GOLDENS`.

#![no_std]
#![no_main]

use app::Named;
use core::fmt::Write as _;
use qemu_riscv32::{NAME, Serial, exit};
use regard::{Arena, Error};

static MODELS: &[Named] = &include!(env!("REGARD_GOLDENS"));
/// One at a time.
static ARENA: Arena<{ app::largest(MODELS) }> = Arena::new();

#[riscv_rt::entry]
fn main() -> ! {
    exit(i32::from(test() != Ok(MODELS.len())))
}

/// How many passed.
fn test() -> Result<usize, Error> {
    let mut serial = Serial::new();
    let passed = app::selftests(&mut serial, MODELS, ARENA.take()?).unwrap_or(0);
    _ = writeln!(serial, "goldens: {passed} of {} models passed on {NAME}\r", MODELS.len());
    Ok(passed)
}
