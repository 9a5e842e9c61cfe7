//! A layer of a convolutional encoder, as two words of the header.
//!
//! ```text
//! word 0   kind 2 · activation 2 · kernel 4 · stride 4 · add 5 · channels 12 · zeros count 1 bit,
//!          lowest first
//! word 1   zeros on top, at the left, at the bottom, at the right: a byte each
//! ```

use super::limits::range;
use super::tri;
use crate::Error;

/// What a layer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum ConvKind {
    /// A filter per channel of the output, over all channels of the input.
    Conv = 0,
    /// A filter per channel, over that channel alone.
    Depthwise = 1,
    /// The largest number of each window.
    MaxPool = 2,
    /// The mean of each window.
    AveragePool = 3,
}

/// The function behind a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum ConvActivation {
    /// None.
    None = 0,
    /// max(0, x).
    Relu = 1,
    /// min(max(0, x), 6).
    Relu6 = 2,
}

/// A layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ConvLayer {
    /// What it does.
    pub kind: ConvKind,
    /// The function behind it.
    pub activation: ConvActivation,
    /// Channels of its output.
    pub channels: usize,
    /// Width and height of its window, 1 … 15.
    pub kernel: usize,
    /// Step of its window, 1 … 7.
    pub stride: usize,
    /// Zeros on top, at the left, at the bottom, at the right, each less than `kernel`.
    pub padding: [u8; 4],
    /// The output of the layer so many before it is added before the activation; 0: none.
    pub add: usize,
    /// Of an average pool: the mean is of the whole window, its zeros included, and not of the
    /// numbers inside the map alone.
    pub zeros_count: bool,
}

/// Height, width and channels of what lies between two layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct MapSize {
    /// Rows.
    pub height: usize,
    /// Places in a row.
    pub width: usize,
    /// Numbers of a place.
    pub channels: usize,
}

/// The bit of the first word that says that zeros count.
const ZEROS_COUNT: u32 = 29;

impl ConvLayer {
    pub(super) const NONE: [u32; 2] = [0, 0];

    pub(super) const fn from_words([head, padding]: [u32; 2]) -> Self {
        Self {
            kind: match head & 3 {
                0 => ConvKind::Conv,
                1 => ConvKind::Depthwise,
                2 => ConvKind::MaxPool,
                _ => ConvKind::AveragePool,
            },
            activation: match head >> 2 & 3 {
                0 => ConvActivation::None,
                1 => ConvActivation::Relu,
                _ => ConvActivation::Relu6,
            },
            kernel: (head >> 4 & 15) as usize,
            stride: (head >> 8 & 15) as usize,
            add: (head >> 12 & 31) as usize,
            channels: (head >> 17 & 0xFFF) as usize,
            padding: padding.to_le_bytes(),
            zeros_count: head >> ZEROS_COUNT & 1 == 1,
        }
    }

    pub(super) const fn to_words(self) -> [u32; 2] {
        let head = self.kind as u32
            | (self.activation as u32) << 2
            | (self.kernel as u32 & 15) << 4
            | (self.stride as u32 & 15) << 8
            | (self.add as u32 & 31) << 12
            | (self.channels as u32 & 0xFFF) << 17
            | (self.zeros_count as u32) << ZEROS_COUNT;
        [head, u32::from_le_bytes(self.padding)]
    }

    /// Has it weights?
    #[must_use]
    pub const fn has_filter(&self) -> bool {
        matches!(self.kind, ConvKind::Conv | ConvKind::Depthwise)
    }

    /// Numbers that must be gathered before a filter can read them.
    pub(crate) const fn copied(&self, channels: usize) -> usize {
        if !self.has_filter() {
            return 0;
        }
        // Of two places at once.
        self.kernel.wrapping_mul(self.kernel).wrapping_mul(channels).wrapping_mul(2)
    }

    /// Zeros above, at the left, below, at the right.
    pub(crate) const fn zeros(&self) -> [usize; 4] {
        let [top, left, bottom, right] = self.padding;
        [top as usize, left as usize, bottom as usize, right as usize]
    }

    /// Numbers in a window over `channels`.
    #[must_use]
    pub const fn window(&self, channels: usize) -> usize {
        let places = self.kernel.wrapping_mul(self.kernel);
        if matches!(self.kind, ConvKind::Conv) { places.wrapping_mul(channels) } else { places }
    }

    /// The size of its output, if its window fits.
    pub(crate) const fn output(&self, input: MapSize) -> MapSize {
        let [top, left, bottom, right] = self.zeros();
        MapSize {
            height: steps(
                input.height.wrapping_add(top).wrapping_add(bottom),
                self.kernel,
                self.stride,
            ),
            width: steps(
                input.width.wrapping_add(left).wrapping_add(right),
                self.kernel,
                self.stride,
            ),
            channels: self.channels,
        }
    }

    pub(super) const fn check(&self, index: usize, input: MapSize) -> Result<(), Error> {
        tri!(range(self.kernel as u32, 1, 15, "convolution's kernel"));
        tri!(range(self.stride as u32, 1, 7, "convolution's stride"));
        tri!(range(self.channels as u32, 1, 1024, "convolution's channels"));
        tri!(range(self.add as u32, 0, index as u32, "convolution's add"));
        let mut i = 0;
        while i < 4 {
            let inside = self.kernel.wrapping_sub(1);
            let most = if inside < 7 { inside } else { 7 };
            tri!(range(self.padding[i] as u32, 0, most as u32, "convolution's padding"));
            i += 1;
        }
        let mean = matches!(self.kind, ConvKind::AveragePool) as u32;
        tri!(range(self.zeros_count as u32, 0, mean, "zeros that count"));
        if !matches!(self.kind, ConvKind::Conv) {
            let same = input.channels as u32;
            tri!(range(self.channels as u32, same, same, "channels of a pool"));
        }
        if !self.has_filter() {
            tri!(range(self.activation as u32, 0, 0, "activation of a pool"));
            tri!(range(self.add as u32, 0, 0, "add of a pool"));
        }
        tri!(range(self.window(input.channels) as u32, 1, 4096, "columns of a filter"));
        let MapSize { height, width, .. } = self.output(input);
        tri!(range(height as u32, 1, 1024, "height of a map"));
        range(width as u32, 1, 1024, "width of a map")
    }
}

/// How often a window fits into `length`; 0 for what cannot be.
const fn steps(length: usize, window: usize, stride: usize) -> usize {
    if window == 0 || stride == 0 || length < window {
        return 0;
    }
    (length.wrapping_sub(window) / stride).wrapping_add(1)
}
