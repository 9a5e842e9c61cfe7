//! Encoders: a source in, a [`Memory`] out.

mod transformer;

pub(crate) use transformer::TransformerEncoder;

use crate::Error;
use crate::arena::Carver;
use crate::format::{Dims, Plan};
use crate::layer::{block, row, row_mut};
use crate::number::{Block, small_exponent};

/// What the decoder reads: a row of `[d_model]` per source token, each with its exponent. While
/// the encoder runs it is its residual stream.
pub(crate) struct Memory<'a> {
    mantissas: &'a mut [i16],
    exponents: &'a mut [i8],
    d_model: usize,
    len: usize,
}

impl<'a> Memory<'a> {
    pub(crate) fn carve(
        arena: &mut Carver<'a>,
        plan: &Plan,
        dims: &Dims,
        len: usize,
    ) -> Result<Self, Error> {
        Ok(Self {
            mantissas: arena.take(plan.memory)?,
            exponents: arena.take(plan.memory_exponents)?,
            d_model: dims.d_model,
            len,
        })
    }

    /// Number of source tokens.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The row of a token.
    pub(crate) fn row(&self, position: usize) -> Block<'_> {
        let exponent = self.exponents.get(position).map_or(0, |&e| e.into());
        block(row(self.mantissas, position, self.d_model), exponent)
    }

    /// Changes the row of a token: `change` gets its mantissas and exponent, and returns the new
    /// exponent.
    pub(crate) fn update(&mut self, position: usize, change: impl FnOnce(&mut [i16], i32) -> i32) {
        let Some(exponent) = self.exponents.get_mut(position) else { return };
        let mantissas = row_mut(self.mantissas, position, self.d_model);
        *exponent = small_exponent(change(mantissas, (*exponent).into()));
    }
}
