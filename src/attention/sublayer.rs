//! What surrounds each attention and feed-forward: norm, residual addition, norm.
//!
//! ```text
//! pre    x ─┬─ norm ─ f ─ + ─► x            post    x ─┬─ f ─ + ─ norm ─► x
//!           └─────────────┘                           └───────┘
//! ```

use crate::format::{Dims, Directory, NormOrder, Role, Stack};
use crate::layer::{Input, Lanes, Norm, Row, block, first_mut};
use crate::number::{add_aligned, narrow};

/// Bits of the residual stream.
const STREAM_BITS: u32 = 16;

/// The norm of a sublayer, and where it stands.
pub(crate) struct Sublayer<'m> {
    norm: Norm<'m>,
    order: NormOrder,
    d_model: usize,
}

impl<'m> Sublayer<'m> {
    /// What is next in a directory.
    pub(crate) fn next(
        directory: &mut Directory<'_, 'm>,
        stack: Stack,
        layer: usize,
        role: Role,
    ) -> Self {
        let Dims { norm: order, d_model, .. } = *directory.model.dims();
        Self { norm: Norm::next(directory, stack, layer, role), order, d_model }
    }

    /// Rows of the stream, normed if that comes first, into `narrow` of the lanes, as `input` wants
    /// them.
    #[inline(never)] // For the flash.
    pub(crate) fn before(&self, rows: &[Row<'_>], input: Input, lanes: &mut Lanes<'_>) {
        for (row, lane) in rows.iter().zip(&mut lanes.lanes) {
            let x = block(row.mantissas, row.exponent);
            match self.order {
                NormOrder::Post => {
                    lane.exponent = input.narrow(x.mantissas, x.exponent, lane.narrow);
                }
                NormOrder::Pre => {
                    lane.exponent = self.norm.apply(x, first_mut(lane.wide, self.d_model));
                    lane.cut(input, self.d_model);
                }
            }
        }
    }

    /// Adds `wide` of the lanes, the sublayer's result, to rows of the stream.
    #[inline(never)] // For the flash.
    pub(crate) fn after(&self, rows: &mut [Row<'_>], lanes: &mut Lanes<'_>) {
        for (row, lane) in rows.iter_mut().zip(&mut lanes.lanes) {
            let wide = first_mut(lane.wide, self.d_model);
            let x = block(row.mantissas, row.exponent);
            let exponent = add_aligned(wide, lane.exponent, x);
            row.exponent = enter(wide, exponent, row.mantissas);
            if self.order == NormOrder::Post {
                let exponent = self.norm.apply(block(row.mantissas, row.exponent), wide);
                row.exponent = enter(wide, exponent, row.mantissas);
            }
        }
    }
}

/// Writes wide values into the residual stream. Returns its exponent.
pub(crate) fn enter(wide: &[i32], exponent: i32, x: &mut [i16]) -> i32 {
    narrow(wide, exponent, STREAM_BITS, i32::MIN, x)
}
