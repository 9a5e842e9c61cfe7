//! The whole model: words or a picture in, words out.

use crate::scores::argmax;
use crate::source::{PICTURE, WORDS};
use crate::{
    Decoder, DecoderKind, Description, EncoderKind, Error, Memory, Observer, Source, SourceTable,
    Weights, convolutional, recurrent, show_attend_tell, transformer,
};
use ndarray::{ArcArray2, Array1, ArrayView1};

/// From the last decoder state to the scores of all words.
#[derive(Clone, Debug)]
pub struct Output {
    /// `[V_t, width of what it reads]`; absent when the target embedding serves.
    pub weight: Option<ArcArray2<f32>>,
    /// `[V_t]`; absent means zeros.
    pub bias: Option<Array1<f32>>,
}

/// What one step said.
#[derive(Clone, Debug)]
pub struct Step {
    /// The token chosen (greedy) or given (teacher-forced).
    pub token: u32,
    /// `[V_t]`
    pub logits: Array1<f32>,
    /// `[source_len]`, sums to 1; zeros without attention.
    pub alignment: Array1<f32>,
}

/// The weights of what encodes.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one of them")]
pub enum EncoderWeights {
    /// Of a Transformer.
    Transformer(transformer::EncoderWeights),
    /// Of recurrent layers.
    Recurrent(recurrent::EncoderWeights),
    /// Of filters over a picture.
    Convolutional(convolutional::EncoderWeights),
}

/// The weights of what decodes.
#[derive(Clone, Debug)]
pub enum DecoderWeights {
    /// Of a Transformer.
    Transformer(transformer::DecoderWeights),
    /// Of recurrent layers.
    Recurrent(recurrent::DecoderWeights),
}

/// An encoder–decoder, in `f32`.
#[derive(Clone, Debug)]
pub struct Model {
    /// What `model.json` says.
    pub description: Description,
    /// Source side.
    pub encoder: EncoderWeights,
    /// Target side.
    pub decoder: DecoderWeights,
    /// The scores of all words.
    pub output: Output,
    pub(crate) parameters: usize,
}

impl EncoderWeights {
    fn new(weights: &mut Weights, d: &Description) -> Result<Self, Error> {
        let words = d.source.as_ref().map_or(0, |source| source.words.len());
        Ok(match &d.encoder {
            EncoderKind::Transformer(config) => {
                let sizes = [words, d.max_source_len];
                Self::Transformer(transformer::EncoderWeights::new(weights, config, sizes)?)
            }
            EncoderKind::Recurrent(config) => {
                Self::Recurrent(recurrent::EncoderWeights::new(weights, config, words)?)
            }
            EncoderKind::Convolutional(config) => {
                Self::Convolutional(convolutional::EncoderWeights::new(weights, config)?)
            }
        })
    }
}

impl DecoderWeights {
    fn new(weights: &mut Weights, d: &Description) -> Result<Self, Error> {
        let words = d.target.words.len();
        Ok(match &d.decoder {
            DecoderKind::Transformer { config, alignment_layer } => {
                Self::Transformer(transformer::DecoderWeights::new(
                    weights,
                    config,
                    *alignment_layer,
                    [words, d.max_target_len],
                    d.encoder.memory_width(),
                )?)
            }
            DecoderKind::Recurrent(config) => {
                Self::Recurrent(recurrent::DecoderWeights::new(weights, config, words, &d.encoder)?)
            }
        })
    }

    /// The target embedding, not yet scaled: `[V_t, width]`.
    #[must_use]
    pub fn words(&self) -> &ArcArray2<f32> {
        match self {
            Self::Transformer(weights) => &weights.embedding.words,
            Self::Recurrent(weights) => &weights.embedding,
        }
    }
}

impl Model {
    /// Takes every tensor that the description asks for.
    ///
    /// # Errors
    /// Impossible description; missing, misshaped or unused tensors.
    pub fn new(description: Description, mut weights: Weights) -> Result<Self, Error> {
        let (d, w) = (&description, &mut weights);
        d.check()?;
        show_attend_tell::rename(w);
        let parameters = w.numbers();
        let size = d.target.words.len();
        let encoder = EncoderWeights::new(w, d)?;
        let decoder = DecoderWeights::new(w, d)?;
        let untied = || w.matrix("output.weight", [size, d.output_width()]);
        let weight = (!d.tied_output).then(untied).transpose()?;
        let output = Output { weight, bias: w.maybe_vector("output.bias", size)? };
        weights.finish()?;
        Ok(Self { description, encoder, decoder, output, parameters })
    }

    /// Number of trained numbers.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.parameters
    }

    /// The memory of a sentence or a picture, whichever the model reads.
    ///
    /// # Errors
    /// The other one; an empty or too long sentence, a token outside the table; a picture of another
    /// size than the model's.
    pub fn encode<'s>(
        &self,
        source: impl Into<Source<'s>>,
        observer: &mut impl Observer,
    ) -> Result<Memory, Error> {
        let table = self.description.source.as_ref();
        match (&self.encoder, source.into(), table) {
            (EncoderWeights::Transformer(weights), Source::Tokens(ids), Some(table)) => {
                weights.encode(ids, self.present(ids, table)?, observer)
            }
            (EncoderWeights::Recurrent(weights), Source::Tokens(ids), Some(table)) => {
                weights.encode(ids, self.present(ids, table)?, observer)
            }
            (EncoderWeights::Convolutional(weights), Source::Picture(picture), _) => {
                weights.encode(picture, observer)
            }
            (_, other, table) => {
                let need = if table.is_some() { WORDS } else { PICTURE };
                Err(Error::Source { have: other.name(), need })
            }
        }
    }

    /// Which tokens are not padding: `[source_len]`.
    fn present(&self, ids: &[u32], table: &SourceTable) -> Result<Vec<bool>, Error> {
        let present: Vec<bool> = ids.iter().map(|&id| id != table.pad).collect();
        let (have, most) = (ids.len(), self.description.max_source_len);
        if have > most || !present.contains(&true) {
            return Err(Error::Length { side: "source", have, most });
        }
        Ok(present)
    }

    /// A decoder that reads `memory` and has said nothing yet.
    #[must_use]
    pub fn decoder(&self, memory: &Memory) -> Decoder<'_> {
        Decoder::new(self, memory)
    }

    /// Says the likeliest word until the sentence ends; the last step is the end token, unless the
    /// model may say no more. `source`: as in [`Model::encode`].
    ///
    /// # Errors
    /// As [`Model::encode`].
    pub fn greedy<'s>(
        &self,
        source: impl Into<Source<'s>>,
        observer: &mut impl Observer,
    ) -> Result<Vec<Step>, Error> {
        let memory = self.encode(source, observer)?;
        let mut decoder = self.decoder(&memory);
        let mut steps = Vec::new();
        let mut last = self.description.target.bos;
        while steps.len() < self.description.max_target_len {
            let (logits, alignment) = decoder.step(last, observer)?;
            last = argmax(logits.iter().copied());
            steps.push(Step { token: last, logits, alignment });
            if last == self.description.target.eos {
                break;
            }
        }
        Ok(steps)
    }

    /// The logits before each token of a given target. `target`: without start token, with end
    /// token; each step carries the *given* token.
    ///
    /// # Errors
    /// As [`Model::encode`], for both sides.
    pub fn teacher_forced<'s>(
        &self,
        source: impl Into<Source<'s>>,
        target: &[u32],
        observer: &mut impl Observer,
    ) -> Result<Vec<Step>, Error> {
        let memory = self.encode(source, observer)?;
        let mut decoder = self.decoder(&memory);
        let fed = std::iter::once(&self.description.target.bos).chain(target);
        let step = |(&fed, &token)| {
            let (logits, alignment) = decoder.step(fed, observer)?;
            Ok(Step { token, logits, alignment })
        };
        fed.zip(target).map(step).collect()
    }

    /// `x`: what the output layer reads → `[V_t]`
    pub(crate) fn logits(&self, x: ArrayView1<'_, f32>) -> Array1<f32> {
        let weight = self.output.weight.as_ref().unwrap_or_else(|| self.decoder.words());
        let logits = weight.dot(&x);
        match &self.output.bias {
            Some(bias) => logits + bias,
            None => logits,
        }
    }
}
