//! Whole models: encoding, all steps of the decoder, and both.

use super::{Bench, Counter};
use core::fmt::Write;
use regard::kernel::NAME;
use regard::{Error, Model, Picture, SelfTest, Seq2Seq};

/// What a model is asked.
pub enum Input<'a> {
    /// A sentence, or a word.
    Text(&'a str),
    /// A picture.
    Picture(&'a Picture<'a>),
}

/// The bytes of an arena for one of them at a time.
#[must_use]
pub const fn largest(models: &[&Model]) -> usize {
    let (mut bytes, mut at) = (0, 0);
    while at < models.len() {
        if models[at].arena_bytes() > bytes {
            bytes = models[at].arena_bytes();
        }
        at += 1;
    }
    bytes
}

/// Counts `input` through `model`, called `name`, after the test that the model carries.
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
    let core = bench.core;
    bench.say(format_args!("{core} {NAME} {name}/encoder {encoding}"));
    bench.say(format_args!("{core} {NAME} {name}/{steps}-steps {decoding}"));
    bench.say(format_args!("{core} {NAME} {name}/whole {}", encoding + decoding));
    Ok(())
}
