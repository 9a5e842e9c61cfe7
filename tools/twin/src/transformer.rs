//! The whole model: words in, words out.

use crate::{
    Decoder, DecoderWeights, Description, EncoderWeights, Error, Memory, Observer, Weights,
};
use ndarray::{Array1, Array2, ArrayView1};

/// From the last decoder state to the scores of all words.
#[derive(Clone, Debug)]
pub struct Output {
    /// `[V_t, d_model]`; absent when the target embedding serves.
    pub weight: Option<Array2<f32>>,
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
    /// `[source_len]`, sums to 1.
    pub alignment: Array1<f32>,
}

/// The Transformer encoder–decoder of arXiv 1706.03762, in `f32`.
#[derive(Clone, Debug)]
pub struct Transformer {
    /// What `model.json` says.
    pub description: Description,
    /// Source side.
    pub encoder: EncoderWeights,
    /// Target side.
    pub decoder: DecoderWeights,
    /// The scores of all words.
    pub output: Output,
    parameters: usize,
}

impl Transformer {
    /// Takes every tensor that the description asks for.
    ///
    /// # Errors
    /// Impossible description; missing, misshaped or unused tensors.
    pub fn new(description: Description, mut weights: Weights) -> Result<Self, Error> {
        let (d, w) = (&description, &mut weights);
        d.check()?;
        let parameters = w.numbers();
        let size = d.target.words.len();
        let encoder = EncoderWeights::new(w, d)?;
        let decoder = DecoderWeights::new(w, d)?;
        let untied = || w.matrix("output.weight", [size, d.d_model]);
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

    /// The memory of a source sentence. `ids`: `[source_len]`, end token included.
    ///
    /// # Errors
    /// An empty or too long sentence, or a token outside the table.
    pub fn encode(&self, ids: &[u32], observer: &mut impl Observer) -> Result<Memory, Error> {
        self.encoder.encode(&self.description, ids, observer)
    }

    /// A decoder that reads `memory` and has said nothing yet.
    #[must_use]
    pub fn decoder(&self, memory: &Memory) -> Decoder<'_> {
        Decoder::new(self, memory)
    }

    /// Says the likeliest word until the sentence ends; the last step is the end token, unless the
    /// model ran out of positions. `ids`: as in [`Transformer::encode`].
    ///
    /// # Errors
    /// As [`Transformer::encode`].
    pub fn greedy(&self, ids: &[u32], observer: &mut impl Observer) -> Result<Vec<Step>, Error> {
        let memory = self.encode(ids, observer)?;
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
    /// As [`Transformer::encode`], for both sides.
    pub fn teacher_forced(
        &self,
        source: &[u32],
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

    /// `x`: `[d_model]` → `[V_t]`
    pub(crate) fn logits(&self, x: ArrayView1<'_, f32>) -> Array1<f32> {
        let weight = self.output.weight.as_ref().unwrap_or(&self.decoder.embedding.words);
        let logits = weight.dot(&x);
        match &self.output.bias {
            Some(bias) => logits + bias,
            None => logits,
        }
    }
}

/// The index of the largest logit; the lowest of equals.
pub fn argmax(logits: impl IntoIterator<Item = f32>) -> u32 {
    let mut best = (0, f32::NEG_INFINITY);
    for (id, logit) in (0..).zip(logits) {
        if logit > best.1 {
            best = (id, logit);
        }
    }
    best.0
}

/// The log-probability of `token`: `logit − log Σ exp(logits)`, in `f64`.
pub fn log_probability(logits: impl IntoIterator<Item = f32> + Clone, token: u32) -> f64 {
    let largest = logits.clone().into_iter().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.clone().into_iter().map(|x| f64::from(x - largest).exp()).sum();
    let chosen = logits.into_iter().nth(token as usize).unwrap_or(f32::NEG_INFINITY);
    f64::from(chosen - largest) - sum.ln()
}
