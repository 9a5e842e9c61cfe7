//! What the engine takes, said of the description before any weight is read.
//!
//! The twin runs larger models than the engine; what it refuses itself is not looked at again.

use crate::problem::Problem;
use regard::format::limits::{
    MAX_BUCKETS, MAX_HEAD_WIDTH, MAX_HEADS, MAX_INNER_WIDTH, MAX_LAYERS, MAX_LEN, MAX_WIDTH,
};
use twin::recurrent::{DecoderConfig, Directions, EncoderConfig, EnergyKind};
use twin::transformer::{Config, Positions};
use twin::{DecoderKind, Description, EncoderKind};

/// A field by its path, its number, and the most that it may be.
type Size = (&'static str, usize, usize);

/// Refuses the first field that is larger than the engine's limit.
pub(super) fn check(d: &Description) -> Result<(), Problem> {
    let mut sizes = match &d.encoder {
        EncoderKind::Transformer(config) => transformer("encoder_layers", config),
        EncoderKind::Recurrent(config) => encoder(config),
        EncoderKind::Convolutional(_) => Vec::new(),
    };
    sizes.extend(match &d.decoder {
        DecoderKind::Transformer { config, .. } => transformer("decoder_layers", config),
        DecoderKind::Recurrent(config) => decoder(config),
    });
    sizes.extend([
        ("max_source_len", d.max_source_len, MAX_LEN),
        ("max_target_len", d.max_target_len, MAX_LEN),
    ]);
    match sizes.into_iter().find(|(_, have, most)| have > most) {
        Some((field, have, most)) => Err(Problem::Limit { field, have, most }),
        None => Ok(()),
    }
}

fn transformer(layers: &'static str, config: &Config) -> Vec<Size> {
    let buckets = match config.positions {
        Positions::Relative(relative) => relative.buckets,
        _ => 0,
    };
    vec![
        ("d_model", config.d_model, MAX_WIDTH),
        ("n_heads", config.n_heads, MAX_HEADS),
        ("d_head", config.d_head, MAX_HEAD_WIDTH),
        ("n_heads · d_head", config.d_attention(), MAX_INNER_WIDTH),
        ("d_ff", config.d_ff, MAX_INNER_WIDTH),
        (layers, config.layers, MAX_LAYERS),
        ("relative_buckets", buckets, MAX_BUCKETS),
    ]
}

fn encoder(config: &EncoderConfig) -> Vec<Size> {
    let most = match config.directions {
        Directions::Forward => MAX_LAYERS,
        // A cell each way.
        Directions::Both(_) => MAX_LAYERS / 2,
    };
    vec![
        ("d_embedding", config.d_embedding, MAX_WIDTH),
        ("encoder.hidden", config.hidden, MAX_WIDTH),
        ("encoder.layers", config.layers, most),
    ]
}

fn decoder(config: &DecoderConfig) -> Vec<Size> {
    let d_attention = match config.attention.map(|attention| attention.energy) {
        Some(EnergyKind::Additive { d_attention, .. }) => d_attention,
        _ => 0,
    };
    vec![
        ("d_embedding", config.d_embedding, MAX_WIDTH),
        ("decoder.hidden", config.hidden, MAX_WIDTH),
        ("decoder.layers", config.layers, MAX_LAYERS),
        ("decoder.attention.d_attention", d_attention, MAX_WIDTH),
        ("decoder.readout", config.readout.unwrap_or(0), MAX_WIDTH),
    ]
}
