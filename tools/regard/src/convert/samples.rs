//! What a model's integers cost its logits, on a few sources: those of a file, or made-up ones.
//!
//! Made-up words, letters and pictures are random; the targets are what the float twin answers to
//! them, so that decoding goes where it would go.

use super::convolutional::Random;
use crate::check::{Power, samples};
use crate::engine::Engine;
use crate::given::Given;
use crate::problem::Problem;
use regard::Model;
use std::path::Path;
use twin::EncoderKind;

/// Sources of a file that are used.
const FROM_FILE: usize = 32;
/// Made-up sources.
const MADE_UP: usize = 8;
/// Most tokens of a made-up source, without its end mark, and most steps that are compared.
const LONGEST: usize = 12;
const MOST_STEPS: usize = 16;
/// Pixels of one colour in a made-up picture: squares of so many each way.
const SQUARE: usize = 6;

/// Sources, and what float makes of them.
pub(super) struct Samples {
    samples: Vec<Sample>,
    from_file: bool,
}

struct Sample {
    given: Given,
    target: Vec<u32>,
    /// Of each step: `[V_t]`.
    logits: Vec<Vec<f32>>,
}

impl Samples {
    /// `words`: a model file of the twin's.
    pub(super) fn new(
        twin: &twin::Model,
        words: &[u32],
        data: Option<&Path>,
    ) -> Result<Self, Problem> {
        let given = match data {
            Some(data) => with_engine(words, |engine| {
                engine.read_targets(&twin.description)?;
                samples(engine, data, FROM_FILE)
            })?,
            None => {
                let mut random = Random::new();
                (0..MADE_UP)
                    .map(|i| Ok((made_up(twin, i, &mut random)?, Vec::new())))
                    .collect::<Result<_, Problem>>()?
            }
        };
        let sample = |(given, target): (Given, Vec<u32>)| {
            let steps = match data {
                Some(_) => twin.teacher_forced(given.source(), &target, &mut ())?,
                None => twin.greedy(given.source(), &mut ())?,
            };
            let steps = &steps[..steps.len().min(MOST_STEPS)];
            let target = steps.iter().map(|step| step.token).collect();
            let logits = steps.iter().map(|step| step.logits.to_vec()).collect();
            Ok::<_, Problem>(Sample { given, target, logits })
        };
        let samples = given.into_iter().map(sample).collect::<Result<_, _>>()?;
        Ok(Self { samples, from_file: data.is_some() })
    }

    /// Signal and noise of the logits of a model file.
    pub(super) fn power(&self, words: &[u32]) -> Result<Power, Problem> {
        with_engine(words, |engine| {
            let mut power = Power::default();
            for Sample { given, target, logits } in &self.samples {
                let steps = engine.teacher_forced(given, target, |_, _, _| ())?;
                for (float, step) in logits.iter().zip(&steps) {
                    power.add(float, &step.logits.floats);
                }
            }
            Ok(power)
        })
    }
}

impl std::fmt::Display for Samples {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = if self.from_file { "of the data" } else { "made up" };
        write!(f, "{} sources {kind}", self.samples.len())
    }
}

/// Does something with the engine of a model file.
pub(super) fn with_engine<T>(
    words: &[u32],
    work: impl FnOnce(&mut Engine<'_>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let model = Model::parse(words)?;
    let mut arena = vec![0; model.arena_bytes().div_ceil(4)];
    work(&mut Engine::over(&model, &mut arena)?)
}

/// The made-up source at `index`; later ones are longer.
fn made_up(twin: &twin::Model, index: usize, random: &mut Random) -> Result<Given, Problem> {
    let description = &twin.description;
    if let EncoderKind::Convolutional(config) = &description.encoder {
        let picture = &config.picture;
        let (width, channels) = (picture.width, picture.channels);
        let squares: Vec<u8> =
            (0..width.div_ceil(SQUARE) * picture.height.div_ceil(SQUARE) * channels)
                .map(|_| random.next())
                .collect();
        let byte = |at: usize| {
            let (x, y) = (at / channels % width / SQUARE, at / channels / width / SQUARE);
            squares[(y * width.div_ceil(SQUARE) + x) * channels + at % channels]
        };
        let bytes = (0..width * picture.height * channels).map(byte).collect();
        return Ok(Given::Picture(twin::Picture::new([picture.height, width, channels], bytes)?));
    }
    let source = description.source.as_ref().ok_or(Problem::NoSourceEnd)?;
    let end = source.eos.ok_or(Problem::NoSourceEnd)?;
    let marks = [Some(source.pad), source.bos, Some(end)];
    let words: Vec<usize> =
        (0..source.words.len()).filter(|word| !marks.contains(&Some(*word as _))).collect();
    let room = description.max_source_len.saturating_sub(1).min(LONGEST);
    let length = (room * (index + 1)).div_ceil(MADE_UP);
    let word = |_| {
        let number = usize::from(random.next()) << 8 | usize::from(random.next());
        words.get(number % words.len().max(1)).map_or(end, |&word| word as _)
    };
    Ok(Given::Tokens((0..length).map(word).chain([end]).collect()))
}
