//! The engine and nothing else, for the linker to prove that it cannot panic: the panic handler
//! calls a function that does not exist, so a firmware with a way to panic does not link.
//!
//! Its `.text` and `.rodata`, less the model, are what the engine takes of the flash.

#![no_std]
#![no_main]

use core::hint::black_box;
use cortex_m as _;
use regard::{Arena, Error, Model, Transformer, include_model};

static MODEL: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    black_box(translate(black_box("i drink milk")).is_ok());
    loop {
        cortex_m::asm::wfi();
    }
}

fn translate(sentence: &str) -> Result<(), Error> {
    let mut translator = Transformer::new(&MODEL, ARENA.take()?)?;
    for word in translator.translate(sentence)? {
        black_box(word);
    }
    Ok(())
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        fn the_engine_has_a_way_to_panic() -> !;
    }
    // SAFETY: never linked, so never called.
    unsafe { the_engine_has_a_way_to_panic() }
}
