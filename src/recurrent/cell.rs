//! One step of a cell. The rows of its matrices are ordered unit after unit, so that the gates of
//! 32 units are computed, used and forgotten at a time: no buffer holds the gates of all.

use super::State;
use super::gates::{lstm, reset, rnn, update};
use super::states::H_EXPONENT;
use crate::format::{Cell, Model, Role, Stack};
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
        let (of_x, of_h) = (from_x.to_gate, from_h.to_gate);
        // A gate's argument: what both matrices gave it, in Q14.
        let both = |x: i32, h: i32| of_x.apply(x).wrapping_add(of_h.apply(h));
        let (product, late) = wide.split_at_mut_checked(state.h.len()).unwrap_or_default();
        let late = late.as_chunks_mut().0;
        let mut waiting = product.iter_mut().zip(&mut *late);
        let mut c = state.c.iter_mut();
        for units in state.h.chunks_mut(UNITS) {
            from_x.next(x.mantissas, units.len().wrapping_mul(gates));
            from_h.next(h, units.len().wrapping_mul(early_gates));
            match self.kind {
                Cell::Rnn => {
                    for (out, (x, s)) in units.iter_mut().zip(chunks::<1, 1>(&from_x, &from_h)) {
                        *out = rnn(both(x[0], s[0]));
                    }
                }
                Cell::GruAfter => {
                    for (out, (x, s)) in units.iter_mut().zip(chunks::<3, 3>(&from_x, &from_h)) {
                        let n = reset(both(x[0], s[0]), of_h.apply(s[2]));
                        let n = of_x.apply(x[2]).wrapping_add(n);
                        *out = update(both(x[1], s[1]), n, *out, down);
                    }
                }
                Cell::GruBefore => {
                    let sums = chunks::<3, 2>(&from_x, &from_h);
                    for ((&h, (x, s)), (product, late)) in units.iter().zip(sums).zip(&mut waiting)
                    {
                        *product = reset(both(x[0], s[0]), h.into());
                        *late = [both(x[1], s[1]), of_x.apply(x[2])];
                    }
                }
                Cell::Lstm => {
                    let c_down = state.c_exponent.wrapping_sub(H_EXPONENT) as u32;
                    let sums = chunks::<4, 4>(&from_x, &from_h);
                    for ((out, (x, s)), c) in units.iter_mut().zip(sums).zip(&mut c) {
                        let gate = |i: usize| both(x[i], s[i]);
                        (*out, *c) = lstm([gate(0), gate(1), gate(2), gate(3)], *c, c_down);
                    }
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

/// Both sums of each unit, gate by gate.
fn chunks<'s, const X: usize, const H: usize>(
    x: &'s Gates<'_>,
    h: &'s Gates<'_>,
) -> impl Iterator<Item = (&'s [i32; X], &'s [i32; H])> {
    x.sums.as_chunks().0.iter().zip(h.sums.as_chunks().0)
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
