//! What a model is, in the words of its description (docs/WEIGHTS.md).

use regard::format::{
    Activation, Cell, ContextGate, ConvolutionalDims, DecoderKind, Dims, Directions, EncoderKind,
    NormOrder, RecurrentDecoderDims, RecurrentEncoderDims, Score, Start,
};
use serde_json::{Value, json};

/// A name and what it stands for.
pub(crate) type Field = (&'static str, Value);

/// Everything that the header says: both sides, then what they share.
pub(crate) fn fields(d: &Dims) -> Vec<Field> {
    let mut fields = match &d.encoder {
        EncoderKind::Transformer => vec![("encoder", json!("transformer"))],
        EncoderKind::Recurrent(encoder) => recurrent_encoder(encoder),
        EncoderKind::Convolutional(encoder) => convolutional(encoder),
    };
    fields.extend([
        ("encoder_layers", json!(d.encoder_layers)),
        ("memory_width", json!(d.memory_width())),
    ]);
    match &d.decoder {
        DecoderKind::Transformer => fields.extend([
            ("decoder", json!("transformer")),
            ("decoder_layers", json!(d.decoder_layers)),
            ("alignment_layer", json!(d.alignment_layer)),
        ]),
        DecoderKind::Recurrent(decoder) => {
            fields.extend(recurrent_decoder(decoder));
            fields.push(("decoder_layers", json!(d.decoder_layers)));
        }
    }
    if d.d_model > 0 {
        fields.extend([
            ("norm", json!(format!("{:?}", d.norm).to_lowercase())),
            ("activation", json!(activation(d.activation))),
            ("d_model", json!(d.d_model)),
            ("n_heads", json!(d.n_heads)),
            ("d_head", json!(d.d_head)),
            ("d_ff", json!(d.d_ff)),
        ]);
    }
    fields.extend(variant(d));
    if d.d_embedding > 0 {
        fields.push(("d_embedding", json!(d.d_embedding)));
    }
    if d.reads_words() {
        fields.extend([
            ("source_vocabulary", json!(d.source_vocabulary)),
            ("lowercase", json!(d.lowercase)),
            ("letters", json!(d.letters)),
        ]);
    }
    if let Some(source) = &d.subwords.source {
        fields.extend([
            ("pieces", json!(format!("{:?}", source.method).to_lowercase())),
            ("longest_word", json!(source.longest_word)),
        ]);
    }
    if let Some(target) = &d.subwords.target {
        fields.push(("join", json!(format!("{:?}", target.join).to_lowercase())));
    }
    fields.extend([
        ("max_source_len", json!(d.max_source_len)),
        ("target_vocabulary", json!(d.target_vocabulary)),
        ("max_target_len", json!(d.max_target_len)),
        ("tied_output", json!(d.tied_output)),
    ]);
    fields
}

fn activation(activation: Activation) -> &'static str {
    match activation {
        Activation::Relu => "relu",
        Activation::Gelu => "gelu",
        Activation::GeluTanh => "gelu_tanh",
        Activation::Silu => "silu",
    }
}

/// What a Transformer does otherwise than its paper, and nothing else.
fn variant(d: &Dims) -> Vec<Field> {
    let v = d.variant;
    let last = (d.norm == NormOrder::Pre) != v.swaps_last_norm;
    let mut fields = Vec::new();
    if v.rms {
        fields.push(("norm_kind", json!("rms")));
    }
    if v.swaps_last_norm {
        fields.push(("last_norm", json!(last)));
    }
    if v.embedding_norm {
        fields.push(("embedding_norm", json!(true)));
    }
    if v.gated {
        fields.push(("gated", json!(true)));
    }
    if v.relative_buckets > 0 {
        let buckets = ("relative_buckets", json!(v.relative_buckets));
        fields.extend([("positions", json!("relative")), buckets]);
    }
    fields
}

fn recurrent_encoder(encoder: &RecurrentEncoderDims) -> Vec<Field> {
    let directions = match encoder.directions {
        Directions::Forward => "forward",
        Directions::Concat => "both, side by side",
        Directions::Sum => "both, added",
    };
    vec![
        ("encoder", json!("recurrent")),
        ("encoder_cell", json!(cell(encoder.cell))),
        ("encoder_hidden", json!(encoder.hidden)),
        ("directions", json!(directions)),
    ]
}

fn convolutional(encoder: &ConvolutionalDims) -> Vec<Field> {
    let (width, height, channels) = (encoder.width, encoder.height, encoder.channels);
    let map = encoder.size(encoder.count());
    vec![
        ("encoder", json!("convolutional")),
        ("picture", json!(format!("{width} × {height} × {channels}"))),
        ("places", json!(format!("{} × {}", map.width, map.height))),
    ]
}

fn recurrent_decoder(decoder: &RecurrentDecoderDims) -> Vec<Field> {
    let start = match decoder.start {
        Start::Zero => "zero",
        Start::Last => "last",
        Start::Bridge => "bridge",
        Start::Mean => "mean",
        Start::Cells => "cells",
    };
    let attention = match decoder.score {
        Score::None => "none",
        Score::Additive => "additive, tanh",
        Score::AdditiveRelu => "additive, relu",
        // Scaled attention is dot attention times a constant.
        Score::Dot => "dot or scaled",
        Score::General => "general",
    };
    let mut fields = vec![
        ("decoder", json!("recurrent")),
        ("decoder_cell", json!(cell(decoder.cell))),
        ("decoder_hidden", json!(decoder.hidden)),
        ("start", json!(start)),
        ("attention", json!(attention)),
    ];
    if decoder.looks() {
        let gate = match decoder.gate {
            ContextGate::None => "none",
            ContextGate::Scalar => "scalar",
            ContextGate::Vector => "vector",
        };
        let query = if decoder.asks_after { "current" } else { "previous" };
        fields.extend([("query", json!(query)), ("context_gate", json!(gate))]);
    }
    if decoder.d_attention > 0 {
        fields.push(("d_attention", json!(decoder.d_attention)));
    }
    let names = ["state", "context", "embedding"];
    let reads = names.into_iter().zip(decoder.output_reads);
    let reads: Vec<&str> = reads.filter(|(_, read)| *read).map(|(name, _)| name).collect();
    let cell_reads = if decoder.cell_reads_context { "embedding, context" } else { "embedding" };
    fields.extend([("cell_reads", json!(cell_reads)), ("output_reads", json!(reads.join(", ")))]);
    if decoder.d_readout > 0 {
        fields.push(("readout", json!(decoder.d_readout)));
    }
    fields
}

fn cell(cell: Cell) -> &'static str {
    match cell {
        Cell::Rnn => "rnn",
        Cell::GruAfter => "gru, reset after",
        Cell::GruBefore => "gru, reset before",
        Cell::Lstm => "lstm",
    }
}
