//! Runs the tests that the model files of all demos carry; the emulator's exit status is 0 if all is as
//! stated.

#![no_std]
#![no_main]

use app::Named;
use qemu_mps2::{Serial, exit};
use regard::{Arena, Error, include_model};

static MODELS: [Named; 3] = [
    ("eng-fra", include_model!("../../../../models/eng-fra/eng-fra.rgd")),
    ("g2p", include_model!("../../../../models/g2p/g2p.rgd")),
    ("scenes", include_model!("../../../../models/scenes/scenes.rgd")),
];
/// One at a time.
static ARENA: Arena<{ app::largest(&MODELS) }> = Arena::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    let tested = test();
    #[cfg(feature = "defmt")]
    match tested {
        Ok(passed) if passed == MODELS.len() => defmt::info!("self-test passed by all models"),
        Ok(passed) => defmt::error!("self-test passed by {} models alone", passed),
        Err(error) => defmt::error!("self-test failed: {}", error),
    }
    exit(i32::from(tested != Ok(MODELS.len())))
}

/// How many passed.
fn test() -> Result<usize, Error> {
    let passed = app::selftests(&mut Serial::new(), &MODELS, ARENA.take()?);
    Ok(passed.unwrap_or(0)) // never: this port cannot fail
}
