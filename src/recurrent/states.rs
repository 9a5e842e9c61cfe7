//! The states of some cells: h, and c of an LSTM, as 16-bit blocks.
//!
//! h of RNN and LSTM, and what a GRU adds to it, lies in ±1: its exponent is −15, or larger when
//! the first state of a GRU was. |c| grows by at most 1 a step: its exponent starts at −14 and
//! rises by one whenever the next step might not fit.

use super::CellLayer;
use crate::format::Cell;
use crate::layer::{Blocks, Scratch};
use crate::number::{Block, magnitude_bits, round_shift};

/// The exponent of h with |h| ≤ 1.
pub(crate) const H_EXPONENT: i32 = -15;
/// The least exponent of c.
const C_EXPONENT: i32 = -14;

/// What a cell keeps.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// What it says.
    H,
    /// What an LSTM keeps for itself.
    C,
}

impl Part {
    pub(crate) fn least_exponent(self) -> i32 {
        if self == Self::H { H_EXPONENT } else { C_EXPONENT }
    }
}

/// Rows h, or h and c in turn.
pub(crate) struct States<'a> {
    pub(crate) rows: Blocks<'a>,
    pub(crate) cell: Cell,
}

/// The state of one cell.
pub(crate) struct State<'s> {
    pub(crate) h: &'s mut [i16],
    pub(crate) h_exponent: &'s mut i8,
    /// Empty, but in an LSTM.
    pub(crate) c: &'s mut [i16],
    pub(crate) c_exponent: i32,
}

impl States<'_> {
    /// Gives numbers that are zero their first exponent.
    pub(crate) fn begin(&mut self) {
        for row in 0..self.rows.len() {
            self.rows.update(row, |_, _| H_EXPONENT);
        }
    }

    fn at(&self, index: usize, part: Part) -> usize {
        index.wrapping_mul(self.parts().len()).wrapping_add(part as usize)
    }

    /// What each cell keeps.
    pub(crate) fn parts(&self) -> &'static [Part] {
        if self.cell == Cell::Lstm { &[Part::H, Part::C] } else { &[Part::H] }
    }

    /// h of a cell.
    pub(crate) fn h(&self, index: usize) -> Block<'_> {
        self.get(index, Part::H)
    }

    /// A part of a state.
    pub(crate) fn get(&self, index: usize, part: Part) -> Block<'_> {
        self.rows.row(self.at(index, part))
    }

    /// Writes a part of a state: `write` fills it and returns the exponent.
    pub(crate) fn set(&mut self, index: usize, part: Part, write: impl FnOnce(&mut [i16]) -> i32) {
        let at = self.at(index, part);
        self.rows.update(at, |values, _| write(values).max(part.least_exponent()));
    }

    /// Steps a cell, which reads `scratch.narrow` of `exponent`.
    #[inline(never)] // For the flash.
    pub(crate) fn step(
        &mut self,
        index: usize,
        cell: &CellLayer<'_>,
        exponent: i32,
        scratch: &mut Scratch<'_>,
    ) {
        let at = self.at(index, Part::H);
        let Some(((h, h_exponent), behind)) = self.rows.pair(at) else { return };
        let mut state = State { h, h_exponent, c: &mut [], c_exponent: 0 };
        if let (Cell::Lstm, Some((c, exponent))) = (self.cell, behind) {
            make_room(c, exponent);
            state.c_exponent = (*exponent).into();
            state.c = c;
        }
        cell.step(scratch.narrow, exponent, state, scratch.wide);
    }
}

/// Halves c if adding 1 could leave 16 bits. The exponent of the first c, all zeros, is that of h.
fn make_room(c: &mut [i16], exponent: &mut i8) {
    *exponent = (*exponent).max(C_EXPONENT as i8);
    if magnitude_bits(c) > 14 {
        for c in c.iter_mut() {
            *c = round_shift((*c).into(), 1) as i16;
        }
        *exponent = exponent.saturating_add(1);
    }
}
