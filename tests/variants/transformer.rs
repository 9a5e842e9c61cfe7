//! Transformers in every combination of choices.

use regard::format::{Activation, DecoderKind, Dims, EncoderKind, NormOrder, SubwordDims};

pub fn dims() -> Dims {
    TRANSFORMER
}

pub(super) const TRANSFORMER: Dims = Dims {
    encoder: EncoderKind::Transformer,
    decoder: DecoderKind::Transformer,
    d_embedding: 0,
    letters: false,
    norm: NormOrder::Pre,
    activation: Activation::Relu,
    d_model: 12,
    n_heads: 2,
    d_head: 5,
    d_ff: 17,
    encoder_layers: 1,
    decoder_layers: 2,
    source_vocabulary: 9,
    target_vocabulary: 11,
    max_source_len: 7,
    max_target_len: 8,
    alignment_layer: 1,
    source_pad: 0,
    source_eos: 2,
    target_pad: 0,
    target_bos: 1,
    target_eos: 2,
    tied_output: false,
    lowercase: true,
    embedding_multiplier: 28_378,
    embedding_exponent: -13,
    subwords: SubwordDims::NONE,
};

/// The same in every combination of choices.
pub fn variants() -> Vec<Dims> {
    let mut all = Vec::new();
    for norm in [NormOrder::Pre, NormOrder::Post] {
        for activation in [Activation::Relu, Activation::Gelu] {
            for tied_output in [false, true] {
                all.push(Dims { norm, activation, tied_output, ..dims() });
            }
        }
    }
    all
}
