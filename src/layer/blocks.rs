//! Rows of mantissas, each row with an exponent of its own.

use super::{Row, block, first, row, row_mut};
use crate::arena::Carver;
use crate::format::RowsPlan;
use crate::number::{Block, small_exponent};

/// `[rows × width]` mantissas and `[rows]` exponents.
pub(crate) struct Blocks<'a> {
    mantissas: &'a mut [i16],
    exponents: &'a mut [i8],
    width: usize,
    len: usize,
}

impl<'a> Blocks<'a> {
    /// `len`: how many of the rows are in use.
    #[inline(never)] // For the flash.
    pub(crate) fn carve(arena: &mut Carver<'a>, plan: &RowsPlan, len: usize) -> Self {
        Self {
            mantissas: arena.take(plan.mantissas()),
            exponents: arena.take(plan.rows),
            width: plan.width,
            len,
        }
    }

    /// The same rows for a shorter while.
    pub(crate) fn again(&mut self) -> Blocks<'_> {
        let Self { width, len, .. } = *self;
        Blocks { mantissas: self.mantissas, exponents: self.exponents, width, len }
    }

    /// Number of rows in use.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Numbers in a row.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// A row.
    #[inline(never)] // For the flash: every layer asks for rows.
    pub(crate) fn row(&self, position: usize) -> Block<'_> {
        let exponent = self.exponents.get(position).map_or(0, |&e| e.into());
        block(row(self.mantissas, position, self.width), exponent)
    }

    /// The largest exponent of the rows in use, which all can be brought to.
    #[inline(never)] // For the flash.
    pub(crate) fn common_exponent(&self) -> i32 {
        first(self.exponents, self.len).iter().max().map_or(0, |&e| e.into())
    }

    /// Changes a row: `change` gets its mantissas and exponent, and returns the new exponent.
    pub(crate) fn update(&mut self, position: usize, change: impl FnOnce(&mut [i16], i32) -> i32) {
        let Some((mantissas, exponent)) = self.row_mut(position) else { return };
        *exponent = small_exponent(change(mantissas, (*exponent).into()));
    }

    #[inline(never)]
    fn row_mut(&mut self, position: usize) -> Option<RowMut<'_>> {
        let exponent = self.exponents.get_mut(position)?;
        Some((row_mut(self.mantissas, position, self.width), exponent))
    }

    /// Changes a row and, if `count` is 2, the one behind it, if there is one.
    pub(crate) fn update_rows(
        &mut self,
        position: usize,
        count: usize,
        change: impl FnOnce(&mut [Row<'_>]),
    ) {
        let two = count == 2 && position.wrapping_add(1) < self.len;
        let Some(((a, a_exponent), behind)) = self.pair(position) else { return };
        let behind = behind.filter(|_| two);
        let row = |mantissas, exponent: &i8| Row { mantissas, exponent: (*exponent).into() };
        if let Some((b, b_exponent)) = behind {
            let mut rows = [row(a, a_exponent), row(b, b_exponent)];
            change(&mut rows);
            *a_exponent = small_exponent(rows[0].exponent);
            *b_exponent = small_exponent(rows[1].exponent);
        } else {
            let mut rows = [row(a, a_exponent)];
            change(&mut rows);
            *a_exponent = small_exponent(rows[0].exponent);
        }
    }

    /// A row with its exponent, to be changed together with the row behind it, if there is one.
    pub(crate) fn pair(&mut self, position: usize) -> Option<(RowMut<'_>, Option<RowMut<'_>>)> {
        let rows = self.mantissas.get_mut(position.wrapping_mul(self.width)..)?;
        let (first, rest) = rows.split_at_mut_checked(self.width)?;
        let (exponent, exponents) = self.exponents.get_mut(position..)?.split_first_mut()?;
        let behind = rest.get_mut(..self.width).zip(exponents.first_mut());
        Some(((first, exponent), behind))
    }
}

/// Mantissas and their exponent.
type RowMut<'r> = (&'r mut [i16], &'r mut i8);
