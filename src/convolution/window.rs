//! What a layer makes of the windows of its map: a row at a time, a place after the other.

use super::map::Map;
use crate::format::{ConvActivation, ConvKind, ConvLayer, MapSize};
use crate::kernel;
use crate::layer::{Linear, first, first_mut, row, row_mut};
use crate::number::round_shift;

/// The row that a layer is making.
pub(crate) struct Row<'s> {
    pub(crate) layer: ConvLayer,
    /// What it reads.
    pub(crate) input: MapSize,
    pub(crate) map: Map<'s>,
    /// Which row.
    pub(crate) y: usize,
    /// How many places it has.
    pub(crate) places: usize,
}

/// The largest window there is, in rows.
const MOST_KERNEL: usize = 15;

/// The numbers of the rows that a window covers, with their zeros; none of rows outside.
type Covered<'s> = [&'s [i16]; MOST_KERNEL];

/// Digits kept below those of a mean.
const MEAN_FRACTION: i32 = 4;

impl Row<'_> {
    /// Fills `out` place by place and returns its exponent. `window`: room for the numbers of two
    /// windows · `out`: `[width × channels]`.
    pub(crate) fn make(&self, filter: &Linear<'_>, window: &mut [i16], out: &mut [i32]) -> i32 {
        match self.layer.kind {
            ConvKind::Conv => self.convolve(filter, window, out),
            ConvKind::Depthwise => self.convolve_channels(filter, window, out),
            ConvKind::MaxPool => self.largest(out),
            ConvKind::AveragePool => self.mean(out),
        }
    }

    /// The rows of the picture that the window covers: zeros lie outside.
    fn rows(&self) -> impl Iterator<Item = Option<usize>> {
        let [top, ..] = self.layer.zeros();
        let first = self.y.wrapping_mul(self.layer.stride);
        let height = self.input.height;
        (first..first.wrapping_add(self.layer.kernel))
            .map(move |row| row.checked_sub(top).filter(|&row| row < height))
    }

    /// Looked up once for all places.
    fn covered(&self) -> Covered<'_> {
        let mut covered: Covered<'_> = [&[]; MOST_KERNEL];
        for (to, row) in covered.iter_mut().zip(self.rows()) {
            *to = row.map_or(&[], |row| self.map.row(row));
        }
        covered
    }

    /// Copies the window of place `x`.
    fn gather(&self, covered: &Covered<'_>, x: usize, window: &mut [i16]) {
        let len = self.layer.kernel.wrapping_mul(self.input.channels);
        let start = x.wrapping_mul(self.layer.stride).wrapping_mul(self.input.channels);
        let mut room = window;
        for row in first(covered, self.layer.kernel) {
            let Some((to, behind)) = room.split_at_mut_checked(len) else { return };
            room = behind;
            match row.get(start..start.wrapping_add(len)) {
                Some(from) => to.iter_mut().zip(from).for_each(|(to, &from)| *to = from),
                None => to.fill(0),
            }
        }
    }

    fn convolve(&self, filter: &Linear<'_>, window: &mut [i16], out: &mut [i32]) -> i32 {
        let (pass, covered) = (filter.pass(self.map.exponent), self.covered());
        let (mut x, numbers) = (0usize, self.layer.kernel.wrapping_mul(self.input.channels));
        // Pairs of columns must not lie in two rows of the map.
        if numbers.is_multiple_of(4) {
            let halves = first_mut(window, filter.columns().wrapping_mul(2));
            let both: &mut [[u32; 2]] = bytemuck::try_cast_slice_mut(halves).unwrap_or_default();
            while x.wrapping_add(1) < self.places {
                let two = row_mut(out, x / 2, filter.rows().wrapping_mul(2));
                let (a, b) = two.split_at_mut_checked(filter.rows()).unwrap_or_default();
                self.gather_both(&covered, x, both);
                pass.both(both, [a, b]);
                x = x.wrapping_add(2);
            }
        }
        let window = first_mut(window, filter.columns());
        while x < self.places {
            self.gather(&covered, x, window);
            pass.all(window, row_mut(out, x, filter.rows()));
            x = x.wrapping_add(1);
        }
        pass.exponent()
    }

    /// Copies the windows of place `x` and the next, side by side.
    fn gather_both(&self, covered: &Covered<'_>, x: usize, window: &mut [[u32; 2]]) {
        let len = self.layer.kernel.wrapping_mul(self.input.channels);
        let step = self.layer.stride.wrapping_mul(self.input.channels);
        let start = x.wrapping_mul(step);
        let mut room = window;
        for row in first(covered, self.layer.kernel) {
            let Some((to, behind)) = room.split_at_mut_checked(len / 2) else { return };
            room = behind;
            let from = row.get(start..).unwrap_or(&[]);
            match (from.get(..len), from.get(step..step.wrapping_add(len))) {
                (Some(a), Some(b)) => kernel::interleave(a, b, to),
                _ => to.fill([0; 2]),
            }
        }
    }

    fn convolve_channels(&self, filter: &Linear<'_>, window: &mut [i16], out: &mut [i32]) -> i32 {
        let places = self.layer.kernel.wrapping_mul(self.layer.kernel);
        let window = first_mut(window, places.wrapping_mul(self.input.channels));
        let (pass, covered) = (filter.pass(self.map.exponent), self.covered());
        for x in 0..self.places {
            self.gather(&covered, x, window);
            pass.each(window, row_mut(out, x, filter.rows()));
        }
        pass.exponent()
    }

    /// Calls `see` with the numbers of each place of the window of place `x`; zeros are not seen.
    fn each_inside(&self, x: usize, mut see: impl FnMut(&[i16])) {
        let (channels, [_, left, ..]) = (self.input.channels, self.layer.zeros());
        let start = x.wrapping_mul(self.layer.stride);
        let end = start.wrapping_add(self.layer.kernel);
        let end = end.min(left.wrapping_add(self.input.width));
        for map_row in self.rows().flatten() {
            for place in start.max(left)..end {
                see(row(self.map.row(map_row), place, channels));
            }
        }
    }

    fn largest(&self, out: &mut [i32]) -> i32 {
        for x in 0..self.places {
            let out = row_mut(out, x, self.input.channels);
            out.fill(i32::MIN);
            self.each_inside(x, |place| {
                for (out, &m) in out.iter_mut().zip(place) {
                    *out = (*out).max(m.into());
                }
            });
        }
        self.map.exponent
    }

    /// Divides by the places inside the map, or by all of the window if zeros count.
    fn mean(&self, out: &mut [i32]) -> i32 {
        let whole = self.layer.kernel.wrapping_mul(self.layer.kernel) as i32;
        for x in 0..self.places {
            let out = row_mut(out, x, self.input.channels);
            out.fill(0);
            let mut inside = 0i32;
            self.each_inside(x, |place| {
                inside = inside.wrapping_add(1);
                for (out, &m) in out.iter_mut().zip(place) {
                    *out = out.wrapping_add(m.into());
                }
            });
            let places = if self.layer.zeros_count { whole } else { inside };
            for out in out {
                let sum = (*out << MEAN_FRACTION).wrapping_add(places / 2);
                *out = sum.checked_div_euclid(places).unwrap_or(0);
            }
        }
        self.map.exponent.wrapping_sub(MEAN_FRACTION)
    }
}

/// Applies the function behind a filter to wide values.
pub(crate) fn activate(activation: ConvActivation, wide: &mut [i32], exponent: i32) {
    if activation == ConvActivation::None {
        return;
    }
    kernel::relu(wide);
    let limit = match (activation, exponent) {
        (ConvActivation::Relu6, -28..=0) => 6 << exponent.unsigned_abs(),
        (ConvActivation::Relu6, 1..) => round_shift(6, exponent.unsigned_abs()),
        // Below, no value reaches 6.
        _ => return,
    };
    for value in wide {
        *value = (*value).min(limit);
    }
}
