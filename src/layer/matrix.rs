//! A matrix, wherever it is: in place, or in far flash, some rows after the others
//! (docs/SLOW_FLASH.md).

use crate::format::Section;
use crate::kernel::{self, Rows};

#[cfg(feature = "far-flash")]
use crate::far::FarRows;

/// `[rows × columns]`, or the rows that are left of it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Matrix<'m> {
    Near(Rows<'m>),
    #[cfg(feature = "far-flash")]
    Far(FarRows<'m>),
}

/// The same of either.
macro_rules! either {
    ($matrix:expr, $rows:ident => $near:expr, $far:expr) => {
        match $matrix {
            Matrix::Near($rows) => $near,
            #[cfg(feature = "far-flash")]
            Matrix::Far($rows) => $far,
        }
    };
}

impl<'m> Matrix<'m> {
    #[inline(always)]
    pub(crate) fn of(section: &Section<'m>) -> Self {
        #[cfg(feature = "far-flash")]
        if let Some(rows) = FarRows::of(section) {
            return Self::Far(rows);
        }
        Self::Near(section.matrix())
    }

    #[inline(always)]
    pub(crate) fn rows(&self) -> usize {
        either!(self, rows => rows.rows(), rows.rows())
    }

    #[inline(always)]
    pub(crate) fn columns(&self) -> usize {
        either!(self, rows => rows.columns(), rows.columns())
    }

    /// All words, in the order in which they are read; none of one that is far.
    #[inline(always)]
    pub(crate) fn words(&self) -> &'m [u32] {
        either!(self, rows => rows.words(), {
            _ = rows;
            &[]
        })
    }

    /// Drops the first `count` rows, a multiple of four, or all.
    #[inline(always)]
    pub(crate) fn skip(&mut self, count: usize) {
        either!(self, rows => rows.skip(count), rows.skip(count));
    }

    /// [`kernel::matvec`].
    #[inline(always)]
    pub(crate) fn matvec(&self, x: &[i16], bias_shift: u32, out: &mut [i32]) {
        either!(self, rows => kernel::matvec(rows, x, bias_shift, out),
            rows.matvec(x, bias_shift, out));
    }

    /// [`kernel::matvec_pair`].
    #[inline(always)]
    pub(crate) fn matvec_pair(&self, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
        either!(self, rows => kernel::matvec_pair(rows, x, bias_shifts, out),
            rows.matvec_pair(x, bias_shifts, out));
    }

    /// [`kernel::depthwise`].
    #[inline(always)]
    pub(crate) fn depthwise(&self, x: &[i16], bias_shift: u32, out: &mut [i32]) {
        either!(self, rows => kernel::depthwise(rows, x, rows.rows(), bias_shift, out),
            rows.depthwise(x, bias_shift, out));
    }
}
