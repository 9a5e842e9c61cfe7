//! Executed instructions of whole models, in an emulator with `-icount`; cycles on a board that
//! counts them.

#![no_std]
#![no_main]

use app::Named;
use app::bench::{self, Bench, Input};
use board::clock::{Clock, LONG_TURNS, core_name};
use embedded_io::Write;
use regard::{Arena, Error, Picture, include_model};

static MODELS: [Named; 4] = [
    ("eng-fra", include_model!("../../../models/eng-fra/eng-fra.rgd")),
    ("eng-fra-additive", include_model!("../../../models/eng-fra-additive/eng-fra-additive.rgd")),
    ("g2p", include_model!("../../../models/g2p/g2p.rgd")),
    ("scenes", include_model!("../../../models/scenes/scenes.rgd")),
];
/// One at a time.
static ARENA: Arena<{ app::largest(&MODELS) }> = Arena::new();
static PICTURE: &[u8] = include_bytes!("../../../models/scenes/one.rgb");

#[board::entry]
fn main() -> ! {
    let mut port = board::start().port;
    let Some(clock) = Clock::new(LONG_TURNS, &mut port) else { board::exit(2) };
    let mut bench = Bench { counter: &clock, out: &mut port, core: core_name() };
    if let Err(error) = measure(&mut bench) {
        _ = write!(port, "{error}\r\n");
        board::exit(1)
    }
    board::exit(0)
}

fn measure(bench: &mut Bench<'_, Clock, impl Write>) -> Result<(), Error> {
    let arena = ARENA.take()?;
    let sentence = Input::Text("does your brother drink cold milk ?");
    let picture = Picture::rgb888(64, 64, PICTURE)?;
    let inputs = [sentence, sentence, Input::Text("microcontroller"), Input::Picture(&picture)];
    for ((name, model), input) in MODELS.iter().zip(inputs) {
        bench::model(bench, name, model, arena, input)?;
    }
    Ok(())
}
