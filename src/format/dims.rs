//! The header: what a model is made of.

use super::field::{self, HEADER_WORDS};
use super::kinds::{CONVOLUTIONAL, RECURRENT, TRANSFORMER};
use super::limits::range;
use super::{DecoderKind, EncoderKind, SubwordDims, Variant, tri};
use crate::{Error, Token};
#[cfg(feature = "emit")]
use alloc::vec::Vec;

/// Where LayerNorm stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum NormOrder {
    /// `x + f(norm(x))`, and usually a last norm behind each stack (arXiv 2002.04745).
    Pre,
    /// `norm(x + f(x))`, as the paper has it (arXiv 1706.03762).
    Post,
}

/// The function inside the feed-forward layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Activation {
    /// max(0, x).
    Relu,
    /// x·Φ(x), the exact one.
    Gelu,
    /// x·σ(x).
    #[cfg(feature = "variants")]
    Silu,
    /// x·Φ(x), where Φ is approximated by a tanh.
    #[cfg(feature = "variants")]
    GeluTanh,
}

impl Activation {
    #[cfg(not(feature = "variants"))]
    const fn parse(byte: u8) -> Result<Self, Error> {
        match byte {
            0 => Ok(Self::Relu),
            1 => Ok(Self::Gelu),
            2 | 3 => Err(Error::NeedsFeature { feature: "variants" }),
            _ => Err(Error::BadField { field: "activation", value: byte as u32 }),
        }
    }

    #[cfg(feature = "variants")]
    const fn parse(byte: u8) -> Result<Self, Error> {
        match byte {
            0 => Ok(Self::Relu),
            1 => Ok(Self::Gelu),
            2 => Ok(Self::Silu),
            3 => Ok(Self::GeluTanh),
            _ => Err(Error::BadField { field: "activation", value: byte as u32 }),
        }
    }

    #[cfg(feature = "emit")]
    const fn byte(self) -> u8 {
        match self {
            Self::Relu => 0,
            Self::Gelu => 1,
            #[cfg(feature = "variants")]
            Self::Silu => 2,
            #[cfg(feature = "variants")]
            Self::GeluTanh => 3,
        }
    }
}

/// Sizes and choices of a model, in the papers' terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Dims {
    /// What encodes.
    pub encoder: EncoderKind,
    /// What decodes.
    pub decoder: DecoderKind,
    /// Where LayerNorm stands, in a Transformer.
    pub norm: NormOrder,
    /// The function inside the feed-forward layer.
    pub activation: Activation,
    /// What a Transformer does otherwise than its paper.
    pub variant: Variant,
    /// Width of the residual stream of a Transformer; 0 if neither side is one.
    pub d_model: usize,
    /// Heads of each of its attentions, or 0.
    pub n_heads: usize,
    /// Width of a head, or 0.
    pub d_head: usize,
    /// Width inside its feed-forward layer, or 0.
    pub d_ff: usize,
    /// Width of the embedding of a recurrent side; 0 if neither side is one.
    pub d_embedding: usize,
    /// Layers of the encoder.
    pub encoder_layers: usize,
    /// Layers of the decoder.
    pub decoder_layers: usize,
    /// Words of the source language, marks included.
    pub source_vocabulary: usize,
    /// Words of the target language, marks included.
    pub target_vocabulary: usize,
    /// Most source tokens, the end mark included.
    pub max_source_len: usize,
    /// Most decoder steps.
    pub max_target_len: usize,
    /// The decoder layer whose cross-attention is the alignment.
    pub alignment_layer: usize,
    /// Padding of sources.
    pub source_pad: Token,
    /// The mark behind every source.
    pub source_eos: Token,
    /// Padding of targets.
    pub target_pad: Token,
    /// The mark that decoding starts from.
    pub target_bos: Token,
    /// The mark that decoding ends with.
    pub target_eos: Token,
    /// The output layer is the target's embedding matrix.
    pub tied_output: bool,
    /// Source text is turned into lower case.
    pub lowercase: bool,
    /// Source text is split into letters, not words.
    pub letters: bool,
    /// Embeddings of a Transformer are multiplied by this 15-bit integer …
    pub embedding_multiplier: i16,
    /// … times two to this exponent.
    pub embedding_exponent: i32,
    /// How text becomes pieces of words, and pieces text.
    pub subwords: SubwordDims,
}

impl Dims {
    /// Numbers per position in a cache: `n_heads · d_head`.
    #[must_use]
    pub const fn d_attention(&self) -> usize {
        self.n_heads.wrapping_mul(self.d_head)
    }

    pub(crate) const fn parse(words: &[u32]) -> Result<Self, Error> {
        let [encoder, decoder, norm, activation] = words[field::KINDS].to_le_bytes();
        tri!(range(encoder as u32, TRANSFORMER, CONVOLUTIONAL, "encoder kind"));
        tri!(range(decoder as u32, TRANSFORMER, RECURRENT, "decoder kind"));
        tri!(range(norm as u32, 0, 1, "norm order"));
        let activation = tri!(Activation::parse(activation));
        let flags = words[field::TARGET_END] >> 16;
        tri!(range(flags, 0, 7, "flags"));
        let mut i = field::FIRST_RESERVED;
        while i < field::TARGET_PIECES {
            tri!(range(words[i], 0, 0, "reserved"));
            i += 1;
        }
        tri!(range(
            words[field::SCALE_MULTIPLIER] & 0xFFFF,
            0,
            0,
            "embedding multiplier's low half"
        ));
        let dims = Self {
            encoder: tri!(EncoderKind::parse(encoder as u32, words)),
            decoder: tri!(DecoderKind::parse(decoder as u32, words)),
            norm: if norm == 0 { NormOrder::Pre } else { NormOrder::Post },
            activation,
            variant: tri!(Variant::parse(words)),
            d_model: words[field::D_MODEL] as usize,
            n_heads: words[field::N_HEADS] as usize,
            d_head: words[field::D_HEAD] as usize,
            d_ff: words[field::D_FF] as usize,
            d_embedding: words[field::D_EMBEDDING] as usize,
            encoder_layers: words[field::ENCODER_LAYERS] as usize,
            decoder_layers: words[field::DECODER_LAYERS] as usize,
            source_vocabulary: words[field::SOURCE_VOCABULARY] as usize,
            target_vocabulary: words[field::TARGET_VOCABULARY] as usize,
            max_source_len: words[field::MAX_SOURCE_LEN] as usize,
            max_target_len: words[field::MAX_TARGET_LEN] as usize,
            alignment_layer: words[field::ALIGNMENT_LAYER] as usize,
            source_pad: words[field::SOURCE_MARKS] as Token,
            source_eos: (words[field::SOURCE_MARKS] >> 16) as Token,
            target_pad: words[field::TARGET_MARKS] as Token,
            target_bos: (words[field::TARGET_MARKS] >> 16) as Token,
            target_eos: words[field::TARGET_END] as Token,
            tied_output: flags & 1 == 1,
            lowercase: flags & 2 == 2,
            letters: flags & 4 == 4,
            embedding_multiplier: (words[field::SCALE_MULTIPLIER] >> 16) as i16,
            embedding_exponent: words[field::SCALE_EXPONENT] as i32,
            subwords: tri!(SubwordDims::parse(words)),
        };
        tri!(dims.check());
        let minor = words[field::VERSION] >> 16;
        if minor < dims.minor() {
            return Err(Error::BadField { field: "minor version", value: minor });
        }
        tri!(range(
            words[field::SECTIONS],
            dims.sections() as u32,
            dims.sections() as u32,
            "sections"
        ));
        Ok(dims)
    }

    /// The first minor version of files that have such a model.
    pub(crate) const fn minor(&self) -> u32 {
        (self.needs_variants() || !self.subwords.is_none()) as u32
    }

    /// Does it take the Cargo feature `variants`?
    #[must_use]
    pub const fn needs_variants(&self) -> bool {
        let first = matches!(self.activation, Activation::Relu | Activation::Gelu);
        !(first && self.variant.is_paper())
    }

    /// Words before the directory.
    pub(crate) const fn header_words(&self) -> usize {
        match &self.encoder {
            EncoderKind::Convolutional(encoder) => {
                HEADER_WORDS.wrapping_add(encoder.count().wrapping_mul(2))
            }
            _ => HEADER_WORDS,
        }
    }

    #[cfg(feature = "emit")]
    pub(crate) fn write(&self, words: &mut Vec<u32>) {
        let pair = |low: Token, high: Token| u32::from(low) | u32::from(high) << 16;
        let flags = u16::from(self.tied_output)
            | u16::from(self.lowercase) << 1
            | u16::from(self.letters) << 2;
        let norm = u8::from(self.norm == NormOrder::Post);
        let activation = self.activation.byte();
        let encoder = match &self.encoder {
            EncoderKind::Transformer => TRANSFORMER as u8,
            EncoderKind::Recurrent(encoder) => {
                encoder.write(words);
                RECURRENT as u8
            }
            EncoderKind::Convolutional(encoder) => {
                encoder.write(words);
                CONVOLUTIONAL as u8
            }
        };
        let decoder = match &self.decoder {
            DecoderKind::Transformer => TRANSFORMER as u8,
            DecoderKind::Recurrent(decoder) => {
                decoder.write(words);
                RECURRENT as u8
            }
        };
        self.variant.write(words);
        self.subwords.write(words);
        words[field::D_EMBEDDING] = self.d_embedding as u32;
        let fields = [
            u32::from_le_bytes([encoder, decoder, norm, activation]),
            self.d_model as u32,
            self.n_heads as u32,
            self.d_head as u32,
            self.d_ff as u32,
            self.encoder_layers as u32,
            self.decoder_layers as u32,
            self.source_vocabulary as u32,
            self.target_vocabulary as u32,
            self.max_source_len as u32,
            self.max_target_len as u32,
            self.alignment_layer as u32,
            pair(self.source_pad, self.source_eos),
            pair(self.target_pad, self.target_bos),
            pair(self.target_eos, flags),
            (self.embedding_multiplier as u32) << 16,
            self.embedding_exponent as u32,
        ];
        words[field::KINDS..field::D_EMBEDDING].copy_from_slice(&fields);
    }
}
