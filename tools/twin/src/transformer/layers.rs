//! The parts that every layer is made of.

use super::{Activation, Config, NormPlace, Positions};
use crate::linear::word;
use crate::{Error, Linear, Weights};
use ndarray::{Array1, Array2, ArrayView1, Axis};

/// `γ · (x − mean) / √(variance + ε) + β`.
#[derive(Clone, Debug)]
pub struct LayerNorm {
    /// γ: `[d_model]`
    pub weight: Array1<f32>,
    /// β: `[d_model]`
    pub bias: Array1<f32>,
    /// ε
    pub epsilon: f32,
}

impl LayerNorm {
    pub(super) fn new(weights: &mut Weights, name: &str, c: &Config) -> Result<Self, Error> {
        Ok(Self {
            weight: weights.vector(&format!("{name}.weight"), c.d_model)?,
            bias: weights.vector(&format!("{name}.bias"), c.d_model)?,
            epsilon: c.norm_epsilon,
        })
    }

    /// The norm after the last layer, which only pre-norm models have.
    pub(super) fn last(
        weights: &mut Weights,
        name: &str,
        c: &Config,
    ) -> Result<Option<Self>, Error> {
        match c.norm {
            NormPlace::Pre => Self::new(weights, name, c).map(Some),
            NormPlace::Post => Ok(None),
        }
    }

    /// `x`: `[d_model]` → `[d_model]`
    #[must_use]
    pub fn apply(&self, x: ArrayView1<'_, f32>) -> Array1<f32> {
        let n = x.len() as f32;
        let centred = &x - x.sum() / n;
        let variance = centred.dot(&centred) / n;
        centred * (1.0 / (variance + self.epsilon).sqrt()) * &self.weight + &self.bias
    }
}

/// One sublayer with its residual sum: `x + f(norm(x))` or `norm(x + f(x))`.
pub(super) fn sublayer(
    place: NormPlace,
    norm: &LayerNorm,
    x: &Array1<f32>,
    f: impl FnOnce(ArrayView1<'_, f32>) -> Array1<f32>,
) -> Array1<f32> {
    match place {
        NormPlace::Pre => x + f(norm.apply(x.view()).view()),
        NormPlace::Post => norm.apply((x + f(x.view())).view()),
    }
}

/// `down · activation(up · x)`, section 3.3.
#[derive(Clone, Debug)]
pub struct FeedForward {
    /// `[d_ff, d_model]`
    pub up: Linear,
    /// `[d_model, d_ff]`
    pub down: Linear,
    /// Between the two.
    pub activation: Activation,
}

impl FeedForward {
    pub(super) fn new(weights: &mut Weights, name: &str, c: &Config) -> Result<Self, Error> {
        Ok(Self {
            up: Linear::new(weights, &format!("{name}.up"), [c.d_ff, c.d_model])?,
            down: Linear::new(weights, &format!("{name}.down"), [c.d_model, c.d_ff])?,
            activation: c.activation,
        })
    }

    /// `x`: `[d_model]` → `[d_model]`
    #[must_use]
    pub fn apply(&self, x: ArrayView1<'_, f32>) -> Array1<f32> {
        let inner = self.up.apply(x).mapv(match self.activation {
            Activation::Relu => relu,
            Activation::Gelu => gelu,
        });
        self.down.apply(inner.view())
    }
}

fn relu(x: f32) -> f32 {
    x.max(0.0)
}

/// `x · Φ(x)`, exact (arXiv 1606.08415).
fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + libm::erff(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// Rows of words plus rows of places.
#[derive(Clone, Debug)]
pub struct Embedding {
    /// `[V, d_model]`, as in the file: not yet scaled.
    pub words: Array2<f32>,
    /// `[max_len, d_model]`, trained or sinusoidal.
    pub positions: Array2<f32>,
    /// Factor of the word rows.
    pub scale: f32,
}

impl Embedding {
    /// `side`: `encoder` or `decoder` · `[words, length]`: size of the table, longest sequence.
    pub(super) fn new(
        weights: &mut Weights,
        side: &str,
        c: &Config,
        [words, length]: [usize; 2],
    ) -> Result<Self, Error> {
        Ok(Self {
            words: weights.matrix(&format!("{side}.embedding.weight"), [words, c.d_model])?,
            positions: match c.positions {
                Positions::Sinusoidal => sinusoids(length, c.d_model),
                Positions::Learned => {
                    weights.matrix(&format!("{side}.position.weight"), [length, c.d_model])?
                }
            },
            scale: c.embedding_scale,
        })
    }

    /// `word · scale + position`: `[d_model]`.
    ///
    /// # Errors
    /// `token` is outside the table. `position` must be below the longest length.
    pub fn apply(&self, token: u32, position: usize) -> Result<Array1<f32>, Error> {
        let word = word(&self.words, token)?;
        Ok(&word * self.scale + self.positions.index_axis(Axis(0), position))
    }
}

/// `PE(pos, 2i) = sin(pos / 10000^(2i/d))`, `PE(pos, 2i+1)` its cosine (section 3.5).
/// `[length, d]`
fn sinusoids(length: usize, d: usize) -> Array2<f32> {
    Array2::from_shape_fn((length, d), |(position, channel)| {
        let power = (channel / 2 * 2) as f64 / d as f64;
        let angle = position as f64 / 10_000f64.powf(power);
        (if channel % 2 == 0 { angle.sin() } else { angle.cos() }) as f32
    })
}
