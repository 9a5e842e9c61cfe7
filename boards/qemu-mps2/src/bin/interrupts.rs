//! A translation in one go, and an interrupt that is on time all the while: the engine never holds
//! interrupts back, so bare-metal firmware needs no pieces to stay responsive.

#![no_std]
#![no_main]

use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use cortex_m::peripheral::{SYST, syst::SystClkSource};
use embedded_io::Write as _;
use regard::{Arena, Model, Transformer, include_model};

static MODEL: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");
static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();

/// Ticks of 25 MHz between two interrupts: 1 ms.
const PERIOD: u32 = 25_000;

static BEATS: AtomicU32 = AtomicU32::new(0);
/// Ticks that the latest of them came late.
static LATEST: AtomicU32 = AtomicU32::new(0);

#[cortex_m_rt::exception]
fn SysTick() {
    let late = PERIOD.saturating_sub(SYST::get_current());
    BEATS.fetch_add(1, Relaxed);
    LATEST.fetch_max(late, Relaxed);
}

#[board::entry]
fn main() -> ! {
    let mut port = board::start().port;
    let Some(cortex_m::Peripherals { SYST: mut timer, .. }) = cortex_m::Peripherals::take() else {
        board::exit(2)
    };
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(PERIOD - 1);
    timer.clear_current();
    timer.enable_interrupt();
    timer.enable_counter();
    let engine = ARENA.take().and_then(|arena| Transformer::new(&MODEL, arena));
    let Ok(mut translator) = engine else { board::exit(1) };
    let Ok(words) = translator.translate("does your brother drink cold milk ?") else {
        board::exit(1)
    };
    for word in words {
        _ = write!(port, "{} ", word.text);
    }
    timer.disable_counter();
    let (beats, late) = (BEATS.load(Relaxed), LATEST.load(Relaxed));
    _ = write!(port, "\r\n{beats} interrupts, the latest {late} ticks late\r\n");
    board::exit(0)
}
