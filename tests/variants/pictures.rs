//! Models that read pictures of 13 × 11 pixels.

use super::noise::Noise;
use super::recurrent::{RECURRENT, decoder};
use super::transformer::dims;
use regard::format::{
    Cell, ContextGate, ConvActivation, ConvKind, ConvLayer, ConvolutionalDims, DecoderKind, Dims,
    EncoderKind, RecurrentDecoderDims, Score, Start,
};

/// A layer with a window of 3 × 3.
pub const CONV: ConvLayer = ConvLayer {
    kind: ConvKind::Conv,
    activation: ConvActivation::Relu,
    channels: 5,
    kernel: 3,
    stride: 1,
    padding: [1; 4],
    add: 0,
    zeros_count: false,
};

/// A model that reads pictures of 13 × 11 pixels.
pub fn of_pictures(channels: usize, layers: &[ConvLayer], decoder: DecoderKind) -> Dims {
    let encoder = ConvolutionalDims::new([13, 11, channels], layers);
    let last = encoder.size(layers.len());
    let base = match decoder {
        DecoderKind::Transformer => dims(),
        DecoderKind::Recurrent(_) => RECURRENT,
    };
    Dims {
        encoder: EncoderKind::Convolutional(encoder),
        decoder,
        encoder_layers: layers.len(),
        decoder_layers: 1,
        alignment_layer: 0,
        source_vocabulary: 0,
        source_eos: 0,
        max_source_len: last.height * last.width,
        ..base
    }
}

/// Every kind of layer, padding, residual and gate at least once.
pub fn picture_variants() -> Vec<Dims> {
    let plain = RecurrentDecoderDims { start: Start::Mean, ..decoder(Cell::Lstm) };
    let scalar = RecurrentDecoderDims { gate: ContextGate::Scalar, readout_tanh: false, ..plain };
    let vector = RecurrentDecoderDims {
        gate: ContextGate::Vector,
        score: Score::AdditiveRelu,
        output_reads: [true, true, true],
        ..decoder(Cell::GruAfter)
    };
    let vector = RecurrentDecoderDims { start: Start::Zero, ..vector };
    let [plain, scalar, vector] = [plain, scalar, vector].map(DecoderKind::Recurrent);
    let same = ConvLayer { padding: [0, 0, 1, 1], stride: 2, ..CONV };
    let residual = ConvLayer { add: 2, ..CONV };
    let wide = ConvLayer { kernel: 5, padding: [2; 4], activation: ConvActivation::Relu6, ..CONV };
    let one = ConvLayer { kernel: 1, padding: [0; 4], activation: ConvActivation::None, ..CONV };
    let depthwise = ConvLayer { kind: ConvKind::Depthwise, ..CONV };
    let maximum =
        ConvLayer { kind: ConvKind::MaxPool, activation: ConvActivation::None, stride: 2, ..CONV };
    let mean = ConvLayer { kind: ConvKind::AveragePool, kernel: 2, padding: [0; 4], ..maximum };
    let edges = ConvLayer { channels: 1, kernel: 3, padding: [1; 4], ..mean };
    let whole = ConvLayer { kernel: 4, padding: [0, 2, 3, 1], zeros_count: true, ..mean };
    let long = ConvLayer { add: 3, ..one };
    let even = ConvLayer { channels: 8, ..wide };
    let own = ConvLayer { kernel: 2, padding: [0, 0, 1, 1], add: 1, ..CONV };
    let apart = ConvLayer { kernel: 1, stride: 3, padding: [0; 4], ..CONV };
    vec![
        of_pictures(3, &[CONV], plain),
        of_pictures(1, &[same, CONV, residual], scalar),
        of_pictures(3, &[wide, maximum, depthwise], vector),
        of_pictures(3, &[one, mean, depthwise, one], DecoderKind::Transformer),
        of_pictures(1, &[CONV, wide, depthwise, long, maximum], plain),
        of_pictures(3, &[apart, one], vector),
        of_pictures(3, &[even, CONV, own], plain),
        of_pictures(1, &[edges, CONV, whole, one], scalar),
        of_pictures(3, &[CONV, maximum, maximum, wide, maximum], plain), // A window above its map.
    ]
}

/// Pixels that are all different.
pub fn pixels(width: usize, height: usize) -> Vec<u8> {
    let mut noise = Noise::new(99);
    (0..width * height * 3).map(|_| noise.below(256) as u8).collect()
}
