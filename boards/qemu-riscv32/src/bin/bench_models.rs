//! Executed instructions of whole models, under `qemu-system-riscv32 -icount shift=0`.

#![no_std]
#![no_main]

use app::bench::{self, Bench, Input};
use core::fmt::Write as _;
use qemu_riscv32::clock::{CORE, Clock};
use qemu_riscv32::{Serial, exit};
use regard::{Arena, Error, Model, Picture, include_model};
use riscv_rt::entry;

static TRANSLATOR: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");
static ADDITIVE: Model = include_model!("../../../../models/eng-fra-additive/eng-fra-additive.rgd");
static SPEAKER: Model = include_model!("../../../../models/g2p/g2p.rgd");
static CAPTIONER: Model = include_model!("../../../../models/scenes/scenes.rgd");

/// One at a time.
static ARENA: Arena<{ bench::largest(&[&TRANSLATOR, &ADDITIVE, &SPEAKER, &CAPTIONER]) }> =
    Arena::new();
static PICTURE: &[u8] = include_bytes!("../../../../models/scenes/one.rgb");

/// Turns of the calibration loop.
const TURNS: u32 = 100_000;

#[entry]
fn main() -> ! {
    let mut serial = Serial::new();
    let Some(clock) = Clock::new(TURNS, &mut serial) else {
        _ = writeln!(serial, "instructions are not counted one by one: -icount shift=0?\r");
        exit(2)
    };
    let mut bench = Bench { counter: &clock, out: &mut serial, core: CORE };
    if let Err(error) = measure(&mut bench) {
        _ = writeln!(serial, "{error}\r");
        exit(1)
    }
    exit(0)
}

fn measure(bench: &mut Bench<'_, Clock, Serial>) -> Result<(), Error> {
    let arena = ARENA.take()?;
    let sentence = "does your brother drink cold milk ?";
    let picture = Picture::rgb888(64, 64, PICTURE)?;
    bench::model(bench, "eng-fra", &TRANSLATOR, arena, Input::Text(sentence))?;
    bench::model(bench, "eng-fra-additive", &ADDITIVE, arena, Input::Text(sentence))?;
    bench::model(bench, "g2p", &SPEAKER, arena, Input::Text("microcontroller"))?;
    bench::model(bench, "scenes", &CAPTIONER, arena, Input::Picture(&picture))
}
