//! What encoders and decoders are made of, beyond the sizes that all of them have.

use super::limits::range;
use super::{ConvolutionalDims, RecurrentDecoderDims, RecurrentEncoderDims, field, tri};
use crate::Error;

/// The kinds of encoder and decoder that this version knows.
pub(super) const TRANSFORMER: u32 = 1;
pub(super) const RECURRENT: u32 = 2;
pub(super) const CONVOLUTIONAL: u32 = 3;

/// What encodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "it lies in flash; there is no heap")]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum EncoderKind {
    /// Self-attention and feed-forward (arXiv 1706.03762).
    Transformer,
    /// Cells over the tokens, in one or both directions.
    Recurrent(RecurrentEncoderDims),
    /// Filters over a picture (arXiv 1502.03044).
    Convolutional(ConvolutionalDims),
}

/// What decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum DecoderKind {
    /// Self-attention, cross-attention and feed-forward (arXiv 1706.03762).
    Transformer,
    /// Cells, with or without an attention (arXiv 1409.0473).
    Recurrent(RecurrentDecoderDims),
}

impl EncoderKind {
    pub(super) const fn parse(kind: u32, words: &[u32]) -> Result<Self, Error> {
        if kind != RECURRENT {
            tri!(unused(words, field::ENCODER_CELL, field::DECODER_CELL));
        }
        if kind != CONVOLUTIONAL {
            tri!(unused(words, field::PICTURE, field::VARIANT));
        }
        Ok(match kind {
            TRANSFORMER => Self::Transformer,
            RECURRENT => Self::Recurrent(tri!(RecurrentEncoderDims::parse(words))),
            _ => Self::Convolutional(tri!(ConvolutionalDims::parse(words))),
        })
    }
}

impl DecoderKind {
    pub(super) const fn parse(kind: u32, words: &[u32]) -> Result<Self, Error> {
        if kind == TRANSFORMER {
            tri!(unused(words, field::DECODER_CELL, field::PICTURE));
            return Ok(Self::Transformer);
        }
        Ok(Self::Recurrent(tri!(RecurrentDecoderDims::parse(words))))
    }
}

/// Words that this kind of model has no use for are zero.
const fn unused(words: &[u32], from: usize, to: usize) -> Result<(), Error> {
    let mut i = from;
    while i < to && i < words.len() {
        tri!(range(words[i], 0, 0, "unused"));
        i += 1;
    }
    Ok(())
}
