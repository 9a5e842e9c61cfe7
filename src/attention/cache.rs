//! Keys and values of past positions: int8, with an exponent per head and position.

use crate::arena::Carver;
use crate::format::{CachePlan, Dims};
use crate::layer::{row, row_mut};
use crate::number::{narrow_bytes, small_exponent};

/// The caches of some layers.
pub(crate) struct Caches<'a> {
    keys: Half<&'a mut [i8]>,
    values: Half<&'a mut [i8]>,
    positions: usize,
    shape: Shape,
}

/// Mantissas `[layers × positions × n_heads·d_head]` and exponents `[layers × positions × n_heads]`.
struct Half<T> {
    mantissas: T,
    exponents: T,
}

#[derive(Clone, Copy)]
struct Shape {
    n_heads: usize,
    d_head: usize,
}

/// What attention reads: one layer, up to the positions that count.
pub(crate) struct Cache<'c> {
    keys: Half<&'c [i8]>,
    values: Half<&'c [i8]>,
    shape: Shape,
}

impl<'a> Caches<'a> {
    pub(crate) fn carve(
        arena: &mut Carver<'a>,
        plan: &CachePlan,
        dims: &Dims,
        positions: usize,
    ) -> Self {
        let mut half = || Half {
            mantissas: arena.take(plan.mantissas),
            exponents: arena.take(plan.exponents),
        };
        let shape = Shape { n_heads: dims.n_heads, d_head: dims.d_head };
        Self { keys: half(), values: half(), positions, shape }
    }

    /// Writes a key. `wide`: `[n_heads·d_head]`.
    pub(crate) fn put_key(&mut self, layer: usize, position: usize, wide: &[i32], exponent: i32) {
        let at = layer.wrapping_mul(self.positions).wrapping_add(position);
        self.keys.put(self.shape, at, wide, exponent);
    }

    /// Writes a value. `wide`: `[n_heads·d_head]`.
    pub(crate) fn put_value(&mut self, layer: usize, position: usize, wide: &[i32], exponent: i32) {
        let at = layer.wrapping_mul(self.positions).wrapping_add(position);
        self.values.put(self.shape, at, wide, exponent);
    }

    /// The first `len` positions of a layer.
    pub(crate) fn layer(&self, layer: usize, len: usize) -> Cache<'_> {
        let (positions, shape) = (self.positions, self.shape);
        Cache {
            keys: self.keys.view(layer, positions, len, shape),
            values: self.values.view(layer, positions, len, shape),
            shape,
        }
    }
}

impl Half<&mut [i8]> {
    fn put(&mut self, shape: Shape, at: usize, wide: &[i32], exponent: i32) {
        for head in 0..shape.n_heads {
            let slot = at.wrapping_mul(shape.n_heads).wrapping_add(head);
            let mantissas = row_mut(self.mantissas, slot, shape.d_head);
            let exponent = narrow_bytes(row(wide, head, shape.d_head), exponent, mantissas);
            if let Some(place) = self.exponents.get_mut(slot) {
                *place = small_exponent(exponent);
            }
        }
    }

    fn view(&self, layer: usize, positions: usize, len: usize, shape: Shape) -> Half<&[i8]> {
        let width = shape.n_heads.wrapping_mul(shape.d_head);
        let cut = |values, width: usize| {
            crate::layer::first(
                row(values, layer, positions.wrapping_mul(width)),
                len.wrapping_mul(width),
            )
        };
        Half {
            mantissas: cut(&*self.mantissas, width),
            exponents: cut(&*self.exponents, shape.n_heads),
        }
    }
}

impl Half<&[i8]> {
    fn get(&self, position: usize, head: usize, shape: Shape) -> (&[i8], i32) {
        let slot = position.wrapping_mul(shape.n_heads).wrapping_add(head);
        let exponent = self.exponents.get(slot).map_or(0, |&e| e.into());
        (row(self.mantissas, slot, shape.d_head), exponent)
    }
}

impl Cache<'_> {
    pub(crate) fn key(&self, position: usize, head: usize) -> (&[i8], i32) {
        self.keys.get(position, head, self.shape)
    }

    pub(crate) fn value(&self, position: usize, head: usize) -> (&[i8], i32) {
        self.values.get(position, head, self.shape)
    }
}
