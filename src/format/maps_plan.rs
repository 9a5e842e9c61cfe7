//! The RAM of a convolutional encoder: the rows that it keeps of its maps.

use super::ConvolutionalDims;
use super::sizes::{max, product, sum};
use crate::arena::footprint;

/// What a convolutional encoder keeps of its maps: mantissas, and a state a layer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MapsPlan {
    pub(crate) mantissas: usize,
    pub(crate) layers: usize,
    /// Numbers in the longest row that a layer computes.
    pub(super) row: usize,
}

impl MapsPlan {
    pub(super) const NONE: Self = Self { mantissas: 0, layers: 0, row: 0 };

    /// The rows that each layer reads, with the zeros around them.
    pub(crate) const fn of(encoder: &ConvolutionalDims) -> Self {
        let picture = product(encoder.width, encoder.channels);
        let mut plan = Self { mantissas: 0, layers: encoder.count(), row: picture };
        let mut i = 0usize;
        while i < encoder.count() {
            let kept = product(encoder.kept_rows(i), encoder.row_len(i));
            plan.mantissas = plan.mantissas.wrapping_add(kept);
            i = i.wrapping_add(1);
            let made = encoder.size(i);
            plan.row = max(plan.row, product(made.width, made.channels));
        }
        plan
    }

    pub(crate) const fn bytes(&self) -> u64 {
        sum(&[footprint(self.mantissas as u64, 2), footprint(self.layers as u64, 16)])
    }
}
