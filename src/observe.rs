//! Watching a model compute, for reports that compare it with its float twin.

use crate::number::Block;

/// A place in the data flow where the residual stream can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Site {
    /// Source tokens, embedded, with their positions.
    SourceEmbedding,
    /// Behind the self-attention of an encoder layer.
    EncoderAttention(u8),
    /// Behind the feed-forward of an encoder layer.
    EncoderFeedForward(u8),
    /// Rows of a recurrent encoder layer.
    EncoderLayer(u8),
    /// What the decoder reads.
    Memory,
    /// The target token, embedded, with its position.
    TargetEmbedding,
    /// Behind the self-attention of a decoder layer.
    DecoderAttention(u8),
    /// Behind the cross-attention of a decoder layer.
    CrossAttention(u8),
    /// Behind the feed-forward of a decoder layer.
    DecoderFeedForward(u8),
    /// What a recurrent decoder's attention found.
    Context,
    /// The new state h of a recurrent decoder layer.
    DecoderState(u8),
    /// What the output layer reads.
    DecoderOutput,
}

/// Sees each vector of the residual stream as it is made. `()` looks away, at no cost.
pub trait Observer {
    /// `values`: `[d_model]`, of the token at `position`.
    fn observe(&mut self, site: Site, position: usize, values: Block<'_>);
}

impl Observer for () {
    #[inline(always)]
    fn observe(&mut self, _: Site, _: usize, _: Block<'_>) {}
}
