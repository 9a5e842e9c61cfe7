//! Everything that a firmware can ask of the engine, linked as `proof` is: loading a model from
//! untrusted bytes, words, tokens, forced tokens, the self-test.

#![no_std]
#![no_main]

use core::hint::black_box;
use cortex_m as _;
use regard::{Arena, Error, Model, SelfTest, Transformer, include_model};

static MODEL: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    black_box(translate(black_box("i drink milk")).is_ok());
    black_box(Model::load(black_box(&[])).is_ok());
    loop {
        cortex_m::asm::wfi();
    }
}

fn translate(sentence: &str) -> Result<(), Error> {
    let mut translator = Transformer::new(&MODEL, ARENA.take()?)?;
    for word in translator.translate(sentence)? {
        black_box(word);
    }
    let mut words = translator.translate_tokens(black_box(&[5, 6, 7]))?;
    words.force(black_box(4))?;
    black_box(words.step());
    SelfTest::of(&MODEL).run(&mut translator)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        fn the_engine_has_a_way_to_panic() -> !;
    }
    // SAFETY: never linked, so never called.
    unsafe { the_engine_has_a_way_to_panic() }
}
