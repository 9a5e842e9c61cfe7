//! A translation as one of two tasks of Embassy: between its pieces it feeds the watchdog and lets the
//! other one run, which blinks.
//!
//! When all is said nobody feeds the watchdog any more, and it ends the program: the proof that it ran
//! all the time. `cargo xtask boards an386` looks on.

#![no_std]
#![no_main]

use board::{Led, Watchdog};
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use embassy_executor::Spawner;
use embassy_futures::yield_now;
use embedded_hal::digital::OutputPin as _;
use embedded_io::Write as _;
use regard::{Arena, Model, Progress, Transformer, include_model};

static MODEL: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

/// Ticks of 25 MHz, 20 ms: many times the longest piece, a tenth of the whole.
const PATIENCE: u32 = 500_000;

/// How often the other task has run.
static BLINKS: AtomicU32 = AtomicU32::new(0);

#[embassy_executor::task]
async fn blink(mut led: Led) {
    loop {
        let blinks = BLINKS.fetch_add(1, Relaxed);
        // This pin cannot fail.
        _ = led.set_state(blinks.is_multiple_of(2).into());
        yield_now().await;
    }
}

#[embassy_executor::main]
async fn main(spawner: Spawner) -> ! {
    let board = board::start();
    let (mut port, dog) = (board.port, Watchdog::start(PATIENCE));
    let Ok(task) = blink(board.busy) else { board::exit(2) };
    spawner.spawn(task);
    let engine = ARENA.take().and_then(|arena| Transformer::new(&MODEL, arena));
    let Ok(mut translator) = engine else { board::exit(1) };
    let Ok(mut work) = translator.begin("does your brother drink cold milk ?") else {
        board::exit(1)
    };
    let mut pieces = 0u32;
    loop {
        match work.advance() {
            Progress::Busy => {}
            Progress::Word(word) => _ = write!(port, "{} ", word.text),
            Progress::Done => break,
            Progress::Failed(_) => board::exit(3),
        }
        pieces += 1;
        dog.feed();
        yield_now().await;
    }
    let blinks = BLINKS.load(Relaxed);
    _ = write!(port, "\r\n{pieces} pieces, {blinks} blinks; now nobody feeds the watchdog\r\n");
    loop {
        yield_now().await;
    }
}
