//! Small random models, made in memory.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use regard::format::emit::{Content, Matrix, Norm, emit};
use regard::format::{
    Activation, Cell, ContextGate, ConvActivation, ConvKind, ConvLayer, ConvolutionalDims,
    DecoderKind, Dims, Directions, EncoderKind, Layout, NormOrder, RecurrentDecoderDims,
    RecurrentEncoderDims, Role, Score, Slot, Start,
};
use regard::{Model, Picture, SelfTest, Seq2Seq, Token, Words};

/// Repeatable noise (Marsaglia's xorshift, 2003).
pub struct Noise(u64);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }

    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }
}

pub fn dims() -> Dims {
    TRANSFORMER
}

const TRANSFORMER: Dims = Dims {
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

/// A recurrent side has no Transformer's sizes.
const RECURRENT: Dims = Dims {
    d_model: 0,
    n_heads: 0,
    d_head: 0,
    d_ff: 0,
    alignment_layer: 0,
    embedding_multiplier: 0,
    embedding_exponent: 0,
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

/// Transformers, recurrent models and mixtures.
pub fn every_variant() -> Vec<Dims> {
    [variants(), recurrent_variants()].concat()
}

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

/// Turns 0 … 255 into −16 … 16.
fn scales(slot: &Slot) -> Content {
    Content::pixels(&vec![(2, -255); slot.rows], -4)
}

fn matrix(slot: &Slot, noise: &mut Noise) -> Content {
    let weights: Vec<i8> =
        (0..slot.rows * slot.columns).map(|_| noise.between(-127, 127) as i8).collect();
    let biases: Vec<i32> =
        (0..slot.rows).map(|_| noise.between(-1 << 20, 1 << 20) as i32).collect();
    let multipliers: Vec<i16> =
        (0..slot.rows).map(|_| noise.between(16_384, 32_767) as i16).collect();
    Content::matrix(&Matrix {
        weights: &weights,
        columns: slot.columns,
        multipliers: &multipliers,
        scale_exponent: -23,
        biases: &biases,
        bias_exponent: -22,
        // 127 · 130 columns · 2⁹ < 2²³
        bits: if slot.columns > 32 { 10 } else { 12 },
    })
}

fn norm(slot: &Slot, noise: &mut Noise) -> Content {
    let gammas: Vec<i16> = (0..slot.rows).map(|_| noise.between(8000, 32_767) as i16).collect();
    let betas: Vec<i32> = (0..slot.rows).map(|_| noise.between(-1 << 20, 1 << 20) as i32).collect();
    Content::norm(&Norm {
        epsilon: (50_332, -32),
        gammas: &gammas,
        gamma_exponent: -13,
        betas: &betas,
        beta_exponent: -22,
    })
}

pub fn contents(dims: &Dims, noise: &mut Noise) -> Vec<Content> {
    let names = |n: usize| (0..n).map(|i| format!("w{i}")).collect::<Vec<_>>();
    (0..)
        .map_while(|index| dims.slot(index))
        .map(|slot| match (slot.layout(), slot.role) {
            (Layout::Rows, _) => matrix(&slot, noise),
            (Layout::Norm, _) => norm(&slot, noise),
            (_, Role::SelfTest) => Content::self_test(&[], &[]),
            (_, Role::Picture) => scales(&slot),
            _ => Content::words(&names(slot.rows)),
        })
        .collect()
}

/// The words of a model file.
pub fn file(dims: &Dims, seed: u64) -> Vec<u32> {
    emit(dims, &contents(dims, &mut Noise::new(seed))).expect("a model as the dims ask")
}

/// An arena of exactly the size of the model, filled with `dirt`.
pub fn arena(model: &Model<'_>, dirt: u32) -> Vec<u32> {
    vec![dirt; model.arena_bytes() / 4]
}

/// All that a step computes.
pub type Trace = Vec<(Token, Vec<i32>, i32, Vec<u16>)>;

/// Translates `source`; along `reference` if there is one.
pub fn trace(model: &Model<'_>, source: &[Token], dirt: u32, reference: &[Token]) -> Trace {
    let mut arena = arena(model, dirt);
    let mut transformer =
        Seq2Seq::<regard::family::Any>::new(model, bytemuck::cast_slice_mut(&mut arena))
            .expect("an arena that fits");
    along(transformer.translate_tokens(source).expect("a source that fits"), reference)
}

/// The same of a picture of 13 × 11 pixels, any way.
pub fn trace_picture(model: &Model<'_>, pixels: &[u8], dirt: u32) -> Trace {
    let mut arena = arena(model, dirt);
    let mut captioner =
        Seq2Seq::<regard::family::Any>::new(model, bytemuck::cast_slice_mut(&mut arena))
            .expect("an arena that fits");
    let picture = Picture::rgb888(13, 11, pixels).expect("as many bytes as it takes");
    along(captioner.describe(&picture).expect("a picture"), &[])
}

fn along(mut words: Words<'_>, reference: &[Token]) -> Trace {
    let mut trace = Trace::new();
    while let Some(step) = words.step() {
        let logits = words.logits();
        let row = step.alignment.to_vec();
        trace.push((step.token, logits.mantissas.to_vec(), logits.exponent, row));
        if let Some(&token) = reference.get(trace.len() - 1) {
            words.force(token).expect("in the vocabulary");
        }
    }
    trace
}

/// The same, as tokens and digests.
pub fn digests(trace: &Trace) -> Vec<(Token, u32)> {
    let digest = |logits: &[i32], exponent, row: &[u16]| {
        SelfTest::digest(regard::search::Logits { mantissas: logits, exponent }, row)
    };
    trace.iter().map(|(token, logits, e, row)| (*token, digest(logits, *e, row))).collect()
}
