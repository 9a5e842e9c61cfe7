//! What surrounds each attention and feed-forward: norm, residual addition, norm.
//!
//! ```text
//! pre    x ─┬─ norm ─ f ─ + ─► x            post    x ─┬─ f ─ + ─ norm ─► x
//!           └─────────────┘                           └───────┘
//! ```

use crate::format::{Dims, Model, NormOrder, Role, Stack};
use crate::layer::{Input, Norm, block, first_mut};
use crate::number::{Block, add_aligned, narrow};

/// Bits of the residual stream.
const STREAM_BITS: u32 = 16;

/// The norm of a sublayer, and where it stands.
pub(crate) struct Sublayer<'m> {
    norm: Norm<'m>,
    order: NormOrder,
    d_model: usize,
}

impl<'m> Sublayer<'m> {
    pub(crate) fn of(model: &Model<'m>, stack: Stack, layer: usize, role: Role) -> Self {
        let Dims { norm: order, d_model, .. } = *model.dims();
        Self { norm: Norm::of(model, stack, layer, role), order, d_model }
    }

    /// `x`, normed if that comes first, into `narrow`, as `input` wants it. Returns its exponent.
    pub(crate) fn before(
        &self,
        x: Block<'_>,
        input: Input,
        wide: &mut [i32],
        narrow: &mut [i16],
    ) -> i32 {
        match self.order {
            NormOrder::Post => input.narrow(x.mantissas, x.exponent, narrow),
            NormOrder::Pre => {
                let wide = first_mut(wide, self.d_model);
                let exponent = self.norm.apply(x, wide);
                input.narrow(wide, exponent, narrow)
            }
        }
    }

    /// Adds `wide`, the sublayer's result, to the stream `x`. Returns the exponent of `x`.
    pub(crate) fn after(
        &self,
        wide: &mut [i32],
        exponent: i32,
        x: &mut [i16],
        x_exponent: i32,
    ) -> i32 {
        let wide = first_mut(wide, self.d_model);
        let exponent = add_aligned(wide, exponent, block(x, x_exponent));
        let exponent = enter(wide, exponent, x);
        match self.order {
            NormOrder::Pre => exponent,
            NormOrder::Post => {
                let exponent = self.norm.apply(block(x, exponent), wide);
                enter(wide, exponent, x)
            }
        }
    }
}

/// Writes wide values into the residual stream. Returns its exponent.
pub(crate) fn enter(wide: &[i32], exponent: i32, x: &mut [i16]) -> i32 {
    narrow(wide, exponent, STREAM_BITS, i32::MIN, x)
}
