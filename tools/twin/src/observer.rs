//! A window on the data flow: what passes each layer, for comparing with the engine.

use ndarray::Array1;
use std::fmt;

/// A place in the model whose values can be seen, in the order of the data flow. Those of a
/// Transformer are `[d_model]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Site {
    /// Encoder input: embedding · scale + position, or the plain embedding of a recurrent side.
    SourceEmbedding,
    /// Encoder layer, after self-attention and its residual sum (and norm, when post-norm).
    EncoderAttention(usize),
    /// Encoder layer, after feed-forward.
    EncoderFeedForward(usize),
    /// Recurrent encoder layer, its merged directions: `[hidden]` or `[2·hidden]`; or a place of a
    /// convolutional layer's map: `[channels]`.
    EncoderLayer(usize),
    /// What the decoder reads: `[memory]`.
    Memory,
    /// Decoder input: as the encoder's.
    TargetEmbedding,
    /// Decoder layer, after causal self-attention.
    DecoderAttention(usize),
    /// Decoder layer, after cross-attention.
    CrossAttention(usize),
    /// Decoder layer, after feed-forward.
    DecoderFeedForward(usize),
    /// What attention of a recurrent decoder returns, behind its gate if it has one: `[memory]`.
    Context,
    /// New hidden state of a recurrent decoder layer: `[hidden]`.
    DecoderState(usize),
    /// Behind the readout layer, when there is one: `[readout]`.
    Readout,
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
            Self::EncoderLayer(i) => write!(f, "encoder {i}"),
            Self::Memory => f.write_str("memory"),
            Self::TargetEmbedding => f.write_str("target embedding"),
            Self::DecoderAttention(i) => write!(f, "decoder {i} self-attention"),
            Self::CrossAttention(i) => write!(f, "decoder {i} cross-attention"),
            Self::DecoderFeedForward(i) => write!(f, "decoder {i} feed-forward"),
            Self::Context => f.write_str("context"),
            Self::DecoderState(i) => write!(f, "decoder {i} state"),
            Self::Readout => f.write_str("readout"),
            Self::DecoderOutput => f.write_str("decoder output"),
            Self::Logits => f.write_str("logits"),
        }
    }
}

/// Sees values as they pass.
pub trait Observer {
    /// `values`: as the site says · `position`: of the token, from 0; of a place at column x and row
    /// y of a map, y · width + x.
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

pub(crate) fn show(observer: &mut impl Observer, site: Site, position: usize, x: &Array1<f32>) {
    observer.observe(site, position, &x.to_vec());
}

/// A row per position.
pub(crate) fn show_rows(observer: &mut impl Observer, site: Site, rows: &[Array1<f32>]) {
    for (position, row) in rows.iter().enumerate() {
        show(observer, site, position, row);
    }
}
