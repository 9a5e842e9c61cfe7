//! Sizes of the maps between layers.
//!
//! `out = ⌊(in + before + after − kernel) / stride⌋ + 1`, each axis by itself.

use super::{Config, LayerConfig, Operation, Padding};
use std::fmt;

/// The size of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Rows.
    pub height: usize,
    /// Places of a row.
    pub width: usize,
    /// Numbers of a place.
    pub channels: usize,
}

impl Size {
    /// Rows of the memory that such a map makes.
    #[must_use]
    pub fn places(&self) -> usize {
        self.height * self.width
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { height, width, channels } = self;
        write!(f, "{height} × {width} × {channels}")
    }
}

/// Rows and columns of padding around a map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Margins {
    /// Above.
    pub top: usize,
    /// To the left.
    pub left: usize,
    /// Below.
    pub bottom: usize,
    /// To the right.
    pub right: usize,
}

impl LayerConfig {
    /// What is around a map of size `input`.
    #[must_use]
    pub fn margins(&self, input: Size) -> Margins {
        let ([top, bottom], [left, right]) = match self.padding {
            Padding::Same => (self.same(input.height), self.same(input.width)),
            Padding::Sides(sides) => ([sides; 2], [sides; 2]),
        };
        Margins { top, left, bottom, right }
    }

    /// Keras: before and after an axis of `length`.
    fn same(&self, length: usize) -> [usize; 2] {
        let windows = length.div_ceil(self.stride);
        let needed = windows.saturating_sub(1) * self.stride + self.kernel;
        let total = needed.saturating_sub(length);
        [total / 2, total - total / 2]
    }

    /// The size of the map that it makes of one of size `input`; 0 where no window fits.
    #[must_use]
    pub fn output(&self, input: Size) -> Size {
        let Margins { top, left, bottom, right } = self.margins(input);
        let windows = |padded: usize| match padded.checked_sub(self.kernel) {
            Some(rest) => rest / self.stride + 1,
            None => 0,
        };
        Size {
            height: windows(input.height + top + bottom),
            width: windows(input.width + left + right),
            channels: match self.operation {
                Operation::Conv { channels, .. } => channels,
                _ => input.channels,
            },
        }
    }

    /// Numbers that one filter reads, 0 of a pool.
    #[must_use]
    pub fn columns(&self, input: Size) -> usize {
        let window = self.kernel * self.kernel;
        match self.operation {
            Operation::Conv { .. } => window * input.channels,
            Operation::Depthwise { .. } => window,
            Operation::MaxPool | Operation::AveragePool { .. } => 0,
        }
    }
}

impl Config {
    /// Sizes of the picture and of each layer's map, in order: one more than there are layers.
    #[must_use]
    pub fn sizes(&self) -> Vec<Size> {
        let mut sizes = vec![self.picture.size()];
        for layer in &self.layers {
            sizes.extend(sizes.last().map(|&input| layer.output(input)));
        }
        sizes
    }

    /// Size of the last layer's map.
    #[must_use]
    pub fn output(&self) -> Size {
        self.layers.iter().fold(self.picture.size(), |input, layer| layer.output(input))
    }
}

impl super::PictureConfig {
    /// As that of a map.
    #[must_use]
    pub fn size(&self) -> Size {
        Size { height: self.height, width: self.width, channels: self.channels }
    }
}

#[cfg(test)]
mod tests {
    use super::{LayerConfig, Margins, Operation, Padding, Size};

    fn layer(kernel: usize, stride: usize, padding: Padding) -> LayerConfig {
        LayerConfig { operation: Operation::MaxPool, kernel, stride, padding }
    }

    fn map(height: usize, width: usize) -> Size {
        Size { height, width, channels: 2 }
    }

    #[test]
    fn padding_of_keras_is_larger_behind() {
        for (length, kernel, stride, expected, windows) in [
            (8, 3, 2, [0, 1], 4),
            (7, 3, 2, [1, 1], 4),
            (8, 3, 1, [1, 1], 8),
            (8, 4, 1, [1, 2], 8),
            (8, 2, 2, [0, 0], 4),
            (9, 2, 2, [0, 1], 5),
            (8, 1, 3, [0, 0], 3),
            (2, 5, 1, [2, 2], 2),
        ] {
            let layer = layer(kernel, stride, Padding::Same);
            assert_eq!(layer.same(length), expected, "{length} {kernel} {stride}");
            assert_eq!(layer.output(map(length, length)), map(windows, windows));
        }
    }

    #[test]
    fn axes_are_by_themselves() {
        let layer = layer(3, 2, Padding::Same);
        let margins = Margins { top: 0, left: 1, bottom: 1, right: 1 };
        assert_eq!(layer.margins(map(8, 7)), margins);
    }

    #[test]
    fn windows_that_do_not_fit_are_left_out() {
        assert_eq!(layer(3, 2, Padding::Sides(0)).output(map(8, 7)), map(3, 3));
        assert_eq!(layer(3, 2, Padding::Sides(1)).output(map(8, 7)), map(4, 4));
        assert_eq!(layer(4, 1, Padding::Sides(0)).output(map(3, 4)), map(0, 1));
    }
}
