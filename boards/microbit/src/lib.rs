//! What the firmware needs to know about the micro:bit: where the serial port and a LED are, how to
//! leave the emulator, and what happens when something goes badly wrong.

#![no_std]

#[cfg(feature = "banks")]
mod banks;
#[cfg(any(feature = "bench", feature = "bench_models"))]
pub mod clock;
mod lights;
mod pin;
mod serial;

#[cfg(feature = "banks")]
pub use banks::{ARENA, Nvmc, banks};
pub use cortex_m_rt::entry;
pub use lights::lights;
pub use pin::Pin;
pub use serial::Serial;

use app::{Board, Stack};
use core::fmt::Arguments;
use cortex_m as _;
use embedded_io::Write as _;

/// The board's name.
pub const NAME: &str = "micro:bit (Cortex-M0)";
/// Bytes of the longest line that people may type.
pub const LINE: usize = 192;

/// Row 1 of the LED matrix; column 1 is pin 4, which is low from reset on.
const ROW: u32 = 1 << 13;
const COLUMN: u32 = 1 << 4;

/// What the board brings.
#[must_use]
pub fn start() -> Board<Serial, Pin> {
    let (port, busy, stack) = (Serial::new(), Pin::new(ROW), Stack::of_firmware());
    _ = Pin::new(COLUMN);
    Board { name: NAME, port, busy, stack, leaves: cfg!(feature = "emulator") }
}

/// Counts `text` through `model`, called `name`; the exit status says whether that went well.
#[cfg(feature = "bench_models")]
pub fn bench<const BYTES: usize>(
    name: &str,
    model: &regard::Model<'_>,
    arena: &'static regard::Arena<BYTES>,
    text: &str,
) -> ! {
    use app::bench::{Bench, Input, model as count};
    let mut port = Serial::new();
    let Some(clock) = clock::Clock::new(clock::TURNS, &mut port) else { exit(2) };
    let mut bench = Bench { counter: &clock, out: &mut port, core: clock::core_name() };
    let counted =
        arena.take().and_then(|arena| count(&mut bench, name, model, arena, Input::Text(text)));
    exit(i32::from(counted.is_err()))
}

/// Ends the emulation with this exit status; a real board sleeps.
pub fn exit(code: i32) -> ! {
    #[cfg(feature = "emulator")]
    semihosting::process::exit(code);
    #[cfg(not(feature = "emulator"))]
    loop {
        _ = code;
        cortex_m::asm::wfi();
    }
}

/// Says why on the serial port, and ends.
fn fail(why: Arguments<'_>) -> ! {
    // There is no one left to tell when the message cannot be written.
    _ = write!(Serial::new(), "\r\n{why}\r\n");
    exit(101)
}

app::last_words!(fail);
