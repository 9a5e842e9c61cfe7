//! One layer over one map.

use super::{Activation, LayerConfig, Operation, Size, Window, filter};
use crate::{Error, Linear, Weights};
use ndarray::{Array1, Array3, ArrayView3, Axis};

/// A layer with its weights.
#[derive(Clone, Debug)]
pub struct Layer {
    /// How it moves over its map.
    pub window: Window,
    /// What it makes of a window.
    pub kind: LayerKind,
    /// The earlier layer whose map is added.
    pub add: Option<usize>,
    /// Behind the addition.
    pub activation: Activation,
}

/// What a layer makes of a window.
#[derive(Clone, Debug)]
pub enum LayerKind {
    /// Filters that read all channels: `[out, k·k·in]` and bias, normalisation folded in.
    Conv(Linear),
    /// Filters that read one channel each: `[C, k·k]` and bias, normalisation folded in.
    Depthwise(Linear),
    /// The largest number of each channel.
    MaxPool,
    /// The mean of each channel.
    AveragePool {
        /// Of all numbers of the window, its zeros included, and not of those inside the map alone.
        count_include_pad: bool,
    },
}

impl Layer {
    /// `name`: of its tensors · `input`: the map that it reads.
    pub(super) fn new(
        weights: &mut Weights,
        name: &str,
        c: &LayerConfig,
        input: Size,
    ) -> Result<Self, Error> {
        let kind = match c.operation {
            Operation::Conv { .. } => LayerKind::Conv(filter::take(weights, name, c, input)?),
            Operation::Depthwise { .. } => {
                LayerKind::Depthwise(filter::take(weights, name, c, input)?)
            }
            Operation::MaxPool => LayerKind::MaxPool,
            Operation::AveragePool { count_include_pad } => {
                LayerKind::AveragePool { count_include_pad }
            }
        };
        let behind = c.operation.behind().copied().unwrap_or_default();
        let window = Window::new(c, input);
        Ok(Self { window, kind, add: behind.add, activation: behind.activation })
    }

    /// The filters, if it has any.
    #[must_use]
    pub fn filter(&self) -> Option<&Linear> {
        match &self.kind {
            LayerKind::Conv(filter) | LayerKind::Depthwise(filter) => Some(filter),
            LayerKind::MaxPool | LayerKind::AveragePool { .. } => None,
        }
    }

    /// Its map. `maps`: of all layers before, `[height, width, channels]` each; `input`: the last
    /// of them, or the picture.
    pub(super) fn apply(&self, input: &Array3<f32>, maps: &[Array3<f32>]) -> Array3<f32> {
        let mut map = match &self.kind {
            LayerKind::Conv(filter) => self.conv(filter, input),
            LayerKind::Depthwise(filter) => self.each(input, 0.0, |window| through(filter, window)),
            LayerKind::MaxPool => self.each(input, f32::NEG_INFINITY, largest),
            LayerKind::AveragePool { count_include_pad } => self.mean(input, *count_include_pad),
        };
        if let Some(other) = self.add {
            map += &maps[other];
        }
        map.mapv_inplace(|x| self.activation.apply(x));
        map
    }

    /// `W·window + b` of each place, a row of places at a time.
    fn conv(&self, filter: &Linear, input: &Array3<f32>) -> Array3<f32> {
        let padded = self.window.padded(input, 0.0);
        let mut map = self.empty();
        for (y, mut row) in map.outer_iter_mut().enumerate() {
            row.assign(&self.window.row(&padded, y).dot(&filter.weight.t()));
            if let Some(bias) = &filter.bias {
                row += bias;
            }
        }
        map
    }

    /// Zeros add nothing, and count if they are asked to.
    fn mean(&self, input: &Array3<f32>, count_include_pad: bool) -> Array3<f32> {
        let (height, width, _) = input.dim();
        let mut map = self.each(input, 0.0, |window| window.sum_axis(Axis(0)).sum_axis(Axis(0)));
        for (y, mut row) in map.outer_iter_mut().enumerate() {
            for (x, mut place) in row.outer_iter_mut().enumerate() {
                let count = if count_include_pad {
                    self.window.kernel * self.window.kernel
                } else {
                    self.window.inside([y, x], [height, width])
                };
                place /= count as f32;
            }
        }
        map
    }

    /// `f` of the window of each place: `[k, k, channels]` → `[channels]`. Margins are `fill`.
    fn each(
        &self,
        input: &Array3<f32>,
        fill: f32,
        f: impl Fn(ArrayView3<'_, f32>) -> Array1<f32>,
    ) -> Array3<f32> {
        let padded = self.window.padded(input, fill);
        let mut map = self.empty();
        for (y, mut row) in map.outer_iter_mut().enumerate() {
            for (x, mut place) in row.outer_iter_mut().enumerate() {
                place.assign(&f(self.window.at(&padded, [y, x])));
            }
        }
        map
    }

    fn empty(&self) -> Array3<f32> {
        let Size { height, width, channels } = self.window.output;
        Array3::zeros((height, width, channels))
    }
}

/// A filter per channel, each over its channel.
fn through(filter: &Linear, window: ArrayView3<'_, f32>) -> Array1<f32> {
    let channel = |(channel, weights): (usize, ndarray::ArrayView1<'_, f32>)| -> f32 {
        window.index_axis(Axis(2), channel).iter().zip(weights).map(|(x, weight)| x * weight).sum()
    };
    let sums: Array1<f32> = filter.weight.outer_iter().enumerate().map(channel).collect();
    match &filter.bias {
        Some(bias) => sums + bias,
        None => sums,
    }
}

fn largest(window: ArrayView3<'_, f32>) -> Array1<f32> {
    window
        .axis_iter(Axis(2))
        .map(|channel| channel.iter().copied().fold(f32::NEG_INFINITY, f32::max))
        .collect()
}
