//! A model in a flash chip on an SPI bus, read by a driver for it (docs/SLOW_FLASH.md): the same words as in
//! place, what goes over the bus for them, and what happens when it fails. QEMU's board has no such chip,
//! so one is played: it answers the read command with the bytes of the model file.
//!
//! Under `-icount shift=1` it counts instructions too. The exit status is 0 if all is as it should be.

#![no_std]
#![no_main]

use app::NoPin;
use app::bench::Counter as _;
use app::far::{Log, Nor, Played, words_of};
use board::Serial;
use board::clock::{Clock, LONG_TURNS};
use embedded_io::Write as _;
use regard::far::FarFlash;
use regard::format::Checksum;
use regard::{Arena, Error, Model, SelfTest, Transformer, include_model};
use w25q32jv::W25q32jv;

static FILE: &[u8] = include_bytes!("../../../../models/eng-fra/eng-fra.rgd");
/// To compare with, and for the sizes.
static MODEL: Model = include_model!("../../../../models/eng-fra/eng-fra.rgd");

static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new();
static RESIDENT: Arena<{ MODEL.resident_words() * 4 }> = Arena::new();
/// Of the largest buffer that is tried.
static BUFFER: Arena<{ LARGEST * 4 }> = Arena::new();
static LOG: Log = Log::new();

const LEAST: usize = MODEL.far_buffer_words();
const LARGEST: usize = 8192;
/// Words of buffers.
const BUFFERS: [usize; 4] = [LEAST, 1024, 2048, LARGEST];
type Driver = W25q32jv<Played<'static>, NoPin, NoPin>;

const SENTENCE: &str = "does your brother drink cold milk ?";

/// What is said, and what that takes.
#[derive(Clone, Copy)]
struct Said {
    /// Checksum of tokens and alignments.
    sum: u32,
    words: u32,
    /// 0 where they are not counted.
    instructions: u64,
}

#[board::entry]
fn main() -> ! {
    let mut port = board::start().port;
    let clock = Clock::new(LONG_TURNS, &mut port);
    let found = compare(&mut port, clock.as_ref());
    if let Err(error) = &found {
        _ = write!(port, "{error}\r\n");
    }
    board::exit(i32::from(found != Ok(true)))
}

/// Says the sentence in place and from far, with every buffer. Is all as it should be?
fn compare(port: &mut Serial, clock: Option<&Clock>) -> Result<bool, Error> {
    let (arena, resident) = (ARENA.take()?, words_of(RESIDENT.take()?));
    let buffer = words_of(BUFFER.take()?);
    let expected = say(&MODEL, arena, clock)?;
    let Said { words, instructions, .. } = expected;
    _ = write!(port, "in place: {words} words, {instructions} instructions\r\n");
    let (ram, least) = (4 * resident.len(), 4 * LEAST);
    _ = write!(port, "far: {ram} bytes stay in RAM, a buffer has at least {least}\r\n");
    let mut same = true;
    for size in BUFFERS {
        let (room, before) = (buffer.get_mut(..size).unwrap_or_default(), LOG.counts());
        // Pins that are not there cannot fail.
        let Ok(driver) = W25q32jv::new(Played { bytes: FILE, log: &LOG }, NoPin, NoPin) else {
            return Ok(false);
        };
        let flash = FarFlash::new(Nor::new(driver, 0), room);
        if let (Some(clock), LEAST) = (clock, size) {
            let [few, many] = [4, 1024].map(|bytes| cost_of_a_read(clock, &flash, bytes));
            _ = write!(port, "a read itself: 4 bytes {few}, 1024 bytes {many} instructions\r\n");
        }
        let model = Model::load_far(&flash, &mut *resident)?;
        let loaded = LOG.counts();
        let found = say(&model, arena, clock)?;
        let said = LOG.counts();
        let [reads, bytes] = [0, 1].map(|i| said[i] - loaded[i]);
        let (of_loading, count) = (loaded[1] - before[1], found.instructions);
        _ = write!(
            port,
            "buffer {}: loading {of_loading} bytes over the bus; {} words, {reads} reads, {bytes} \
             bytes, {count} instructions\r\n",
            4 * size,
            found.words,
        );
        same &= found.sum == expected.sum && fails_and_recovers(port, &model, arena, reads)?;
    }
    _ = write!(port, "{}\r\n", if same { "all the same words" } else { "DIFFERENT" });
    Ok(same)
}

/// Instructions of driver and played chip; 0 if the read failed.
fn cost_of_a_read(clock: &Clock, flash: &FarFlash<'_, Nor<Driver>>, bytes: usize) -> u64 {
    let (mut room, mut read) = ([0; 1024], Ok(()));
    let room = room.get_mut(..bytes).unwrap_or_default();
    let count = flash.with_bus(|nor| clock.count(|| read = nor.flash.read(0, room)));
    count.filter(|_| read.is_ok()).unwrap_or(0)
}

/// Says the sentence.
fn say(model: &Model<'_>, arena: &mut [u8], clock: Option<&Clock>) -> Result<Said, Error> {
    let mut engine = Transformer::new(model, arena)?;
    let mut said = Ok((0, 0));
    let work = || said = whole(&mut engine);
    let instructions = match clock {
        Some(clock) => clock.count(work),
        None => {
            let mut work = work;
            work();
            0
        }
    };
    said.map(|(sum, words)| Said { sum, words, instructions })
}

/// Checksum and number of the words.
fn whole(engine: &mut Transformer<'_>) -> Result<(u32, u32), Error> {
    let (mut sum, mut count) = (Checksum::new(), 0);
    let mut words = engine.translate(SENTENCE)?;
    while let Some(word) = words.try_next()? {
        sum = sum.word(word.token.into());
        sum = word.alignment.iter().fold(sum, |sum, &weight| sum.word(weight.into()));
        count += 1;
    }
    Ok((sum.finish(), count))
}

/// Lets reads of the sentence fail, at the start, in the middle and at the end; then the test that the
/// model carries passes as if nothing had been.
fn fails_and_recovers(
    port: &mut Serial,
    model: &Model<'_>,
    arena: &mut [u8],
    reads: u32,
) -> Result<bool, Error> {
    for read in [0, reads / 2, reads - 1] {
        LOG.fail_after(read);
        match say(model, arena, None) {
            Err(error @ Error::Bus { .. }) => _ = write!(port, "  {error}\r\n"),
            _ => return Ok(false),
        }
    }
    let mut engine = Transformer::new(model, arena)?;
    Ok(SelfTest::of(model).run(&mut engine).is_ok())
}
