//! What `model.json` says of a side that is a Transformer.

use crate::Error;
use crate::description::{positive, size, wrong};
use serde::Deserialize;

/// Where norms stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NormPlace {
    /// `x + f(norm(x))`.
    Pre,
    /// `norm(x + f(x))`, as in the paper.
    Post,
}

/// Which norm it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NormKind {
    /// LayerNorm (arXiv 1607.06450).
    Layer,
    /// RMSNorm, without mean and β (arXiv 1910.07467).
    Rms,
}

/// The function between the two matrices of feed-forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// `max(0, x)`.
    Relu,
    /// `x · Φ(x)`, the exact form with erf (arXiv 1606.08415).
    Gelu,
    /// Its approximation `½x · (1 + tanh(√(2/π) · (x + 0.044715x³)))`, of the same paper.
    GeluTanh,
    /// `x · σ(x)` (arXiv 1606.08415, 1710.05941).
    Silu,
}

/// How a token knows its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Positions {
    /// Sine on even channels, cosine on odd ones.
    Sinusoidal,
    /// Sines on the first half of the channels, cosines on the second.
    SinusoidalHalves,
    /// A trained row per position.
    Learned,
    /// Nothing is added to it; self-attention knows how far its keys are.
    Relative(Relative),
}

/// How distances share the trained numbers of [`Positions::Relative`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relative {
    /// How many numbers there are, for each head.
    pub buckets: usize,
    /// Keys so far away, or farther, share one.
    pub distance: usize,
}

/// Sizes and choices of one side. When both are Transformers, only `layers` may differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Number of layers.
    pub layers: usize,
    /// Width of the residual stream.
    pub d_model: usize,
    /// Attention heads of each layer.
    pub n_heads: usize,
    /// Width of a head.
    pub d_head: usize,
    /// Inner width of feed-forward.
    pub d_ff: usize,
    /// Where norms stand.
    pub norm: NormPlace,
    /// Which norm they are.
    pub norm_kind: NormKind,
    /// Added to the variance, or the mean square, under the root.
    pub norm_epsilon: f32,
    /// Whether there is one after the last layer.
    pub last_norm: bool,
    /// Whether there is one before the first layer.
    pub embedding_norm: bool,
    /// Between the matrices of feed-forward.
    pub activation: Activation,
    /// Whether feed-forward has a third matrix, whose activated rows multiply the others.
    pub gated: bool,
    /// How a token knows its place.
    pub positions: Positions,
    /// Factor of the embedding.
    pub embedding_scale: f32,
    /// Factor of products of query and key: [`Config::usual_attention_scale`] in the paper.
    pub attention_scale: f64,
}

impl Config {
    /// `side`: `encoder` or `decoder`.
    pub(crate) fn check(&self, side: &str) -> Result<(), Error> {
        size("d_model", self.d_model)?;
        size("n_heads", self.n_heads)?;
        size("d_head", self.d_head)?;
        size("d_ff", self.d_ff)?;
        size(&format!("{side}_layers"), self.layers)?;
        positive("norm_epsilon", self.norm_epsilon)?;
        positive("embedding_scale", self.embedding_scale)?;
        positive("attention_scale", self.attention_scale as f32)?;
        match self.positions {
            Positions::Relative(relative) => relative.check(),
            _ => Ok(()),
        }
    }

    /// `1/√d_head`
    #[must_use]
    pub fn usual_attention_scale(d_head: usize) -> f64 {
        1.0 / (d_head as f64).sqrt()
    }

    /// Rows of query, key and value: `n_heads · d_head`.
    #[must_use]
    pub fn d_attention(&self) -> usize {
        self.n_heads * self.d_head
    }
}

impl Relative {
    /// Logarithms need four buckets of an encoder, and farther keys than those with a bucket each.
    fn check(self) -> Result<(), Error> {
        size("relative_buckets", self.buckets)?;
        size("relative_distance", self.distance)?;
        if self.buckets < 4 || !self.buckets.is_multiple_of(2) {
            let why = format!("is {}; it must be an even number from 4 on", self.buckets);
            return wrong("relative_buckets", why);
        }
        let near = self.buckets / 2;
        if self.distance <= near {
            let why = format!(
                "is {}; of {} buckets it must be more than {near}",
                self.distance, self.buckets
            );
            return wrong("relative_distance", why);
        }
        Ok(())
    }
}
