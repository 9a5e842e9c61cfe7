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
use crate::layer::{first, first_mut, row, row_mut};
use crate::number::{Block, ENERGY_FRACTION, bytes_for, small_exponent};

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
    #[inline(never)] // For the flash.
    pub(crate) fn put_key(&mut self, layer: usize, position: usize, wide: &[i32], exponent: i32) {
        let shape = self.shape;
        self.keys.put(shape, (layer, position), wide, exponent, |words, key, shift| {
            kernel::put_row(words, shape.d_head, position, key, shift);
        });
    }

    /// Writes a value, behind that of the position before. `wide`: `[n_heads·d_head]`.
    #[inline(never)] // For the flash.
    pub(crate) fn put_value(&mut self, layer: usize, position: usize, wide: &[i32], exponent: i32) {
        let shape = self.shape;
        self.values.put(shape, (layer, position), wide, exponent, |words, value, shift| {
            kernel::put_column(words, shape.positions, position, value, shift);
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

impl Half<&mut [u32], &mut [[i8; 4]]> {
    /// Gives each head to `write`, with the shift that cuts it to int8.
    fn put(
        &mut self,
        shape: Shape,
        (layer, position): (usize, usize),
        wide: &[i32],
        exponent: i32,
        write: impl Fn(&mut [u32], &[i32], u32),
    ) {
        for head in 0..shape.n_heads {
            let values = row(wide, head, shape.d_head);
            let shift = bytes_for(values).max(1);
            let matrix = layer.wrapping_mul(shape.n_heads).wrapping_add(head);
            write(row_mut(self.words, matrix, shape.words()), values, shift);
            let exponent = exponent.saturating_add(shift as i32).clamp(-128, MOST) as i8;
            let exponents = row_mut(self.exponents, matrix, exponent_fours(shape.positions));
            let Some(([largest, ..], fours)) = exponents.split_last_mut() else { continue };
            *largest = if position == 0 { exponent } else { exponent.max(*largest) };
            for places in fours.iter_mut().skip(position / 4).take(1) {
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

impl Half<&[u32], &[[i8; 4]]> {
    fn head(&self, head: usize, shape: Shape) -> &[u32] {
        row(self.words, head, shape.words())
    }

    /// The exponents of a head, position after position, and the largest.
    fn exponents(&self, head: usize, shape: Shape) -> (&[[i8; 4]], i32) {
        let exponents = row(self.exponents, head, exponent_fours(shape.positions));
        match exponents.split_last() {
            Some(([largest, ..], fours)) => (fours, i32::from(*largest)),
            None => (&[], 0),
        }
    }
}

impl Cache<'_> {
    /// `q·k_j` for the keys of a head in Q8, in octaves, and the highest. Beyond 128 octaves they
    /// saturate.
    ///
    /// `query`: `[n_heads·d_head]`, and three numbers behind, of which a head is read in whole fours ·
    /// `room`: whole fours. Places behind the last position are so far below that they count nothing.
    #[inline(always)] // For the flash.
    pub(crate) fn energies<'e>(
        &self,
        head: usize,
        query: Block<'_>,
        room: &'e mut [i32],
    ) -> (i32, &'e mut [[i32; 2]]) {
        let (shape, keys) = (self.shape, &self.keys);
        let from = query.mantissas.get(head.wrapping_mul(shape.d_head)..).unwrap_or(&[]);
        let q = first(from.as_chunks().0, shape.d_head.div_ceil(4));
        kernel::dots(keys.head(head, shape), shape.d_head, q, room);
        let (exponents, largest) = keys.exponents(head, shape);
        let common = (-ENERGY_FRACTION).saturating_sub(query.exponent);
        let common = small_exponent(common.max(largest));
        let (sums, behind) = room.split_at_mut_checked(self.len).unwrap_or_default();
        behind.fill(sums.last().copied().unwrap_or(0));
        let highest = kernel::energies(room, exponents, common);
        let (fours, _) = first_mut(room, self.rounded() / 2).as_chunks_mut();
        let halves: &mut [i16] = bytemuck::try_cast_slice_mut(fours).unwrap_or_default();
        for behind in halves.iter_mut().skip(self.len) {
            *behind = highest.wrapping_add(1) as i16;
        }
        (highest, fours)
    }

    /// Turns powers of two into mantissas for the values of a head, cut `down` further. Returns the
    /// exponent of what they come to.
    pub(crate) fn weigh(&self, head: usize, down: u32, powers: &mut [[i32; 2]]) -> i32 {
        let (exponents, largest) = self.values.exponents(head, self.shape);
        kernel::mantissas(powers, exponents, small_exponent(largest.wrapping_add(down as i32)));
        largest
    }

    /// The largest exponent of the values of a head.
    pub(crate) fn largest_value(&self, head: usize) -> i32 {
        self.values.exponents(head, self.shape).1
    }

    /// `Σ_j α_j·v_j` of a head. `alpha`: `[len]` in whole fours, zeros behind · `out`: `[d_head]`.
    pub(crate) fn values(&self, head: usize, alpha: &[[i16; 4]], out: &mut [i32]) {
        kernel::dots(self.values.head(head, self.shape), self.shape.positions, alpha, out);
    }

    /// Whole fours that hold the positions.
    pub(crate) fn rounded(&self) -> usize {
        self.len.wrapping_add(3) & !3
    }
}
