//! What a recurrent encoder is made of, and the cells that both recurrent sides have.

use super::limits::{MAX_WIDTH, range};
use super::{field, tri};
use crate::Error;

/// The cell of a recurrent layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Cell {
    /// h′ = tanh(Wx + Uh + b)
    Rnn = 0,
    /// GRU whose reset gate stands behind the product: n = tanh(Wx + r∘(Uh + c)).
    GruAfter = 1,
    /// GRU whose reset gate stands before it: n = tanh(Wx + U(r∘h)) (arXiv 1406.1078).
    GruBefore = 2,
    /// LSTM: i, f, g, o.
    Lstm = 3,
}

/// How a recurrent encoder reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Directions {
    /// From the first token to the last.
    Forward = 0,
    /// Both ways, the rows side by side.
    Concat = 1,
    /// Both ways, the rows added.
    Sum = 2,
}

/// A recurrent encoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct RecurrentEncoderDims {
    /// Its cell.
    pub cell: Cell,
    /// Width of the state of one direction.
    pub hidden: usize,
    /// How it reads.
    pub directions: Directions,
}

impl Cell {
    /// Gates of a unit.
    #[must_use]
    pub const fn gates(self) -> usize {
        match self {
            Self::Rnn => 1,
            Self::GruAfter | Self::GruBefore => 3,
            Self::Lstm => 4,
        }
    }

    pub(super) const fn parse(byte: u8, field: &'static str) -> Result<Self, Error> {
        Ok(match byte {
            0 => Self::Rnn,
            1 => Self::GruAfter,
            2 => Self::GruBefore,
            3 => Self::Lstm,
            _ => return bad(byte, field),
        })
    }
}

/// A byte that means nothing.
pub(super) const fn bad<T>(value: u8, field: &'static str) -> Result<T, Error> {
    Err(Error::BadField { field, value: value as u32 })
}

impl Directions {
    /// How many.
    #[must_use]
    pub const fn count(self) -> usize {
        match self {
            Self::Forward => 1,
            Self::Concat | Self::Sum => 2,
        }
    }
}

impl RecurrentEncoderDims {
    /// Width of a row of the memory.
    #[must_use]
    pub const fn width(&self) -> usize {
        match self.directions {
            Directions::Concat => self.hidden.wrapping_mul(2),
            Directions::Forward | Directions::Sum => self.hidden,
        }
    }

    pub(crate) const fn parse(words: &[u32]) -> Result<Self, Error> {
        let [cell, directions, rest @ ..] = words[field::ENCODER_CELL].to_le_bytes();
        tri!(range(u16::from_le_bytes(rest) as u32, 0, 0, "encoder cell's reserved bytes"));
        let hidden = words[field::ENCODER_HIDDEN];
        tri!(range(hidden, 1, MAX_WIDTH as u32, "encoder hidden"));
        Ok(Self {
            cell: tri!(Cell::parse(cell, "encoder cell")),
            hidden: hidden as usize,
            directions: match directions {
                0 => Directions::Forward,
                1 => Directions::Concat,
                2 => Directions::Sum,
                _ => return bad(directions, "directions"),
            },
        })
    }

    #[cfg(feature = "emit")]
    pub(crate) fn write(&self, words: &mut [u32]) {
        words[field::ENCODER_CELL] =
            u32::from_le_bytes([self.cell as u8, self.directions as u8, 0, 0]);
        words[field::ENCODER_HIDDEN] = self.hidden as u32;
    }
}
