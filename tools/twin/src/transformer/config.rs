//! What `model.json` says of a side that is a Transformer.

use crate::Error;
use crate::description::{positive, size};
use serde::Deserialize;

/// Where LayerNorm stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NormPlace {
    /// `x + f(norm(x))`, and one more norm after the last layer.
    Pre,
    /// `norm(x + f(x))`, as in the paper.
    Post,
}

/// The function between the two matrices of feed-forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// `max(0, x)`.
    Relu,
    /// `x · Φ(x)`, the exact form with erf.
    Gelu,
}

/// How a token knows its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Positions {
    /// Sine on even channels, cosine on odd ones.
    Sinusoidal,
    /// A trained row per position.
    Learned,
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
    /// Where LayerNorm stands.
    pub norm: NormPlace,
    /// Added to the variance under the root.
    pub norm_epsilon: f32,
    /// Between the matrices of feed-forward.
    pub activation: Activation,
    /// How a token knows its place.
    pub positions: Positions,
    /// Factor of the embedding.
    pub embedding_scale: f32,
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
        positive("embedding_scale", self.embedding_scale)
    }

    /// Rows of query, key and value: `n_heads · d_head`.
    #[must_use]
    pub fn d_attention(&self) -> usize {
        self.n_heads * self.d_head
    }
}
