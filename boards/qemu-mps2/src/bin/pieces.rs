//! Texts split into pieces of words on the core (docs/TOKENIZERS.md): joined again they are the text, and
//! under `-icount shift=1` what a byte takes is counted. The exit status is 0 if all is as it should be.

#![no_std]
#![no_main]

use app::bench::Counter as _;
use board::Serial;
use board::clock::{Clock, LONG_TURNS};
use core::fmt;
use embedded_io::Write as _;
use regard::text::{Joiner, encode};
use regard::{Model, Token, include_model};

static UNIGRAM: Model = include_model!("../../../../tests/golden/tokenizers/unigram.rgd");
static BPE: Model = include_model!("../../../../tests/golden/tokenizers/bpe.rgd");
static BYTES: Model = include_model!("../../../../tests/golden/tokenizers/bpe-bytes.rgd");

const TEXT: &str = "does your brother drink cold milk and some children watch the small elephants?";
const MOST_TOKENS: usize = 128;
const MOST_ROOM: usize = 1024;

#[board::entry]
fn main() -> ! {
    let mut port = board::start().port;
    let clock = Clock::new(LONG_TURNS, &mut port);
    let models = [("unigram", &UNIGRAM), ("bpe", &BPE), ("bpe in bytes", &BYTES)];
    let well = models.iter().filter(|(name, model)| split(name, model, clock.as_ref(), &mut port));
    board::exit(i32::from(well.count() != models.len()))
}

/// Splits the text and joins it. Is it the same?
fn split(name: &str, model: &Model<'_>, clock: Option<&Clock>, port: &mut Serial) -> bool {
    let (mut tokens, mut room): ([Token; MOST_TOKENS], _) = ([0; MOST_TOKENS], [0; MOST_ROOM]);
    let mut found = Ok(0);
    let mut work = || found = encode(model, TEXT, &mut tokens, &mut room);
    let instructions = match clock {
        Some(clock) => clock.count(work),
        None => {
            work();
            0
        }
    };
    let len = match found {
        Ok(len) => len,
        Err(error) => {
            _ = write!(port, "{name}: {error}\r\n");
            return false;
        }
    };
    let (mut joiner, mut rest) = (Joiner::new(model), Rest(TEXT));
    let said = tokens.iter().take(len).try_for_each(|&token| joiner.write(token, &mut rest));
    let same = said.and_then(|()| joiner.finish(&mut rest)).is_ok() && rest.0.is_empty();
    let bytes = TEXT.len();
    let each = instructions / bytes as u64;
    _ = write!(
        port,
        "{name}: {bytes} bytes, {len} tokens, {instructions} instructions, {each} a byte; the text is {}\r\n",
        if same { "the same" } else { "another one" }
    );
    same
}

/// What a text still has to be.
struct Rest<'t>(&'t str);

impl fmt::Write for Rest<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(text).ok_or(fmt::Error)?;
        Ok(())
    }
}
