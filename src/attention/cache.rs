//! Keys and values of past positions: int8, with an exponent per head and position, packed as row
//! pairs when they come in, so that both products of attention are those of any matrix.
//!
//! ```text
//! keys    a matrix per layer and head: a row per position, d_head columns     e = K·q
//! values  the same turned:             d_head rows, a column per position     c = V·α
//! ```

use crate::arena::Carver;
use crate::format::{CachePlan, Dims};
use crate::kernel;
use crate::layer::{first, first_mut, row, row_mut};
use crate::number::{Block, ENERGY_FRACTION, bytes_for, cut, round_shift, shift, small_exponent};

/// The caches of some layers.
pub(crate) struct Caches<'a> {
    keys: Half<&'a mut [u32], &'a mut [i8]>,
    values: Half<&'a mut [u32], &'a mut [i8]>,
    shape: Shape,
}

/// Words of matrices `[layers × n_heads]`, and exponents `[layers × n_heads × positions]`.
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

/// Numbers of a head that are cut at once, whole fours.
const PART: usize = 32;

impl Shape {
    /// Words of a head.
    const fn words(self) -> usize {
        kernel::bare_words(self.positions, self.d_head)
    }
}

/// What attention reads: one layer, up to the positions that count.
pub(crate) struct Cache<'c> {
    keys: Half<&'c [u32], &'c [i8]>,
    values: Half<&'c [u32], &'c [i8]>,
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
    #[inline(never)] // For the flash.
    pub(crate) fn put_key(&mut self, layer: usize, position: usize, wide: &[i32], exponent: i32) {
        let shape = self.shape;
        self.keys.put(shape, (layer, position), wide, exponent, |words, first, key| {
            kernel::put_row(words, shape.d_head, (position, first), key);
        });
    }

    /// Writes a value, behind that of the position before. `wide`: `[n_heads·d_head]`.
    #[inline(never)] // For the flash.
    pub(crate) fn put_value(&mut self, layer: usize, position: usize, wide: &[i32], exponent: i32) {
        let shape = self.shape;
        self.values.put(shape, (layer, position), wide, exponent, |words, first, value| {
            kernel::put_column(words, shape.positions, (first, position), value);
        });
    }

    /// The first `len` positions of a layer.
    pub(crate) fn layer(&self, layer: usize, len: usize) -> Cache<'_> {
        let shape = self.shape;
        let len = len.min(shape.positions);
        let (keys, values) = (self.keys.layer(layer, shape), self.values.layer(layer, shape));
        Cache { keys, values, shape, len }
    }
}

impl Half<&mut [u32], &mut [i8]> {
    /// Cuts each head to int8 and gives it to `write`, part by part, with where the part starts.
    fn put(
        &mut self,
        shape: Shape,
        (layer, position): (usize, usize),
        wide: &[i32],
        exponent: i32,
        write: impl Fn(&mut [u32], usize, &[[i16; 4]]),
    ) {
        let mut bytes = [0; PART];
        for head in 0..shape.n_heads {
            let values = row(wide, head, shape.d_head);
            let shift = bytes_for(values);
            let matrix = layer.wrapping_mul(shape.n_heads).wrapping_add(head);
            let words = row_mut(self.words, matrix, shape.words());
            let mut start = 0usize; // `enumerate` could overflow.
            for values in values.chunks(PART) {
                cut(values, shift, 8, first_mut(&mut bytes, values.len()));
                for behind in bytes.get_mut(values.len()..).unwrap_or_default().iter_mut().take(3) {
                    *behind = 0;
                }
                let fours = first(bytes.as_chunks().0, values.len().div_ceil(4));
                write(words, start, fours);
                start = start.wrapping_add(PART);
            }
            let slot = matrix.wrapping_mul(shape.positions).wrapping_add(position);
            if let Some(place) = self.exponents.get_mut(slot) {
                *place = small_exponent(exponent.saturating_add(shift as i32));
            }
        }
    }

    fn layer(&self, layer: usize, shape: Shape) -> Half<&[u32], &[i8]> {
        let (words, exponents) = (shape.words(), shape.positions);
        Half {
            words: row(self.words, layer, words.wrapping_mul(shape.n_heads)),
            exponents: row(self.exponents, layer, exponents.wrapping_mul(shape.n_heads)),
        }
    }
}

impl Half<&[u32], &[i8]> {
    fn head(&self, head: usize, shape: Shape) -> &[u32] {
        row(self.words, head, shape.words())
    }

    /// The exponents of a head, position after position.
    fn exponents(&self, head: usize, shape: Shape) -> &[i8] {
        row(self.exponents, head, shape.positions)
    }
}

impl Cache<'_> {
    /// `q·k_j` for the keys of a head, as softmax counts, and the highest. `query`: `[n_heads·d_head]`,
    /// and three numbers behind, of which a head is read in whole fours · `energies`: room for whole
    /// fours. Returns those of the positions.
    #[inline(always)] // For the flash.
    pub(crate) fn energies<'e>(
        &self,
        head: usize,
        query: Block<'_>,
        energies: &'e mut [i32],
    ) -> (&'e mut [i32], i32) {
        let (shape, keys) = (self.shape, &self.keys);
        let from = query.mantissas.get(head.wrapping_mul(shape.d_head)..).unwrap_or(&[]);
        let q = first(from.as_chunks().0, shape.d_head.div_ceil(4));
        kernel::dots(keys.head(head, shape), shape.d_head, q, energies);
        let by = query.exponent.wrapping_add(ENERGY_FRACTION);
        let energies = first_mut(energies, self.len);
        let mut highest = i32::MIN;
        for (energy, &exponent) in energies.iter_mut().zip(keys.exponents(head, shape)) {
            let by = by.wrapping_add(exponent.into());
            // What nearly all are, before the call.
            *energy = match by {
                -31..=-1 => round_shift(*energy, by.unsigned_abs()),
                _ => shift(*energy, by),
            };
            highest = highest.max(*energy);
        }
        (energies, highest)
    }

    /// `Σ_j α_j·v_j` of a head. `alpha`: `[len]` in whole fours, zeros behind · `out`: `[d_head]`.
    pub(crate) fn values(&self, head: usize, alpha: &[[i16; 4]], out: &mut [i32]) {
        kernel::dots(self.values.head(head, self.shape), self.shape.positions, alpha, out);
    }

    /// Exponents of the values of a head.
    pub(crate) fn value_exponents(&self, head: usize) -> &[i8] {
        first(self.values.exponents(head, self.shape), self.len)
    }

    /// Whole fours that hold the positions.
    pub(crate) fn rounded(&self) -> usize {
        self.len.wrapping_add(3) & !3
    }
}
