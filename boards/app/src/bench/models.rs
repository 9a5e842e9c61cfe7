//! Whole models: encoding, all steps of the decoder, and both; arena, and the stack while they run.

use super::{Bench, Counter};
#[cfg(target_os = "none")]
use crate::Stack;
use embedded_io::Write;
use regard::kernel::NAME;
use regard::{Error, Model, Picture, Progress, SelfTest, Seq2Seq};

/// What a model is asked.
#[derive(Clone, Copy)]
pub enum Input<'a> {
    /// A sentence, or a word.
    Text(&'a str),
    /// A picture.
    Picture(&'a Picture<'a>),
}

impl Input<'_> {
    /// What it is: a text, or the file of the picture beside the model.
    fn says(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Picture(_) => "one.rgb",
        }
    }
}

/// Counts `input` through `model`, called `name`, after the test that the model carries.
///
/// A line `model core kernel name arena stack input` says what it took of the RAM, and the last one all
/// of it for other programs, as JSON.
///
/// # Errors
/// Those of the model, of its test, and of the input.
pub fn model<C: Counter, W: Write>(
    bench: &mut Bench<'_, C, W>,
    name: &str,
    model: &Model<'_>,
    arena: &mut [u8],
    input: Input<'_>,
) -> Result<(), Error> {
    let mut engine: Seq2Seq<'_> = Seq2Seq::new(model, arena)?;
    SelfTest::of(model).run(&mut engine)?;
    let says = input.says();
    #[cfg(target_os = "none")]
    let stack = Stack::of_firmware();
    #[cfg(target_os = "none")]
    stack.paint();
    let mut begun = None;
    let encoding = bench.counter.count(|| {
        begun = Some(match input {
            Input::Text(text) => engine.translate(text),
            Input::Picture(picture) => engine.describe(picture),
        });
    });
    let Some(words) = begun else { return Ok(()) };
    let (mut words, mut steps) = (words?, 0u32);
    let decoding = bench.counter.count(|| {
        while words.step().is_some() {
            steps += 1;
        }
    });
    #[cfg(target_os = "none")]
    let peak = stack.peak();
    #[cfg(not(target_os = "none"))]
    let peak = 0;
    let longest = longest_piece(bench, &mut engine, input)?;
    let (core, arena) = (bench.core, model.arena_bytes());
    bench.say(format_args!("model {core} {NAME} {name} {arena} {peak} {says}"));
    bench.say(format_args!("{core} {NAME} {name}/encoder {encoding}"));
    bench.say(format_args!("{core} {NAME} {name}/{steps}-steps {decoding}"));
    bench.say(format_args!("{core} {NAME} {name}/whole {}", encoding + decoding));
    bench.say(format_args!("{core} {NAME} {name}/longest-piece {longest}"));
    let (file, word) = (model.file_bytes(), decoding / u64::from(steps.max(1)));
    bench.say(format_args!(
        "{{\"model\":\"{name}\",\"core\":\"{core}\",\"kernel\":\"{NAME}\",\"file\":{file},\
         \"arena\":{arena},\"stack\":{peak},\"encoder\":{encoding},\"steps\":{steps},\
         \"decoder\":{decoding},\"a_word\":{word},\"longest_piece\":{longest}}}"
    ));
    Ok(())
}

/// The most that a piece of the same work takes, done piece by piece: how long others may have to
/// wait.
fn longest_piece<C: Counter, W: Write>(
    bench: &Bench<'_, C, W>,
    engine: &mut Seq2Seq<'_>,
    input: Input<'_>,
) -> Result<u64, Error> {
    let mut work = match input {
        Input::Text(text) => engine.begin(text)?,
        Input::Picture(picture) => engine.begin_picture(*picture)?,
    };
    let (mut longest, mut is_done) = (0, false);
    while !is_done {
        let piece = bench.counter.count(|| {
            is_done = matches!(work.advance(), Progress::Done | Progress::Failed(_));
        });
        longest = piece.max(longest);
    }
    Ok(longest)
}
