//! Executed instructions of whole models, under `qemu-system-arm -icount shift=1`.
//!
//! Prints `core kernel case instructions`: encoding, all steps of the decoder, and both; each model only
//! after its own test came out to the bit.

#![no_std]
#![no_main]

use core::fmt::Write as _;
use cortex_m_rt::entry;
use qemu_mps2::clock::{Clock, core_name};
use qemu_mps2::{Serial, exit};
use regard::kernel::NAME;
use regard::{Arena, Error, Model, Picture, SelfTest, Seq2Seq, include_model};

static TRANSLATOR: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");
static ADDITIVE: Model = include_model!("../../../../models/eng-fra-additive/eng-fra-additive.rgd");
static SPEAKER: Model = include_model!("../../../../models/g2p/g2p.rgd");
static CAPTIONER: Model = include_model!("../../../../models/scenes/scenes.rgd");

/// One at a time.
static ARENA: Arena<{ largest([&TRANSLATOR, &ADDITIVE, &SPEAKER, &CAPTIONER]) }> = Arena::new();
static PICTURE: &[u8] = include_bytes!("../../../../models/scenes/one.rgb");

/// Turns of the calibration loop.
const TURNS: u32 = 5_000_000;

const fn largest(models: [&Model; 4]) -> usize {
    let (mut bytes, mut at) = (0, 0);
    while at < models.len() {
        if models[at].arena_bytes() > bytes {
            bytes = models[at].arena_bytes();
        }
        at += 1;
    }
    bytes
}

#[entry]
fn main() -> ! {
    let mut serial = Serial::new();
    let Some(clock) = Clock::new(TURNS, &mut serial) else {
        _ = writeln!(serial, "instructions do not take a constant time: -icount shift=1?\r");
        exit(2)
    };
    if let Err(error) = measure(&clock, &mut serial) {
        _ = writeln!(serial, "{error}\r");
        exit(1)
    }
    exit(0)
}

fn measure(clock: &Clock, serial: &mut Serial) -> Result<(), Error> {
    let arena = ARENA.take()?;
    let sentence = "does your brother drink cold milk ?";
    let picture = Picture::rgb888(64, 64, PICTURE)?;
    one(clock, serial, "eng-fra", &TRANSLATOR, arena, Input::Text(sentence))?;
    one(clock, serial, "eng-fra-additive", &ADDITIVE, arena, Input::Text(sentence))?;
    one(clock, serial, "g2p", &SPEAKER, arena, Input::Text("microcontroller"))?;
    one(clock, serial, "scenes", &CAPTIONER, arena, Input::Picture(&picture))
}

enum Input<'a> {
    Text(&'a str),
    Picture(&'a Picture<'a>),
}

fn one(
    clock: &Clock,
    serial: &mut Serial,
    name: &str,
    model: &Model<'_>,
    arena: &mut [u8],
    input: Input<'_>,
) -> Result<(), Error> {
    let mut engine: Seq2Seq<'_> = Seq2Seq::new(model, arena)?;
    SelfTest::of(model).run(&mut engine)?;
    let mut begun = None;
    let encoding = clock.instructions(|| {
        begun = Some(match input {
            Input::Text(text) => engine.translate(text),
            Input::Picture(picture) => engine.describe(picture),
        });
    });
    let Some(words) = begun else { return Ok(()) };
    let (mut words, mut steps) = (words?, 0u32);
    let decoding = clock.instructions(|| {
        while words.step().is_some() {
            steps += 1;
        }
    });
    let core = core_name();
    _ = writeln!(serial, "{core} {NAME} {name}/encoder {encoding}\r");
    _ = writeln!(serial, "{core} {NAME} {name}/{steps}-steps {decoding}\r");
    _ = writeln!(serial, "{core} {NAME} {name}/whole {}\r", encoding + decoding);
    Ok(())
}
