//! Sizes of what is carved from an arena more than once, and their arithmetic.

use super::Cell;
use super::dims::Dims;
use crate::arena::footprint;
use crate::kernel::bare_words;

/// Rows of a width, and an exponent for each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowsPlan {
    pub(crate) width: usize,
    pub(crate) rows: usize,
}

impl RowsPlan {
    pub(super) const fn when(condition: bool, width: usize, rows: usize) -> Self {
        if condition && width > 0 { Self { width, rows } } else { Self { width: 0, rows: 0 } }
    }

    pub(crate) const fn mantissas(&self) -> usize {
        product(self.width, self.rows)
    }

    pub(super) const fn bytes(&self) -> u64 {
        sum(&[footprint(self.mantissas() as u64, 2), footprint(self.rows as u64, 1)])
    }
}

/// Fours of exponents that a head keeps: those of all positions, and then the largest.
pub(crate) const fn exponent_fours(positions: usize) -> usize {
    positions.div_ceil(4).wrapping_add(1)
}

/// Sizes of the keys, and as many values, of some layers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CachePlan {
    pub(crate) words: usize,
    pub(crate) exponents: usize,
}

impl CachePlan {
    pub(super) const fn of(dims: &Dims, layers: usize, positions: usize) -> Self {
        Self::of_heads([dims.n_heads, dims.d_head], layers, positions)
    }

    /// For so many heads, and numbers in each.
    pub(crate) const fn of_heads(
        [n_heads, d_head]: [usize; 2],
        layers: usize,
        positions: usize,
    ) -> Self {
        Self {
            words: product(product(layers, n_heads), bare_words(positions, d_head)),
            exponents: product(product(layers, n_heads), exponent_fours(positions)),
        }
    }

    pub(crate) const fn bytes(&self) -> u64 {
        let (words, exponents) = (self.words as u64, self.exponents as u64);
        let half = sum(&[footprint(words, 4), footprint(exponents, 4)]);
        sum(&[half, half])
    }
}

/// States of some cells: h, and c of an LSTM.
pub(super) const fn states(cell: Cell, hidden: usize, cells: usize) -> RowsPlan {
    let rows = if matches!(cell, Cell::Lstm) { product(cells, 2) } else { cells };
    RowsPlan { width: hidden, rows }
}

// The limits of the dims keep sums and products small: wrapping only spares the check.

pub(super) const fn sum(sizes: &[u64]) -> u64 {
    let (mut sum, mut i) = (0u64, 0);
    while i < sizes.len() {
        sum = sum.wrapping_add(sizes[i]);
        i += 1;
    }
    sum
}

pub(super) const fn product(a: usize, b: usize) -> usize {
    a.wrapping_mul(b)
}

pub(super) const fn max(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}
