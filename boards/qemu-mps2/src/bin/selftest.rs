//! Runs the test that the model file carries; the emulator's exit status is 0 if all is as stated.

#![no_std]
#![no_main]

use qemu_mps2::{Serial, exit};
use regard::{Arena, Error, Model, Transformer, include_model};

static MODEL: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    let result = test();
    #[cfg(feature = "defmt")]
    match result {
        Ok(()) => defmt::info!("self-test passed"),
        Err(error) => defmt::error!("self-test failed: {}", error),
    }
    exit(i32::from(result.is_err()))
}

fn test() -> Result<(), Error> {
    let mut translator = Transformer::new(&MODEL, ARENA.take()?)?;
    match app::selftest(&mut Serial::new(), &mut translator) {
        Ok(result) => result,
        Err(_) => Ok(()), // never: this port cannot fail
    }
}
