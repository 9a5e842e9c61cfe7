//! Windows over a map: what a layer reads for one place of its output.

use super::{LayerConfig, Margins, Size};
use ndarray::{Array2, Array3, ArrayView3, s};

/// How a layer moves over its map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its width and height.
    pub kernel: usize,
    /// From one window to the next, both ways.
    pub stride: usize,
    /// What is around the map.
    pub margins: Margins,
    /// Of the map that the windows make.
    pub output: Size,
}

impl Window {
    /// `input`: the map that the layer reads.
    pub(super) fn new(c: &LayerConfig, input: Size) -> Self {
        let (margins, output) = (c.margins(input), c.output(input));
        Self { kernel: c.kernel, stride: c.stride, margins, output }
    }

    /// The map with its margins, which are `fill`: `[height, width, channels]`.
    pub(super) fn padded(&self, map: &Array3<f32>, fill: f32) -> Array3<f32> {
        let (height, width, channels) = map.dim();
        let Margins { top, left, bottom, right } = self.margins;
        let shape = (height + top + bottom, width + left + right, channels);
        let mut padded = Array3::from_elem(shape, fill);
        padded.slice_mut(s![top..top + height, left..left + width, ..]).assign(map);
        padded
    }

    /// What place `[y, x]` reads: `[kernel, kernel, channels]`.
    pub(super) fn at<'m>(
        &self,
        padded: &'m Array3<f32>,
        [y, x]: [usize; 2],
    ) -> ArrayView3<'m, f32> {
        let (top, left) = (y * self.stride, x * self.stride);
        padded.slice(s![top..top + self.kernel, left..left + self.kernel, ..])
    }

    /// How many places of a map of height and width `size` the window of place `[y, x]` covers.
    pub(super) fn inside(&self, [y, x]: [usize; 2], [height, width]: [usize; 2]) -> usize {
        let covered = |at: usize, margin: usize, length: usize| {
            let start = at * self.stride;
            let end = (start + self.kernel).min(margin + length);
            end.saturating_sub(start.max(margin))
        };
        covered(y, self.margins.top, height) * covered(x, self.margins.left, width)
    }

    /// What a row of places reads, each window as a row in the order of a filter's numbers:
    /// `[width, kernel·kernel·channels]`.
    pub(super) fn row(&self, padded: &Array3<f32>, y: usize) -> Array2<f32> {
        let columns = self.kernel * self.kernel * padded.dim().2;
        let mut rows = Array2::zeros((self.output.width, columns));
        for (x, mut row) in rows.outer_iter_mut().enumerate() {
            row.iter_mut().zip(self.at(padded, [y, x])).for_each(|(to, &from)| *to = from);
        }
        rows
    }
}
