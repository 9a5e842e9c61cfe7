//! One or two rows at once: two share each word of the weights they meet.

use super::{Input, Linear, block, first, first_mut};
use crate::arena::Carver;
use crate::format::Plan;
use crate::kernel;
use crate::number::magnitude_bits;

/// Scratch of one row: what the next layer reads, and what a layer computes.
#[derive(Default)]
pub(crate) struct Lane<'s> {
    pub(crate) narrow: &'s mut [i16],
    pub(crate) wide: &'s mut [i32],
    /// Of whatever was written last.
    pub(crate) exponent: i32,
}

/// Scratch of two rows; the second lane may be empty, for callers with one row.
pub(crate) struct Lanes<'s> {
    pub(crate) lanes: [Lane<'s>; 2],
    both: &'s mut [[u32; 2]],
}

/// A row of the residual stream.
pub(crate) struct Row<'r> {
    pub(crate) mantissas: &'r mut [i16],
    pub(crate) exponent: i32,
}

impl<'s> Lanes<'s> {
    /// For one row.
    pub(crate) fn one(narrow: &'s mut [i16], wide: &'s mut [i32]) -> Self {
        Self { lanes: [Lane { narrow, wide, exponent: 0 }, Lane::default()], both: &mut [] }
    }

    /// For two rows, the second in what is carved here, if the plan has room for it.
    pub(crate) fn two(
        narrow: &'s mut [i16],
        wide: &'s mut [i32],
        arena: &mut Carver<'s>,
        plan: &Plan,
    ) -> Self {
        let (wide_room, narrow_room, both) = plan.second_lane();
        let second =
            Lane { narrow: arena.take(narrow_room), wide: arena.take(wide_room), exponent: 0 };
        Self { lanes: [Lane { narrow, wide, exponent: 0 }, second], both: arena.take(both) }
    }

    /// How many rows it can take at once.
    pub(crate) fn count(&self) -> usize {
        if self.both.is_empty() { 1 } else { 2 }
    }

    /// Calls `work` with every position that a pass over `len` rows starts at.
    pub(crate) fn each(&mut self, len: usize, mut work: impl FnMut(usize, &mut Self)) {
        let mut position = 0;
        while position < len {
            work(position, self);
            position = position.wrapping_add(self.count());
        }
    }

    /// `W·x + b` in the first `rows` lanes: reads `narrow`, writes `wide`.
    pub(crate) fn apply(&mut self, linear: &Linear<'_>, rows: usize) {
        if rows == 2 {
            let ([a, b], columns) = (&self.lanes, linear.columns());
            let both = first_mut(self.both, columns.div_ceil(4).wrapping_mul(2));
            kernel::interleave(first(a.narrow, columns), first(b.narrow, columns), both);
        }
        self.apply_again(linear, rows);
    }

    /// The same to what another matrix of as many columns was just applied to.
    #[inline(never)] // For the flash.
    pub(crate) fn apply_again(&mut self, linear: &Linear<'_>, rows: usize) {
        let (columns, outputs) = (linear.columns(), linear.rows());
        let [a, b] = &mut self.lanes;
        if rows == 2 {
            let both = first_mut(self.both, columns.div_ceil(4).wrapping_mul(2));
            let out = [first_mut(a.wide, outputs), first_mut(b.wide, outputs)];
            [a.exponent, b.exponent] = linear.apply_both(both, [a.exponent, b.exponent], out);
        } else {
            let x = block(first(a.narrow, columns), a.exponent);
            a.exponent = linear.apply(x, first_mut(a.wide, outputs));
        }
    }
}

impl Lanes<'_> {
    pub(crate) fn exponents(&self) -> [i32; 2] {
        [self.lanes[0].exponent, self.lanes[1].exponent]
    }

    pub(crate) fn set_exponents(&mut self, exponents: [i32; 2]) {
        [self.lanes[0].exponent, self.lanes[1].exponent] = exponents;
    }
}

impl Lane<'_> {
    /// The first `n` wide values, as `input` wants them.
    pub(crate) fn cut(&mut self, input: Input, n: usize) {
        let width = magnitude_bits(first(self.wide, n));
        self.cut_known(input, (n, width));
    }

    /// The same where their [`magnitude_bits`] are known.
    #[inline(never)] // For the flash.
    pub(crate) fn cut_known(&mut self, input: Input, (n, width): (usize, u32)) {
        let (wide, narrow) = (first(self.wide, n), first_mut(self.narrow, n));
        self.exponent = input.narrow_known((wide, width), self.exponent, narrow);
    }
}
