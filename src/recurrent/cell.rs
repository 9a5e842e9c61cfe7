//! One step of a cell. The rows of its matrices are ordered unit after unit, so that the gates of
//! 32 units are computed, used and forgotten at a time: no buffer holds the gates of all.

use super::State;
use super::states::H_EXPONENT;
use crate::format::{Cell, Model, Role, Stack};
use crate::kernel::{self, Arguments, reset, update};
use crate::layer::{Linear, Pass, block, first_mut};
use crate::number::ToGate;

/// Units whose gates are computed together.
const UNITS: usize = 32;
/// Gates of so many units.
const GATES: usize = 4 * UNITS;

/// The matrices of a cell, read in place.
pub(crate) struct CellLayer<'m> {
    kind: Cell,
    input: Linear<'m>,
    state: Linear<'m>,
    candidate: Linear<'m>,
}

impl<'m> CellLayer<'m> {
    pub(crate) fn of(model: &Model<'m>, stack: Stack, index: usize, kind: Cell) -> Self {
        let linear = |role| Linear::of(model, stack, index, role);
        Self {
            kind,
            input: linear(Role::CellInput),
            state: linear(Role::CellState),
            candidate: linear(Role::CellCandidate),
        }
    }

    /// Of other sections than those of a model: input, state, candidate.
    #[cfg(any(test, feature = "conformance"))]
    pub(crate) fn from_sections(kind: Cell, sections: [crate::format::Section<'m>; 3]) -> Self {
        let [input, state, candidate] = sections.map(|section| Linear::from_section(&section));
        Self { kind, input, state, candidate }
    }

    /// What it reads.
    pub(crate) fn input(&self) -> &Linear<'m> {
        &self.input
    }

    /// Steps. `narrow`: what the cell reads, then room for `[hidden]` · `wide`: `[3·hidden]` for a
    /// GRU with reset before.
    pub(crate) fn step(
        &self,
        narrow: &mut [i16],
        exponent: i32,
        state: State<'_>,
        wide: &mut [i32],
    ) {
        let (x, rest) = narrow.split_at_mut_checked(self.input.columns()).unwrap_or_default();
        let x = block(x, exponent);
        let before = i32::from(*state.h_exponent);
        let h = first_mut(rest, state.h.len());
        let h_exponent = self.state.input().narrow(state.h, before, h);
        let down = before.wrapping_sub(H_EXPONENT) as u32;
        let gates = self.kind.gates();
        let early_gates = if self.kind == Cell::GruBefore { 2 } else { gates };
        let mut from_x = Gates::of(&self.input, x.exponent);
        let mut from_h = Gates::of(&self.state, h_exponent);
        let right = [from_x.to_gate.right(), from_h.to_gate.right()];
        let (product, late) = wide.split_at_mut_checked(state.h.len()).unwrap_or_default();
        let late = late.as_chunks_mut().0;
        let mut waiting = product.iter_mut().zip(&mut *late);
        let mut c = state.c;
        for units in state.h.chunks_mut(UNITS) {
            from_x.next(x.mantissas, units.len().wrapping_mul(gates));
            from_h.next(h, units.len().wrapping_mul(early_gates));
            let arguments = Arguments { x: &from_x.sums, h: &from_h.sums, right };
            match self.kind {
                Cell::Rnn => kernel::rnn(arguments, units),
                Cell::GruAfter => kernel::gru(arguments, down, units),
                Cell::GruBefore => {
                    for ((&h, (x, s)), (product, late)) in
                        units.iter().zip(arguments.units::<3, 2>()).zip(&mut waiting)
                    {
                        *product = reset(arguments.both(x[0], s[0]), h.into());
                        *late = [arguments.both(x[1], s[1]), arguments.of_x(x[2])];
                    }
                }
                Cell::Lstm => {
                    let c_down = state.c_exponent.wrapping_sub(H_EXPONENT) as u32;
                    kernel::lstm(arguments, c_down, units, c);
                    c = core::mem::take(&mut c).get_mut(UNITS..).unwrap_or_default();
                }
            }
        }
        match self.kind {
            Cell::Rnn | Cell::Lstm => *state.h_exponent = H_EXPONENT as i8,
            Cell::GruAfter => {}
            Cell::GruBefore => self.finish(h, (state.h, before), product, late),
        }
    }

    /// The end of a step of a GRU with reset before (arXiv 1406.1078): n reads all of r∘h, so that
    /// r of every unit must be known before any n. `product`: r∘h, with the exponent of h ·
    /// `late`: z of each unit, and n without r∘h.
    fn finish(
        &self,
        narrow: &mut [i16],
        (h, exponent): (&mut [i16], i32),
        product: &mut [i32],
        late: &[[i32; 2]],
    ) {
        let x = self.candidate.input().narrow(product, exponent, narrow);
        let candidate = self.candidate.apply(block(narrow, x), product);
        let gate = ToGate::readying(product, candidate);
        let down = exponent.wrapping_sub(H_EXPONENT) as u32;
        for ((h, &u), &[z, n]) in h.iter_mut().zip(&*product).zip(late) {
            *h = update(z, n.wrapping_add(gate.apply(u)), *h, down);
        }
    }
}

/// What a matrix gives to the gates of some units.
struct Gates<'m> {
    pass: Pass<'m>,
    to_gate: ToGate,
    sums: [i32; GATES],
}

impl<'m> Gates<'m> {
    #[inline(never)] // For the flash.
    fn of(linear: &Linear<'m>, exponent: i32) -> Self {
        let pass = linear.pass(exponent);
        pass.announce();
        Self { to_gate: ToGate::from(pass.exponent()), pass, sums: [0; GATES] }
    }

    /// The next `count` outputs, ready for gates.
    #[inline(never)]
    fn next(&mut self, x: &[i16], count: usize) {
        let sums = self.pass.next(x, first_mut(&mut self.sums, count));
        self.to_gate.ready(sums);
    }
}
