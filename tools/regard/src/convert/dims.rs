//! The header of a model file, from its description.

use super::{convolutional, subwords};
use crate::problem::Problem;
use crate::quantise;
use regard::Token;
use regard::format::{
    Activation, Cell, ContextGate, DecoderKind, Dims, Directions, EncoderKind, NormOrder,
    RecurrentDecoderDims, RecurrentEncoderDims, Score, Start, SubwordDims, Variant,
};
use std::f64::consts::LOG2_E;
use twin::recurrent::{
    self, DecoderConfig, EncoderConfig, EnergyFunction, EnergyKind, Function, GateKind, Merge,
    Part, Query, Reset, StartKind,
};
use twin::transformer::{self, Config, NormKind, NormPlace, Positions};
use twin::{DecoderKind as TwinDecoder, Description, EncoderKind as TwinEncoder};

/// What the engine is told about a model.
pub(crate) fn of(d: &Description) -> Result<Dims, Problem> {
    let source = d.source.as_ref();
    let source_eos = match source {
        Some(source) => source.eos.ok_or(Problem::NoSourceEnd)?,
        None => 0,
    };
    let mut dims = Dims {
        encoder: EncoderKind::Transformer,
        decoder: DecoderKind::Transformer,
        norm: NormOrder::Pre,
        activation: Activation::Relu,
        variant: Variant::PAPER,
        d_model: 0,
        n_heads: 0,
        d_head: 0,
        d_ff: 0,
        d_embedding: 0,
        encoder_layers: 0,
        decoder_layers: 0,
        source_vocabulary: source.map_or(0, |source| source.words.len()),
        target_vocabulary: d.target.words.len(),
        max_source_len: d.max_source_len,
        max_target_len: d.max_target_len,
        alignment_layer: 0,
        source_pad: source.map_or(0, |source| source.pad) as Token,
        source_eos: source_eos as Token,
        target_pad: d.target.pad as Token,
        target_bos: d.target.bos as Token,
        target_eos: d.target.eos as Token,
        tied_output: d.tied_output,
        lowercase: d.lowercase && source.is_some(),
        letters: source.is_some_and(|source| source.letters),
        embedding_multiplier: 0,
        embedding_exponent: 0,
        subwords: SubwordDims::NONE,
    };
    match &d.encoder {
        TwinEncoder::Transformer(config) => {
            dims.encoder_layers = config.layers;
            transformer(&mut dims, config);
        }
        TwinEncoder::Recurrent(config) => {
            dims.encoder_layers = config.layers;
            dims.d_embedding = config.d_embedding;
            dims.encoder = EncoderKind::Recurrent(encoder(config));
        }
        TwinEncoder::Convolutional(config) => {
            dims.encoder_layers = config.layers.len();
            dims.encoder = EncoderKind::Convolutional(convolutional::dims(config));
        }
    }
    match &d.decoder {
        TwinDecoder::Transformer { config, alignment_layer } => {
            dims.decoder_layers = config.layers;
            dims.alignment_layer = *alignment_layer;
            transformer(&mut dims, config);
        }
        TwinDecoder::Recurrent(config) => {
            dims.decoder_layers = config.layers;
            dims.d_embedding = config.d_embedding;
            let memory = d.encoder.memory_width();
            dims.decoder = DecoderKind::Recurrent(decoder(config, memory));
        }
    }
    subwords::describe(&mut dims, d)?;
    Ok(dims)
}

/// The sizes that both sides share if both are Transformers.
fn transformer(dims: &mut Dims, config: &Config) {
    dims.norm = match config.norm {
        NormPlace::Pre => NormOrder::Pre,
        NormPlace::Post => NormOrder::Post,
    };
    dims.activation = match config.activation {
        transformer::Activation::Relu => Activation::Relu,
        transformer::Activation::Gelu => Activation::Gelu,
        transformer::Activation::GeluTanh => Activation::GeluTanh,
        transformer::Activation::Silu => Activation::Silu,
    };
    dims.variant = Variant {
        rms: config.norm_kind == NormKind::Rms,
        gated: config.gated,
        swaps_last_norm: config.last_norm != (config.norm == NormPlace::Pre),
        embedding_norm: config.embedding_norm,
        relative_buckets: match config.positions {
            Positions::Relative(relative) => relative.buckets,
            _ => 0,
        },
    };
    (dims.d_model, dims.d_ff) = (config.d_model, config.d_ff);
    (dims.n_heads, dims.d_head) = (config.n_heads, config.d_head);
    (dims.embedding_multiplier, dims.embedding_exponent) =
        quantise::factor(config.embedding_scale.into());
}

fn cell(cell: recurrent::Cell) -> Cell {
    match cell {
        recurrent::Cell::Rnn => Cell::Rnn,
        recurrent::Cell::Gru(Reset::After) => Cell::GruAfter,
        recurrent::Cell::Gru(Reset::Before) => Cell::GruBefore,
        recurrent::Cell::Lstm => Cell::Lstm,
    }
}

fn encoder(config: &EncoderConfig) -> RecurrentEncoderDims {
    RecurrentEncoderDims {
        cell: cell(config.cell),
        hidden: config.hidden,
        directions: match config.directions {
            recurrent::Directions::Forward => Directions::Forward,
            recurrent::Directions::Both(Merge::Concat) => Directions::Concat,
            recurrent::Directions::Both(Merge::Sum) => Directions::Sum,
        },
    }
}

/// `memory`: width of its rows.
fn decoder(config: &DecoderConfig, memory: usize) -> RecurrentDecoderDims {
    let (score, d_attention, factor) = match config.attention.map(|attention| attention.energy) {
        None => (Score::None, 0, None),
        Some(EnergyKind::Additive { d_attention, function }) => {
            let score = match function {
                EnergyFunction::Tanh => Score::Additive,
                EnergyFunction::Relu => Score::AdditiveRelu,
            };
            (score, d_attention, None)
        }
        Some(EnergyKind::Dot) => (Score::Dot, 0, Some(LOG2_E)),
        Some(EnergyKind::Scaled) => (Score::Dot, 0, Some(LOG2_E / (memory as f64).sqrt())),
        Some(EnergyKind::General) => (Score::General, 0, None),
    };
    let (start, function) = match config.start {
        StartKind::Zero => (Start::Zero, Function::None),
        StartKind::Last => (Start::Last, Function::None),
        StartKind::Cells => (Start::Cells, Function::None),
        StartKind::Bridge(function) => (Start::Bridge, function),
        StartKind::Mean(function) => (Start::Mean, function),
    };
    let (energy_multiplier, energy_exponent) = factor.map_or((0, 0), quantise::factor);
    RecurrentDecoderDims {
        cell: cell(config.cell),
        hidden: config.hidden,
        start,
        bridge_tanh: function == Function::Tanh,
        score,
        d_attention,
        asks_after: config.attention.is_some_and(|attention| attention.query == Query::Current),
        cell_reads_context: config.cell_reads.contains(&Part::Context),
        output_reads: [Part::State, Part::Context, Part::Embedding]
            .map(|part| config.output_reads.contains(&part)),
        gate: match config.context_gate {
            None => ContextGate::None,
            Some(GateKind::Scalar) => ContextGate::Scalar,
            Some(GateKind::Vector) => ContextGate::Vector,
        },
        d_readout: config.readout.unwrap_or(0),
        readout_tanh: config.readout.is_none() || config.readout_function == Function::Tanh,
        energy_multiplier,
        energy_exponent,
    }
}
