//! The header of a model file, from its description.

use crate::problem::Problem;
use crate::quantise;
use regard::Token;
use regard::format::{Activation, Dims, NormOrder};
use twin::{Description, NormPlace};

/// What the engine is told about a model.
pub(crate) fn of(d: &Description) -> Result<Dims, Problem> {
    let (embedding_multiplier, embedding_exponent) = quantise::factor(d.embedding_scale.into());
    Ok(Dims {
        norm: match d.norm {
            NormPlace::Pre => NormOrder::Pre,
            NormPlace::Post => NormOrder::Post,
        },
        activation: match d.activation {
            twin::Activation::Relu => Activation::Relu,
            twin::Activation::Gelu => Activation::Gelu,
        },
        d_model: d.d_model,
        n_heads: d.n_heads,
        d_head: d.d_head,
        d_ff: d.d_ff,
        encoder_layers: d.encoder_layers,
        decoder_layers: d.decoder_layers,
        source_vocabulary: d.source.words.len(),
        target_vocabulary: d.target.words.len(),
        max_source_len: d.max_source_len,
        max_target_len: d.max_target_len,
        alignment_layer: d.alignment_layer,
        source_pad: d.source.pad as Token,
        source_eos: d.source.eos.ok_or(Problem::NoSourceEnd)? as Token,
        target_pad: d.target.pad as Token,
        target_bos: d.target.bos as Token,
        target_eos: d.target.eos as Token,
        tied_output: d.tied_output,
        lowercase: d.lowercase,
        embedding_multiplier,
        embedding_exponent,
    })
}
