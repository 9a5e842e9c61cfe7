//! Recurrent models, and mixtures with a Transformer.

use super::transformer::{TRANSFORMER, dims};
use regard::format::{
    Cell, ContextGate, DecoderKind, Dims, Directions, EncoderKind, RecurrentDecoderDims,
    RecurrentEncoderDims, Score, Start, SubwordDims,
};

/// A recurrent side has no Transformer's sizes.
pub(super) const RECURRENT: Dims = Dims {
    d_model: 0,
    n_heads: 0,
    d_head: 0,
    d_ff: 0,
    alignment_layer: 0,
    embedding_multiplier: 0,
    embedding_exponent: 0,
    subwords: SubwordDims::NONE,
    d_embedding: 6,
    ..TRANSFORMER
};

pub fn encoder(cell: Cell, directions: Directions) -> RecurrentEncoderDims {
    RecurrentEncoderDims { cell, hidden: 5, directions }
}

/// One that looks additively, before its step.
pub fn decoder(cell: Cell) -> RecurrentDecoderDims {
    RecurrentDecoderDims {
        cell,
        hidden: 10,
        start: Start::Bridge,
        bridge_tanh: true,
        score: Score::Additive,
        d_attention: 7,
        asks_after: false,
        cell_reads_context: true,
        output_reads: [true, true, false],
        gate: ContextGate::None,
        d_readout: 9,
        readout_tanh: true,
        energy_multiplier: 0,
        energy_exponent: 0,
    }
}

fn recurrent(encoder: RecurrentEncoderDims, decoder: RecurrentDecoderDims) -> Dims {
    let (encoder, decoder) = (EncoderKind::Recurrent(encoder), DecoderKind::Recurrent(decoder));
    Dims { encoder, decoder, ..RECURRENT }
}

/// Every cell, direction, start and score at least once, and both mixtures with a Transformer.
pub fn recurrent_variants() -> Vec<Dims> {
    let mut all = Vec::new();
    for cell in [Cell::Rnn, Cell::GruAfter, Cell::GruBefore, Cell::Lstm] {
        for directions in [Directions::Forward, Directions::Concat, Directions::Sum] {
            let encoder = encoder(cell, directions);
            let width = encoder.width();
            all.push(recurrent(encoder, decoder(cell)));
            let last = RecurrentDecoderDims {
                hidden: width,
                start: Start::Last,
                score: Score::Dot,
                d_attention: 0,
                asks_after: true,
                output_reads: [true, true, true],
                d_readout: 0,
                energy_multiplier: 23_637,
                energy_exponent: -14,
                ..decoder(cell)
            };
            all.push(Dims { decoder_layers: 1, ..recurrent(encoder, last) });
            let cells = RecurrentDecoderDims { hidden: 5, start: Start::Cells, ..decoder(cell) };
            all.push(Dims { decoder_layers: directions.count(), ..recurrent(encoder, cells) });
        }
        let general = RecurrentDecoderDims {
            start: Start::Mean,
            bridge_tanh: false,
            score: Score::General,
            d_attention: 0,
            ..decoder(cell)
        };
        all.push(Dims { encoder_layers: 3, ..recurrent(encoder(cell, Directions::Sum), general) });
        let zero = RecurrentDecoderDims { start: Start::Zero, ..decoder(cell) };
        all.push(recurrent(encoder(cell, Directions::Concat), zero));
        let plain = RecurrentDecoderDims {
            bridge_tanh: false,
            score: Score::None,
            d_attention: 0,
            cell_reads_context: false,
            output_reads: [true, false, true],
            ..decoder(cell)
        };
        all.push(recurrent(encoder(cell, Directions::Forward), plain));
    }
    let encoder = EncoderKind::Recurrent(encoder(Cell::GruAfter, Directions::Concat));
    all.push(Dims { encoder, d_embedding: 6, ..dims() });
    let decoder = RecurrentDecoderDims { start: Start::Mean, ..decoder(Cell::Lstm) };
    let decoder = DecoderKind::Recurrent(decoder);
    all.push(Dims { decoder, d_embedding: 6, alignment_layer: 0, ..dims() });
    all
}

/// Does the decoder look at the memory at every step?
pub fn looks(dims: &Dims) -> bool {
    !matches!(dims.decoder, DecoderKind::Recurrent(decoder) if !decoder.looks())
}
