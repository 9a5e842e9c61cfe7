//! Places in the header, in words. Those not named are zero.

/// Words of the header, without those of convolutional layers, two each, which follow.
pub(crate) const HEADER_WORDS: usize = 64;

pub(crate) const VERSION: usize = 1;
pub(crate) const LENGTH: usize = 2;
pub(crate) const HEADER_CHECKSUM: usize = 3;
pub(crate) const DATA_CHECKSUM: usize = 4;
pub(crate) const SECTIONS: usize = 5;
pub(crate) const ARENA: usize = 6;
/// Bytes: encoder kind, decoder kind, norm order, activation.
pub(crate) const KINDS: usize = 7;
pub(crate) const D_MODEL: usize = 8;
pub(crate) const N_HEADS: usize = 9;
pub(crate) const D_HEAD: usize = 10;
pub(crate) const D_FF: usize = 11;
pub(crate) const ENCODER_LAYERS: usize = 12;
pub(crate) const DECODER_LAYERS: usize = 13;
pub(crate) const SOURCE_VOCABULARY: usize = 14;
pub(crate) const TARGET_VOCABULARY: usize = 15;
pub(crate) const MAX_SOURCE_LEN: usize = 16;
pub(crate) const MAX_TARGET_LEN: usize = 17;
pub(crate) const ALIGNMENT_LAYER: usize = 18;
/// Halves: source padding, source end.
pub(crate) const SOURCE_MARKS: usize = 19;
/// Halves: target padding, target start.
pub(crate) const TARGET_MARKS: usize = 20;
/// Halves: target end, flags (1 tied output, 2 lower case, 4 letters).
pub(crate) const TARGET_END: usize = 21;
/// Embeddings are multiplied by this multiplier (15 bits, stored 16 bits up) · 2^exponent.
pub(crate) const SCALE_MULTIPLIER: usize = 22;
pub(crate) const SCALE_EXPONENT: usize = 23;
pub(crate) const D_EMBEDDING: usize = 24;
/// Bytes: cell, directions, 0, 0.
pub(crate) const ENCODER_CELL: usize = 25;
pub(crate) const ENCODER_HIDDEN: usize = 26;
/// Bytes: cell, start, score, flags (1 tanh of the bridge, 2 asks after the step, 4 cell reads
/// the context; the output reads: 8 state, 16 context, 32 embedding; 64 no tanh behind the readout).
pub(crate) const DECODER_CELL: usize = 27;
pub(crate) const DECODER_HIDDEN: usize = 28;
pub(crate) const D_ATTENTION: usize = 29;
pub(crate) const D_READOUT: usize = 30;
/// Halves: exponent, multiplier of the energies of dot attention.
pub(crate) const ENERGY_SCALE: usize = 31;
/// Bytes: context gate, 0, 0, 0.
pub(crate) const CONTEXT_GATE: usize = 32;
/// Halves: width, height.
pub(crate) const PICTURE: usize = 33;
/// Bytes: channels, convolutional layers, 0, 0.
pub(crate) const PICTURE_LAYERS: usize = 34;
/// What a Transformer does otherwise than its paper: see variant.rs.
pub(crate) const VARIANT: usize = 35;
pub(crate) const RELATIVE_BUCKETS: usize = 36;
pub(crate) const FIRST_RESERVED: usize = 37;
/// From here on words have a meaning again. Bytes: how pieces of a target are joined, flags, 0, 0.
pub(crate) const TARGET_PIECES: usize = 62;
/// Bytes: method that splits words of a source, log₂ of its scores; half: longest word.
pub(crate) const SOURCE_PIECES: usize = 63;
