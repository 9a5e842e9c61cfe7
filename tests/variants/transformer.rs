//! Transformers in every combination of choices.

use regard::format::{Activation, DecoderKind, Dims, EncoderKind, NormOrder, Variant};

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
    variant: Variant::PAPER,
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
    #[cfg(feature = "variants")]
    all.extend(later());
    all
}

/// Marian, BART, mBART, both T5s, and what none of them has.
#[cfg(feature = "variants")]
pub fn later() -> Vec<Dims> {
    use Activation::{Gelu, GeluTanh, Relu, Silu};
    use NormOrder::{Post, Pre};
    let bart = Variant { embedding_norm: true, ..Variant::PAPER };
    let t5 = Variant { rms: true, relative_buckets: 8, ..Variant::PAPER };
    let odd = Variant { swaps_last_norm: true, gated: true, ..bart };
    [
        (Post, Silu, Variant::PAPER),
        (Post, Gelu, bart),
        (Pre, Relu, bart),
        (Pre, Relu, t5),
        (Pre, GeluTanh, Variant { gated: true, ..t5 }),
        (Post, Silu, Variant { relative_buckets: 4, ..odd }),
        (Pre, Gelu, Variant { rms: true, ..odd }),
    ]
    .map(|(norm, activation, variant)| Dims { norm, activation, variant, ..dims() })
    .into()
}
