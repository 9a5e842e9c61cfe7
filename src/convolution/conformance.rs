//! A convolution of arbitrary weights, with one hash of its rows on every core: for tests and
//! benches.

use super::{Maps, Row, activate};
use crate::arena::Carver;
use crate::format::{
    Checksum, ConvActivation, ConvKind, ConvLayer, ConvolutionalDims, MapsPlan, Section,
};
use crate::layer::{Input, Linear};

/// Width and height of the map.
pub const SIZE: usize = 16;
/// Channels that the filter reads.
pub const FROM: usize = 16;
/// Channels that it makes.
pub const TO: usize = 32;
/// Columns of the filter: a window of 3 × 3.
pub const COLUMNS: usize = 9 * FROM;
/// Products of the whole map.
pub const PRODUCTS: usize = SIZE * SIZE * COLUMNS * TO;
/// Bytes of RAM that a [`TestConvolution`] takes.
pub const BYTES: usize = PLAN.bytes() as usize;

const FILTER: ConvLayer = ConvLayer {
    kind: ConvKind::Conv,
    activation: ConvActivation::Relu,
    channels: TO,
    kernel: 3,
    stride: 1,
    padding: [1; 4],
    add: 0,
    zeros_count: false,
};
/// What reads what the filter makes.
const NEXT: ConvLayer = ConvLayer {
    kind: ConvKind::MaxPool,
    activation: ConvActivation::None,
    kernel: 1,
    padding: [0; 4],
    ..FILTER
};
const DIMS: ConvolutionalDims = ConvolutionalDims::new([SIZE, SIZE, FROM], &[FILTER, NEXT]);
const PLAN: MapsPlan = MapsPlan::of(&DIMS);

/// A convolution 3 × 3 of 16 × 16 places from 16 to 32 channels, with ReLU.
pub struct TestConvolution<'a> {
    filter: Linear<'a>,
    maps: Maps<'a>,
    window: [u32; COLUMNS],
    wide: [i32; SIZE * TO],
}

impl<'a> TestConvolution<'a> {
    /// `words`: a matrix of [`COLUMNS`] columns and [`TO`] rows
    /// ([`crate::recurrent::conformance::matrix`]) · `arena`: [`BYTES`]. None if it is too small.
    pub fn new(words: &'a [u32], arena: &'a mut [u8]) -> Option<Self> {
        let section = Section {
            words,
            rows: TO,
            columns: COLUMNS,
            scale_exponent: -26,
            bias_exponent: -28,
            bits: 10,
        };
        let mut arena = Carver::new(arena).ok()?;
        arena.clear();
        let maps = Maps::carve(&mut arena, &PLAN, &DIMS);
        let filter = Linear::from_section(&section);
        Some(Self { filter, maps, window: [0; COLUMNS], wide: [0; SIZE * TO] })
    }

    /// Another row of the map that the filter reads, until all are there.
    pub fn push(&mut self, y: usize) {
        let (row, _) = self.wide.split_at_mut(SIZE * FROM);
        for (x, value) in row.iter_mut().enumerate() {
            let at = (y * SIZE * FROM + x) as i32;
            *value = at * (at % 89 + 1) * 37 % 991 - 495;
        }
        self.maps.push(&DIMS, 0, self.filter.input(), (row, -9));
    }

    /// Makes the next row, if what it needs is there.
    #[inline(never)]
    pub fn make(&mut self) -> bool {
        let Some(y) = self.maps.ready(&DIMS, 0) else { return false };
        let (layer, input, map) = (FILTER, DIMS.size(0), self.maps.map(&DIMS, 0));
        let row = Row { layer, input, map, y, places: SIZE };
        let window = bytemuck::cast_slice_mut(&mut self.window);
        let exponent = row.make(&self.filter, window, &mut self.wide);
        activate(layer.activation, &mut self.wide, exponent);
        self.maps.made(0);
        self.maps.push(&DIMS, 1, Input::ANY, (&self.wide, exponent));
        true
    }

    /// The checksum of all rows, where `make` makes each.
    pub fn hash(&mut self, mut make: impl FnMut(&mut Self) -> bool) -> u32 {
        let mut sum = Checksum::new();
        let mut rows = 0;
        for y in 0..SIZE {
            self.push(y);
            while make(self) {
                let row = self.maps.inside(&DIMS, 1, rows);
                sum = sum.word(row.exponent as u32);
                sum = row.mantissas.iter().fold(sum, |sum, &m| sum.word(m as u32));
                rows += 1;
            }
        }
        sum.finish()
    }
}

/// What [`TestConvolution::hash`] comes to on every core.
pub const EXPECTED: u32 = 1_970_774_099;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Rows;
    use crate::recurrent::conformance::matrix;

    #[test]
    fn the_convolution_comes_to_the_hash_of_every_core() {
        let words: [u32; Rows::words_needed(TO, COLUMNS)] = matrix(COLUMNS);
        let mut arena = [0u32; BYTES / 4];
        let mut test = TestConvolution::new(&words, bytemuck::cast_slice_mut(&mut arena))
            .expect("as large as it needs");
        assert_eq!(test.hash(TestConvolution::make), EXPECTED);
    }
}
