//! What `model.json` says of a convolutional encoder. docs/WEIGHTS.md explains each field.

use serde::Deserialize;

/// A picture and the layers that it goes through.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// What the first layer reads.
    pub picture: PictureConfig,
    /// In order; the map of the last one is the memory.
    pub layers: Vec<LayerConfig>,
}

/// The picture: a byte `p` of channel `c` is read as `(p/255 − mean_c) / deviation_c`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureConfig {
    /// Pixels of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// 3: red, green, blue; 1: grey.
    pub channels: usize,
    /// `[channels]`
    pub mean: Vec<f32>,
    /// `[channels]`
    pub deviation: Vec<f32>,
}

/// One layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerConfig {
    /// What it makes of a window.
    pub operation: Operation,
    /// Width and height of the window.
    pub kernel: usize,
    /// From one window to the next, both ways.
    pub stride: usize,
    /// What is around the map.
    pub padding: Padding,
}

/// What a layer makes of a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operation {
    /// Each filter reads all channels.
    Conv {
        /// Number of filters.
        channels: usize,
        /// What follows.
        behind: Behind,
    },
    /// A filter per channel, which reads that channel alone.
    Depthwise {
        /// What follows.
        behind: Behind,
    },
    /// The largest number of each channel; padding is never the largest.
    MaxPool,
    /// The mean of each channel.
    AveragePool {
        /// Of all numbers of the window, its zeros included, and not of those inside the map alone.
        count_include_pad: bool,
    },
}

/// What follows a filter: normalisation, then the addition, then the activation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Behind {
    /// ε of the batch normalisation, if there is one.
    pub norm: Option<f32>,
    /// The earlier layer whose map is added.
    pub add: Option<usize>,
    /// The last of the three.
    pub activation: Activation,
}

/// Behind a filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// The value itself.
    #[default]
    None,
    /// `max(0, x)`
    Relu,
    /// `min(max(0, x), 6)`
    Relu6,
}

/// What is around a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// So much that there are `⌈in / stride⌉` windows, the odd one at the bottom and at the right,
    /// as Keras has it.
    Same,
    /// As much on all four sides, as PyTorch has it; 0 is `"valid"`.
    Sides(usize),
}

impl Operation {
    /// What follows, if this is a filter.
    #[must_use]
    pub fn behind(&self) -> Option<&Behind> {
        match self {
            Self::Conv { behind, .. } | Self::Depthwise { behind } => Some(behind),
            Self::MaxPool | Self::AveragePool { .. } => None,
        }
    }
}

impl Activation {
    /// Of one number.
    #[must_use]
    pub fn apply(self, x: f32) -> f32 {
        match self {
            Self::None => x,
            Self::Relu => x.max(0.0),
            Self::Relu6 => x.clamp(0.0, 6.0),
        }
    }
}
