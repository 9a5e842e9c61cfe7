//! Smoothing: a channel far larger than its neighbours takes bits from them all, be it of what a
//! matrix reads (they share one exponent) or of a row of weights (they share one scale).
//!
//! ```text
//! W·x = (W·diag(s)) · (diag(1/s)·x)
//! ```
//! So a factor a channel can move from what makes x into the weights that read it (SmoothQuant, arXiv
//! 2211.10438; between two layers: arXiv 1906.04721). Nothing is computed on the device for it:
//!
//! | 1/s becomes part of | s of |
//! |---|---|
//! | γ and β of a norm before a sublayer | query, key, value; up, gate |
//! | rows of value: attention is linear in them | output |
//! | rows of up, where a gate or ReLU follows: max(0, x/s) = max(0, x)/s | down |
//!
//! With a the size of a channel of x and c of a column of W, s = a^α·c^(α−1); no sample data says a,
//! the weights do: a norm's input has mean 0 and variance 1. Of some α and of s = 1 a place takes the
//! one at which the noise of weights and mantissas together is least.

use crate::quantise::{self, Form};
use ndarray::{Array1, Axis};
use twin::transformer::{
    Activation, Attention, DecoderWeights, EncoderWeights, FeedForward, Norm, NormPlace,
};
use twin::{Linear, Model};

/// The exponents α that are tried; α = 0 makes all columns alike, α = 1 all channels of x.
const ALPHAS: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
/// Most that s of a channel differs from the others' mean, either way.
const MOST: f64 = 64.0;
/// Sizes below this share of the largest count as much as this.
const LEAST_SHARE: f64 = 1e-3;
/// How far the largest of many normal numbers lies out, in deviations.
const FAR_OUT: f64 = 4.0;

/// Places that could be smoothed, and those that are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Smoothed {
    done: usize,
    all: usize,
}

impl Smoothed {
    /// Is anything smoothed?
    pub(super) fn any(self) -> bool {
        self.done > 0
    }
}

impl std::fmt::Display for Smoothed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.all {
            0 => f.write_str("\nnothing to smooth: only a Transformer has places for it"),
            all => write!(f, "\nsmoothed {} of {all} places", self.done),
        }
    }
}

/// Moves factors so that `form` makes less noise. What the model computes in float stays the same,
/// up to its rounding.
pub(super) fn smooth(model: &mut Model, form: Form) -> Smoothed {
    let mut places = Places { form, smoothed: Smoothed::default() };
    if let twin::EncoderWeights::Transformer(encoder) = &mut model.encoder {
        places.encoder(encoder);
    }
    if let twin::DecoderWeights::Transformer(decoder) = &mut model.decoder {
        places.decoder(decoder);
    }
    places.smoothed
}

/// What makes the channels of x.
enum Maker<'m> {
    Norm(&'m mut Norm),
    /// A row a channel.
    Rows(&'m mut Linear),
}

struct Places {
    form: Form,
    smoothed: Smoothed,
}

impl Places {
    fn encoder(&mut self, encoder: &mut EncoderWeights) {
        for layer in &mut encoder.layers {
            let (attention, feed) = (&mut layer.self_attention, &mut layer.feed_forward);
            if encoder.place == NormPlace::Pre {
                self.readers_of_self(&mut layer.self_attention_norm, attention);
            }
            self.values(attention);
            self.feed_forward((encoder.place, &mut layer.feed_forward_norm), feed);
        }
    }

    fn decoder(&mut self, decoder: &mut DecoderWeights) {
        for layer in &mut decoder.layers {
            let (own, cross) = (&mut layer.self_attention, &mut layer.cross_attention);
            if decoder.place == NormPlace::Pre {
                self.readers_of_self(&mut layer.self_attention_norm, own);
                let norm = &mut layer.cross_attention_norm;
                self.place(&sizes(norm), Maker::Norm(norm), &mut [&mut cross.query]);
            }
            self.values(own);
            self.values(cross);
            let norm = (decoder.place, &mut layer.feed_forward_norm);
            self.feed_forward(norm, &mut layer.feed_forward);
        }
    }

    fn readers_of_self(&mut self, norm: &mut Norm, attention: &mut Attention) {
        let Attention { query, key, value, .. } = attention;
        self.place(&sizes(norm), Maker::Norm(norm), &mut [query, key, value]);
    }

    fn values(&mut self, attention: &mut Attention) {
        let Attention { value, output, .. } = attention;
        self.place(&sizes_of_rows(value), Maker::Rows(value), &mut [output]);
    }

    fn feed_forward(&mut self, (place, norm): (NormPlace, &mut Norm), feed: &mut FeedForward) {
        let FeedForward { gate, up, down, activation } = feed;
        if place == NormPlace::Pre {
            let mut readers: Vec<&mut Linear> = gate.iter_mut().chain([&mut *up]).collect();
            self.place(&sizes(norm), Maker::Norm(norm), &mut readers);
        }
        let gates = gate.as_ref().map(sizes_of_rows);
        if gates.is_some() || *activation == Activation::Relu {
            let sizes = gates.map_or_else(|| sizes_of_rows(up), |gates| gates * sizes_of_rows(up));
            self.place(&sizes, Maker::Rows(up), &mut [down]);
        }
    }

    /// `sizes`: of the channels, `[n]` · `readers`: each of `n` columns.
    fn place(&mut self, sizes: &Array1<f64>, maker: Maker<'_>, readers: &mut [&mut Linear]) {
        self.smoothed.all += 1;
        let sizes = floored(sizes.clone());
        let mut columns = Array1::<f64>::zeros(sizes.len());
        for reader in &*readers {
            for (column, weights) in columns.iter_mut().zip(reader.weight.axis_iter(Axis(1))) {
                *column = weights.iter().fold(*column, |most, w| most.max(f64::from(w.abs())));
            }
        }
        let columns = floored(columns);
        let factors = ALPHAS.iter().map(|&alpha| factors(&sizes, &columns, alpha));
        let none = Array1::ones(sizes.len());
        let tried = factors.map(|s| (self.noise(&sizes, readers, &s), s));
        let best = tried.min_by(|(a, _), (b, _)| a.total_cmp(b));
        let Some((noise, s)) = best else { return };
        if noise < self.noise(&sizes, readers, &none) {
            self.smoothed.done += 1;
            maker.divide(&s);
            for reader in readers {
                reader.weight *= &s.mapv(|s| s as f32);
            }
        }
    }

    /// Squared errors of what all readers say, with x / s and W · s: those of weights, and those of
    /// the mantissas of x.
    fn noise(&self, sizes: &Array1<f64>, readers: &[&mut Linear], s: &Array1<f64>) -> f64 {
        let x = sizes / s;
        let largest = x.iter().fold(0.0, |a: f64, &b| a.max(b)) * FAR_OUT;
        let squares = x.mapv(|x| x * x);
        let of_reader = |reader: &&mut Linear| {
            let weight = &reader.weight * &s.mapv(|s| s as f32);
            let q = quantise::matrix(&weight, None, 1.0, self.form);
            let weight = weight.mapv(f64::from);
            let step = f64::from(quantise::exponent_for(largest, 1.0) - q.bits as i32 + 1).exp2();
            let of_mantissas = step * step / 12.0 * weight.iter().map(|w| w * w).sum::<f64>();
            let errors = (weight - q.floats()).mapv(|error| error * error);
            errors.dot(&squares).sum() + of_mantissas
        };
        readers.iter().map(of_reader).sum()
    }
}

impl Maker<'_> {
    fn divide(self, s: &Array1<f64>) {
        let s = s.mapv(|s| s as f32);
        let bias = match self {
            Self::Norm(norm) => {
                norm.weight /= &s;
                &mut norm.bias
            }
            Self::Rows(linear) => {
                linear.weight /= &s.view().insert_axis(Axis(1));
                &mut linear.bias
            }
        };
        if let Some(bias) = bias {
            *bias /= &s;
        }
    }
}

/// s = a^α·c^(α−1), around 1.
fn factors(sizes: &Array1<f64>, columns: &Array1<f64>, alpha: f64) -> Array1<f64> {
    let logs = sizes.mapv(f64::ln) * alpha + columns.mapv(f64::ln) * (alpha - 1.0);
    let mean = logs.mean().unwrap_or(0.0);
    logs.mapv(|log| (log - mean).exp().clamp(1.0 / MOST, MOST))
}

/// What a norm makes, √(γ² + β²): `[n]`
fn sizes(norm: &Norm) -> Array1<f64> {
    let gamma = norm.weight.mapv(f64::from);
    let beta = norm.bias.as_ref().map_or_else(|| gamma.mapv(|_| 0.0), |b| b.mapv(f64::from));
    (&gamma * &gamma + &beta * &beta).mapv(f64::sqrt)
}

/// What a matrix makes of channels of size 1, the root of the sum of a row's squares: `[rows]`
fn sizes_of_rows(linear: &Linear) -> Array1<f64> {
    let square = |row: ndarray::ArrayView1<'_, f32>| f64::from(row.dot(&row));
    let weights = linear.weight.outer_iter().map(square).collect::<Array1<f64>>();
    let biases = linear
        .bias
        .as_ref()
        .map_or_else(|| weights.mapv(|_| 0.0), |bias| bias.mapv(|b| f64::from(b) * f64::from(b)));
    (weights + biases).mapv(f64::sqrt)
}

/// None below a share of the largest, all above 0.
fn floored(sizes: Array1<f64>) -> Array1<f64> {
    let largest = sizes.iter().fold(f64::MIN_POSITIVE, |a, &b| a.max(b));
    sizes.mapv(|size| size.max(largest * LEAST_SHARE))
}

#[cfg(test)]
mod tests;
