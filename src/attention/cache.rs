//! Keys and values of past positions: int8, with an exponent per head and position, packed as row
//! pairs when they come in, so that both products of attention are those of any matrix.
//!
//! ```text
//! keys    a matrix per layer and head: a row per position, d_head columns     e = K·q
//! values  the same turned:             d_head rows, a column per position     c = V·α
//! ```

use crate::arena::Carver;
use crate::format::{CachePlan, Dims, exponent_fours};
use crate::kernel;
use crate::layer::{row, row_mut};
use crate::number::bytes_for;

/// The caches of some layers.
pub(crate) struct Caches<'a> {
    keys: Half<&'a mut [u32], &'a mut [[i8; 4]]>,
    values: Half<&'a mut [u32], &'a mut [[i8; 4]]>,
    shape: Shape,
}

/// Words of matrices `[layers × n_heads]`, and of each its exponents in fours: those of the positions,
/// of which the last fills its four, and the largest behind all.
struct Half<W, E> {
    words: W,
    exponents: E,
}

#[derive(Clone, Copy)]
struct Shape {
    n_heads: usize,
    d_head: usize,
    positions: usize,
}

/// How a position lies in the matrix of a head.
#[derive(Clone, Copy)]
enum Way {
    Rows,
    Columns,
}

/// The largest exponent, so that what weights are cut for is no larger than an `i8` holds.
const MOST: i32 = 112;

impl Shape {
    /// Words of a head.
    const fn words(self) -> usize {
        kernel::bare_words(self.positions, self.d_head)
    }
}

/// What attention reads: one layer, up to the positions that count.
pub(crate) struct Cache<'c> {
    keys: Half<&'c [u32], &'c [[i8; 4]]>,
    values: Half<&'c [u32], &'c [[i8; 4]]>,
    shape: Shape,
    len: usize,
}

impl<'a> Caches<'a> {
    pub(crate) fn carve(
        arena: &mut Carver<'a>,
        plan: &CachePlan,
        dims: &Dims,
        positions: usize,
    ) -> Self {
        Self::of_heads(arena, plan, [dims.n_heads, dims.d_head], positions)
    }

    /// The same of so many heads, and numbers in each.
    pub(crate) fn of_heads(
        arena: &mut Carver<'a>,
        plan: &CachePlan,
        [n_heads, d_head]: [usize; 2],
        positions: usize,
    ) -> Self {
        let mut half =
            || Half { words: arena.take(plan.words), exponents: arena.take(plan.exponents) };
        let (keys, values) = (half(), half());
        Self { keys, values, shape: Shape { n_heads, d_head, positions } }
    }

    /// Writes a key, behind that of the position before. `wide`: `[n_heads·d_head]`.
    pub(crate) fn put_key(&mut self, layer: usize, position: usize, wide: &[i32], exponent: i32) {
        self.keys.put(self.shape, Way::Rows, (layer, position), (wide, exponent));
    }

    /// Writes a value, behind that of the position before. `wide`: `[n_heads·d_head]`.
    pub(crate) fn put_value(&mut self, layer: usize, position: usize, wide: &[i32], exponent: i32) {
        self.values.put(self.shape, Way::Columns, (layer, position), (wide, exponent));
    }

    /// The first `len` positions of a layer.
    pub(crate) fn layer(&self, layer: usize, len: usize) -> Cache<'_> {
        let shape = self.shape;
        let len = len.min(shape.positions);
        let (keys, values) = (self.keys.layer(layer, shape), self.values.layer(layer, shape));
        Cache { keys, values, shape, len }
    }
}

impl Half<&mut [u32], &mut [[i8; 4]]> {
    /// Writes each head of a position, cut to int8.
    #[inline(never)] // For the flash.
    fn put(
        &mut self,
        shape: Shape,
        way: Way,
        (layer, position): (usize, usize),
        (wide, exponent): (&[i32], i32),
    ) {
        let (n_words, n_exponents) = (shape.words(), exponent_fours(shape.positions));
        let words = row_mut(self.words, layer, n_words.wrapping_mul(shape.n_heads));
        let exponents = row_mut(self.exponents, layer, n_exponents.wrapping_mul(shape.n_heads));
        let heads = words.chunks_mut(n_words.max(1)).zip(exponents.chunks_mut(n_exponents));
        for ((words, exponents), values) in heads.zip(wide.chunks(shape.d_head.max(1))) {
            let shift = bytes_for(values).max(1);
            match way {
                Way::Rows => kernel::put_row(words, shape.d_head, position, values, shift),
                Way::Columns => kernel::put_column(words, shape.positions, position, values, shift),
            }
            let exponent = exponent.saturating_add(shift as i32).clamp(-128, MOST) as i8;
            let Some(([largest, ..], fours)) = exponents.split_last_mut() else { continue };
            *largest = if position == 0 { exponent } else { exponent.max(*largest) };
            if let Some(places) = fours.get_mut(position / 4) {
                for place in places.iter_mut().skip(position % 4) {
                    *place = exponent;
                }
            }
        }
    }

    fn layer(&self, layer: usize, shape: Shape) -> Half<&[u32], &[[i8; 4]]> {
        let (words, exponents) = (shape.words(), exponent_fours(shape.positions));
        Half {
            words: row(self.words, layer, words.wrapping_mul(shape.n_heads)),
            exponents: row(self.exponents, layer, exponents.wrapping_mul(shape.n_heads)),
        }
    }
}

impl<'c> Half<&'c [u32], &'c [[i8; 4]]> {
    fn heads(&self, shape: Shape) -> impl Iterator<Item = Head<'c>> {
        let words = self.words.chunks(shape.words().max(1));
        let exponents = self.exponents.chunks(exponent_fours(shape.positions));
        words.zip(exponents).map(|(words, exponents)| match exponents.split_last() {
            Some((&[largest, ..], fours)) => Head { words, exponents: fours, largest },
            None => Head { words, exponents, largest: i8::MIN },
        })
    }
}

impl<'c> Cache<'c> {
    /// Keys and values, head after head.
    pub(crate) fn heads(&self) -> impl Iterator<Item = [Head<'c>; 2]> {
        let heads = self.keys.heads(self.shape).zip(self.values.heads(self.shape));
        heads.map(|(keys, values)| [keys, values])
    }

    /// The largest exponent of all values.
    pub(crate) fn largest(&self) -> i8 {
        self.values.heads(self.shape).map(|head| head.largest).max().unwrap_or(0)
    }

    /// Positions that count.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Columns of values.
    pub(crate) fn positions(&self) -> usize {
        self.shape.positions
    }
}

/// Keys or values of a head: their matrix, their exponents in fours, and the largest of those.
pub(crate) struct Head<'c> {
    pub(crate) words: &'c [u32],
    pub(crate) exponents: &'c [[i8; 4]],
    pub(crate) largest: i8,
}
