//! A window on the residual stream: what passes each sublayer, for comparing with the engine.

use std::fmt;

/// A place in the model whose values can be seen. All are `[d_model]` except the logits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Site {
    /// Encoder input: embedding · scale + position.
    SourceEmbedding,
    /// Encoder layer, after self-attention and its residual sum (and norm, when post-norm).
    EncoderAttention(usize),
    /// Encoder layer, after feed-forward.
    EncoderFeedForward(usize),
    /// What the decoder reads.
    Memory,
    /// Decoder input: embedding · scale + position.
    TargetEmbedding,
    /// Decoder layer, after causal self-attention.
    DecoderAttention(usize),
    /// Decoder layer, after cross-attention.
    CrossAttention(usize),
    /// Decoder layer, after feed-forward.
    DecoderFeedForward(usize),
    /// What the output matrix reads.
    DecoderOutput,
    /// The scores of all target words: `[V_t]`.
    Logits,
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SourceEmbedding => f.write_str("source embedding"),
            Self::EncoderAttention(i) => write!(f, "encoder {i} attention"),
            Self::EncoderFeedForward(i) => write!(f, "encoder {i} feed-forward"),
            Self::Memory => f.write_str("memory"),
            Self::TargetEmbedding => f.write_str("target embedding"),
            Self::DecoderAttention(i) => write!(f, "decoder {i} self-attention"),
            Self::CrossAttention(i) => write!(f, "decoder {i} cross-attention"),
            Self::DecoderFeedForward(i) => write!(f, "decoder {i} feed-forward"),
            Self::DecoderOutput => f.write_str("decoder output"),
            Self::Logits => f.write_str("logits"),
        }
    }
}

/// Sees values as they pass.
pub trait Observer {
    /// `values`: `[d_model]`, or `[V_t]` at [`Site::Logits`] · `position`: of the token, from 0.
    fn observe(&mut self, site: Site, position: usize, values: &[f32]);
}

/// Sees nothing.
impl Observer for () {
    fn observe(&mut self, _: Site, _: usize, _: &[f32]) {}
}

impl<F: FnMut(Site, usize, &[f32])> Observer for F {
    fn observe(&mut self, site: Site, position: usize, values: &[f32]) {
        self(site, position, values);
    }
}
