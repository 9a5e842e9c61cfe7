//! Convolutions of arbitrary weights and pools, with one hash of their rows on every core: for tests
//! and benches.

use super::{Maps, Row, activate};
use crate::arena::Carver;
use crate::format::{
    Checksum, ConvActivation, ConvKind, ConvLayer, ConvolutionalDims, MapsPlan, Section,
};
use crate::kernel::{Layout, Rows};
use crate::layer::{Input, Linear, first_mut};
use crate::recurrent::conformance::matrix;

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
pub const BYTES: usize = PLAN.bytes() as usize + 2 * COLUMNS * 2 + SIZE * TO * 4;

/// A window of 3 × 3 with zeros around the map.
const fn layer(kind: ConvKind) -> ConvLayer {
    let (activation, channels) = match kind {
        ConvKind::Conv => (ConvActivation::Relu, TO),
        ConvKind::Depthwise => (ConvActivation::Relu6, FROM),
        ConvKind::MaxPool | ConvKind::AveragePool => (ConvActivation::None, FROM),
    };
    ConvLayer {
        kind,
        activation,
        channels,
        kernel: 3,
        stride: 1,
        padding: [1; 4],
        add: 0,
        zeros_count: true,
    }
}

/// It, and what reads what it makes.
const fn dims(kind: ConvKind) -> ConvolutionalDims {
    let layer = layer(kind);
    let kind = ConvKind::MaxPool;
    let activation = ConvActivation::None;
    let next = ConvLayer { kind, activation, kernel: 1, padding: [0; 4], ..layer };
    ConvolutionalDims::new([SIZE, SIZE, FROM], &[layer, next])
}

/// Of the filter with the most channels.
const PLAN: MapsPlan = MapsPlan::of(&dims(ConvKind::Conv));

static FILTER: [u32; Rows::words_needed(TO, COLUMNS)] = matrix(COLUMNS);
static FILTER_PER_CHANNEL: [u32; Rows::words_needed(FROM, 9)] = matrix(9);

/// A layer with a window of 3 × 3 over 16 × 16 places of 16 channels: a convolution with ReLU to 32
/// channels, one per channel with ReLU6, or a pool.
pub struct TestConvolution<'a> {
    layer: ConvLayer,
    dims: ConvolutionalDims,
    filter: Linear<'static>,
    maps: Maps<'a>,
    /// Room for two windows.
    window: &'a mut [i16],
    /// Room for a row.
    wide: &'a mut [i32],
}

impl<'a> TestConvolution<'a> {
    /// `layout`: of the filter; bytes of a convolution alone · `arena`: [`BYTES`]. None if it is too
    /// small.
    pub fn new(kind: ConvKind, layout: Layout, arena: &'a mut [u8]) -> Option<Self> {
        let (words, rows, columns): (&[u32], _, _) = match kind {
            ConvKind::Conv => (&FILTER, TO, COLUMNS),
            ConvKind::Depthwise => (&FILTER_PER_CHANNEL, FROM, 9),
            ConvKind::MaxPool | ConvKind::AveragePool => (&[], 0, 0),
        };
        let section = Section {
            words,
            rows,
            columns,
            scale_exponent: -26,
            bias_exponent: -30,
            bits: layout.most_bits().min(10),
            layout,
            ..Section::EMPTY
        };
        let (layer, dims) = (layer(kind), dims(kind));
        let mut arena = Carver::new(arena.get_mut(..BYTES)?).ok()?;
        arena.clear();
        let mut maps = Maps::carve(&mut arena, &MapsPlan::of(&dims));
        maps.begin(&dims);
        let filter = Linear::from_section(&section);
        let (window, wide) = (arena.take(2 * COLUMNS), arena.take(SIZE * TO));
        Some(Self { layer, dims, filter, maps, window, wide })
    }

    /// Another row of the map that the filter reads, until all are there.
    pub fn push(&mut self, y: usize) {
        let (row, _) = self.wide.split_at_mut(SIZE * FROM);
        for (x, value) in row.iter_mut().enumerate() {
            let at = (y * SIZE * FROM + x) as i32;
            *value = at * (at % 89 + 1) * 37 % 991 - 495;
        }
        let input = if self.layer.has_filter() { self.filter.input() } else { Input::ANY };
        self.maps.push(&self.dims, 0, input, (row, -9));
    }

    /// Makes the next row, if what it needs is there.
    #[inline(never)]
    pub fn make(&mut self) -> bool {
        let (dims, layer) = (&self.dims, self.layer);
        let Some(y) = self.maps.ready(dims, 0) else { return false };
        let input = dims.size(0);
        let row = Row { layer, input, map: self.maps.map(dims, 0, input), y, places: SIZE };
        let wide = first_mut(self.wide, SIZE * layer.channels);
        let exponent = row.make(&self.filter, self.window, wide);
        activate(layer.activation, wide, exponent);
        self.maps.made(0);
        self.maps.push(dims, 1, Input::ANY, (wide, exponent));
        true
    }

    /// The checksum of all rows, where `make` makes each.
    pub fn hash(&mut self, mut make: impl FnMut(&mut Self) -> bool) -> u32 {
        let mut sum = Checksum::new();
        let mut rows = 0;
        for y in 0..SIZE {
            self.push(y);
            while make(self) {
                let row = self.maps.inside(&self.dims, 1, rows);
                sum = sum.word(row.exponent as u32);
                sum = row.mantissas.iter().fold(sum, |sum, &m| sum.word(m as u32));
                rows += 1;
            }
        }
        sum.finish()
    }
}

/// What [`TestConvolution::hash`] comes to on every core.
pub const EXPECTED: [(ConvKind, u32); 4] = [
    (ConvKind::Conv, 3_991_318_384),
    (ConvKind::Depthwise, 4_191_297_065),
    (ConvKind::MaxPool, 167_298_232),
    (ConvKind::AveragePool, 3_804_363_137),
];

/// The same of a convolution with weights as bytes, which reads 8 bits.
#[cfg(feature = "bytes")]
pub const EXPECTED_OF_BYTES: u32 = 3_033_033_396;

/// [`TestConvolution::hash`]; 0 if `arena` is smaller than [`BYTES`].
#[inline(never)] // Its frame is gone before the next case.
pub fn hash(kind: ConvKind, layout: Layout, arena: &mut [u8]) -> u32 {
    TestConvolution::new(kind, layout, arena).map_or(0, |mut test| test.hash(TestConvolution::make))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layer_comes_to_the_hash_of_every_core() {
        let mut arena = [0u32; BYTES / 4];
        let arena = bytemuck::cast_slice_mut(&mut arena);
        let found = EXPECTED.map(|(kind, _)| (kind, hash(kind, Layout::Pairs, arena)));
        assert_eq!(found, EXPECTED);
        #[cfg(feature = "bytes")]
        assert_eq!(hash(ConvKind::Conv, Layout::Bytes, arena), EXPECTED_OF_BYTES);
    }
}
