//! The last rows of each map, with the zeros around them: all that convolutions need to keep.
//!
//! ```text
//! row      zeros at the left │ width × channels │ zeros at the right
//! row y    at y modulo the number of rows kept
//! ```
//! A map has one exponent, that of its largest row so far: when it rises, the rows kept follow.

use crate::arena::Carver;
use crate::format::{ConvolutionalDims, MapSize, MapsPlan};
use crate::layer::{Input, block, row, row_mut};
use crate::number::{Block, round_shift};

/// What is known of a map besides its numbers.
#[derive(Clone, Copy)]
struct State {
    /// Where its rows start among all.
    start: usize,
    /// Rows that were written.
    written: usize,
    /// Rows that its layer made of them.
    made: usize,
    exponent: i32,
}

impl State {
    fn from_words([start, written, made, exponent]: [u32; 4]) -> Self {
        let [start, written, made] = [start, written, made].map(|word| word as usize);
        Self { start, written, made, exponent: exponent as i32 }
    }

    fn to_words(self) -> [u32; 4] {
        [self.start as u32, self.written as u32, self.made as u32, self.exponent as u32]
    }
}

/// The maps that the layers read, the picture first.
pub(crate) struct Maps<'a> {
    mantissas: &'a mut [i16],
    states: &'a mut [[u32; 4]],
}

/// A map, as its layer reads it.
pub(crate) struct Map<'s> {
    rows: &'s [i16],
    row_len: usize,
    kept: usize,
    pub(crate) exponent: i32,
}

impl Map<'_> {
    /// Row `y` with its zeros, if it is still kept.
    pub(crate) fn row(&self, y: usize) -> &[i16] {
        row(self.rows, y.checked_rem(self.kept).unwrap_or(0), self.row_len)
    }
}

impl<'a> Maps<'a> {
    /// As they were left.
    pub(crate) fn carve(arena: &mut Carver<'a>, plan: &MapsPlan) -> Self {
        Self { mantissas: arena.take(plan.mantissas), states: arena.take(plan.layers) }
    }

    /// Before the first row; the numbers are zeros.
    pub(crate) fn begin(&mut self, dims: &ConvolutionalDims) {
        let mut start = 0usize;
        let mut index = 0usize;
        for state in &mut *self.states {
            let first = State { start, written: 0, made: 0, exponent: i32::MIN };
            *state = first.to_words();
            let size = dims.kept_rows(index).wrapping_mul(dims.row_len(index));
            start = start.wrapping_add(size);
            index = index.wrapping_add(1);
        }
    }

    /// Rows that were written of a map.
    pub(crate) fn written(&self, index: usize) -> usize {
        self.state(index).written
    }

    fn state(&self, index: usize) -> State {
        State::from_words(self.states.get(index).copied().unwrap_or_default())
    }

    fn set(&mut self, index: usize, state: State) {
        if let Some(words) = self.states.get_mut(index) {
            *words = state.to_words();
        }
    }

    /// The map that the layer at `index` reads. `size`: of it, which takes a while to find.
    pub(crate) fn map(&self, dims: &ConvolutionalDims, index: usize, size: MapSize) -> Map<'_> {
        let kept = dims.kept_rows_of(index, size.height);
        let row_len = dims.row_len_of(index, size);
        let State { start, exponent, .. } = self.state(index);
        let rows = self.mantissas.get(start..).unwrap_or(&[]);
        let rows = rows.get(..kept.wrapping_mul(row_len)).unwrap_or(&[]);
        Map { rows, row_len, kept, exponent }
    }

    /// The row that the layer at `index` makes next, if all that it needs is there.
    pub(crate) fn ready(&self, dims: &ConvolutionalDims, index: usize) -> Option<usize> {
        let (layer, input) = (dims.layer(index), dims.size(index));
        let State { written, made: y, .. } = self.state(index);
        let [top, ..] = layer.zeros();
        let end = y.wrapping_mul(layer.stride).wrapping_add(layer.kernel);
        let needed = end.saturating_sub(top).min(input.height);
        let left = y < layer.output(input).height;
        (left && needed <= written).then_some(y)
    }

    /// Notes that the layer at `index` has made a row.
    pub(crate) fn made(&mut self, index: usize) {
        let state = self.state(index);
        self.set(index, State { made: state.made.wrapping_add(1), ..state });
    }

    /// Appends a row of wide values to a map, as `input`, its reader, wants it.
    pub(crate) fn push(
        &mut self,
        dims: &ConvolutionalDims,
        index: usize,
        input: Input,
        (values, exponent): (&[i32], i32),
    ) {
        let size = dims.size(index);
        let kept = dims.kept_rows_of(index, size.height);
        let row_len = dims.row_len_of(index, size);
        let state = self.state(index);
        let rows = self.mantissas.get_mut(state.start..).unwrap_or_default();
        let rows = rows.get_mut(..kept.wrapping_mul(row_len)).unwrap_or_default();
        let place = state.written.checked_rem(kept).unwrap_or(0);
        let zeros = zeros_left(dims, index, size);
        let inside = row_mut(rows, place, row_len).get_mut(zeros..).unwrap_or_default();
        let inside = inside.get_mut(..values.len()).unwrap_or_default();
        let exponent = input.at_least(state.exponent).narrow(values, exponent, inside);
        if state.written > 0 && exponent != state.exponent {
            let down = exponent.wrapping_sub(state.exponent) as u32;
            for old in (0..kept).filter(|&old| old != place) {
                for value in row_mut(rows, old, row_len) {
                    *value = round_shift((*value).into(), down) as i16;
                }
            }
        }
        self.set(index, State { exponent, written: state.written.wrapping_add(1), ..state });
    }

    /// Row `y` of a map, without its zeros, if it is still kept.
    pub(crate) fn inside(&self, dims: &ConvolutionalDims, index: usize, y: usize) -> Block<'_> {
        let size = dims.size(index);
        let map = self.map(dims, index, size);
        let row_len = map.row_len;
        let row = row(map.rows, y.checked_rem(map.kept).unwrap_or(0), row_len);
        let start = zeros_left(dims, index, size);
        let end = start.wrapping_add(size.width.wrapping_mul(size.channels));
        block(row.get(start..end).unwrap_or(&[]), map.exponent)
    }
}

/// Zeros before the numbers of a row.
fn zeros_left(dims: &ConvolutionalDims, index: usize, size: MapSize) -> usize {
    let [_, left, ..] = dims.layer(index).zeros();
    left.wrapping_mul(size.channels)
}
