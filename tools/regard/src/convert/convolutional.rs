//! The dims, the sections and the self-test of convolutional encoders.

use super::section::{Entry, Part, linear, table};
use crate::quantise;
use regard::Token;
use regard::format::emit::Content;
use regard::format::{ConvActivation, ConvKind, ConvLayer, ConvolutionalDims, Role, Slot};
use twin::convolutional::{Activation, Config, EncoderWeights, LayerConfig, Operation, Size};

/// Largest multiplier and offset of pixels.
const MOST_MULTIPLIER: f64 = (1 << 20) as f64;
const MOST_OFFSET: f64 = (1 << 29) as f64;
/// Width and height of the picture that boards check themselves with.
const TEST_SIDE: u16 = 8;

/// What the engine is told about the encoder.
pub(super) fn dims(config: &Config) -> ConvolutionalDims {
    let inputs = config.sizes();
    let layers = config.layers.iter().zip(&inputs).enumerate();
    let layers: Vec<ConvLayer> = layers.map(|(i, (c, &input))| layer(i, c, input)).collect();
    let picture = &config.picture;
    ConvolutionalDims::new([picture.width, picture.height, picture.channels], &layers)
}

/// The layer at `index`, which reads a map of size `input`.
fn layer(index: usize, c: &LayerConfig, input: Size) -> ConvLayer {
    let behind = c.operation.behind().copied().unwrap_or_default();
    let margins = c.margins(input);
    let sides = [margins.top, margins.left, margins.bottom, margins.right];
    ConvLayer {
        kind: match c.operation {
            Operation::Conv { .. } => ConvKind::Conv,
            Operation::Depthwise { .. } => ConvKind::Depthwise,
            Operation::MaxPool => ConvKind::MaxPool,
            Operation::AveragePool { .. } => ConvKind::AveragePool,
        },
        activation: match behind.activation {
            Activation::None => ConvActivation::None,
            Activation::Relu => ConvActivation::Relu,
            Activation::Relu6 => ConvActivation::Relu6,
        },
        channels: c.output(input).channels,
        kernel: c.kernel,
        stride: c.stride,
        padding: sides.map(|zeros| zeros as u8),
        add: behind.add.map_or(0, |earlier| index - earlier),
        zeros_count: c.operation == Operation::AveragePool { count_include_pad: true }
            && sides != [0; 4],
    }
}

/// Of an encoder: its filters are numbered without the pools between them.
pub(super) fn of_encoder(slot: &Slot, encoder: &EncoderWeights) -> Part {
    match slot.role {
        Role::Picture => Part::Made(pixels(encoder)),
        _ => {
            let filter = encoder.layers.iter().filter_map(|layer| layer.filter()).nth(slot.layer);
            filter.map_or_else(|| table(Content::default()), linear)
        }
    }
}

/// `(p/255 − mean) / deviation = (p·m + o)·2^e`, m and o of each channel.
fn pixels(encoder: &EncoderWeights) -> Entry {
    let picture = &encoder.picture;
    let channels = picture.mean.iter().zip(&picture.deviation);
    let exact: Vec<(f64, f64)> = channels
        .map(|(&mean, &deviation)| {
            (1.0 / (255.0 * f64::from(deviation)), f64::from(mean / deviation))
        })
        .collect();
    let largest = |of: fn(&(f64, f64)) -> f64| exact.iter().map(of).fold(0.0, f64::max);
    let multiplier = quantise::exponent_for(largest(|(m, _)| *m), MOST_MULTIPLIER);
    let offset = quantise::exponent_for(largest(|(_, o)| o.abs()), MOST_OFFSET);
    let exponent = multiplier.max(offset).max(quantise::LEAST_EXPONENT);
    let unit = f64::from(exponent).exp2();
    let integer = |value: f64| (value / unit).round() as i32;
    let scales: Vec<(i32, i32)> = exact.iter().map(|&(m, o)| (integer(m), -integer(o))).collect();
    let error = |(&(m, o), &(im, io)): (&(f64, f64), &(i32, i32))| {
        let of_multiplier = 255.0 * (m - f64::from(im) * unit).abs();
        of_multiplier + (o + f64::from(io) * unit).abs()
    };
    let largest_error = exact.iter().zip(&scales).map(error).fold(0.0, f64::max);
    Entry::plain(Content::pixels(&scales, exponent), Some(largest_error))
}

/// The picture that boards check themselves with: 8 × 8 pixels of [`Random`], which the engine
/// stretches to its own size.
pub(super) struct TestPicture {
    pixels: Vec<[u8; 3]>,
}

/// Knuth's generator of random numbers (MMIX).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new() -> Self {
        Self(1)
    }

    /// A byte.
    pub(super) fn next(&mut self) -> u8 {
        let Self(state) = self;
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 56) as u8
    }
}

impl TestPicture {
    pub(super) fn new() -> Self {
        let mut random = Random::new();
        let mut next = || random.next();
        let side = usize::from(TEST_SIDE);
        Self { pixels: (0..side * side).map(|_| [next(), next(), next()]).collect() }
    }

    /// For the engine.
    pub(super) fn picture(&self) -> Result<twin::Picture, twin::Error> {
        let side = usize::from(TEST_SIDE);
        twin::Picture::new([side, side, 3], self.pixels.concat())
    }

    /// For the file.
    pub(super) fn content(&self, steps: &[(Token, u32)]) -> Content {
        Content::picture_self_test(TEST_SIDE, &self.pixels, steps)
    }
}
