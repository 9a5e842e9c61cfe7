//! One recurrent layer in one direction.
//!
//! ```text
//! RNN   h′ = tanh(W·x + U·h)
//! GRU   r, z = σ(W·x + U·h)     n = tanh(Wₙ·x + r∘(Uₙ·h))   or   tanh(Wₙ·x + Uₙ·(r∘h))
//!       h′ = (1 − z)∘n + z∘h
//! LSTM  i, f, o = σ(W·x + U·h)  g = tanh(W·x + U·h)
//!       c′ = f∘c + i∘g          h′ = o∘tanh(c′)
//! ```
//! `W·x` and `U·h` include their biases. GRU: arXiv 1406.1078; LSTM: with forget gates, without
//! peepholes.

use super::{Cell, Reset, layout};
use crate::{Error, Linear, Weights};
use ndarray::{Array1, ArrayView1, s};

/// The matrices of a layer, in one form whichever layout the file has. Gates are blocks of `hidden`
/// rows: r, z, n of GRU; i, f, g, o of LSTM.
#[derive(Clone, Debug)]
pub struct CellWeights {
    /// Which equations.
    pub cell: Cell,
    /// W: `[gates·hidden, in]` and bias.
    pub input: Linear,
    /// U: `[gates·hidden, hidden]` and bias.
    pub recurrent: Linear,
}

/// What a layer carries from token to token.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// h: `[hidden]`
    pub hidden: Array1<f32>,
    /// c: `[hidden]`, of LSTM alone.
    pub cell: Option<Array1<f32>>,
}

impl CellWeights {
    /// `side`: `encoder` or `decoder` · `end`: `l0`, `l0_reverse` … · `[width, hidden]`: of what it
    /// reads, of its state.
    pub(super) fn new(
        weights: &mut Weights,
        side: &str,
        end: &str,
        cell: Cell,
        widths: [usize; 2],
    ) -> Result<Self, Error> {
        let [input, recurrent] = layout::take(weights, side, end, cell, widths)?;
        Ok(Self { cell, input, recurrent })
    }

    /// Width of the state.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.recurrent.weight.ncols()
    }

    /// The state before anything was read.
    #[must_use]
    pub fn zero(&self) -> State {
        let zeros = || Array1::zeros(self.hidden());
        State { hidden: zeros(), cell: (self.cell == Cell::Lstm).then(zeros) }
    }

    /// The state behind `x`: `[in]`.
    #[must_use]
    pub fn step(&self, x: ArrayView1<'_, f32>, state: &State) -> State {
        let (input, own) = (self.input.apply(x), self.recurrent.apply(state.hidden.view()));
        let gate = |index: usize| &self.gate(&input, index) + &self.gate(&own, index);
        match self.cell {
            Cell::Rnn => State { hidden: gate(0).mapv(f32::tanh), cell: None },
            Cell::Gru(reset) => {
                let (r, z) = (gate(0).mapv(sigmoid), gate(1).mapv(sigmoid));
                let own = match reset {
                    Reset::After => &r * &self.gate(&own, 2),
                    Reset::Before => self.candidate((&r * &state.hidden).view()),
                };
                let n = (own + self.gate(&input, 2)).mapv(f32::tanh);
                State { hidden: (1.0 - &z) * n + z * &state.hidden, cell: None }
            }
            Cell::Lstm => {
                let [i, f, o] = [0, 1, 3].map(|index| gate(index).mapv(sigmoid));
                let mut c = i * gate(2).mapv(f32::tanh);
                if let Some(before) = &state.cell {
                    c += &(f * before);
                }
                State { hidden: o * c.mapv(f32::tanh), cell: Some(c) }
            }
        }
    }

    /// The rows of one gate: `[gates·hidden]` → `[hidden]`.
    fn gate<'v>(&self, values: &'v Array1<f32>, index: usize) -> ArrayView1<'v, f32> {
        values.slice(s![index * self.hidden()..(index + 1) * self.hidden()])
    }

    /// `Uₙ·h` and its bias, of GRU: `[hidden]` → `[hidden]`.
    fn candidate(&self, h: ArrayView1<'_, f32>) -> Array1<f32> {
        let product = self.recurrent.weight.slice(s![2 * self.hidden().., ..]).dot(&h);
        match &self.recurrent.bias {
            Some(bias) => product + self.gate(bias, 2),
            None => product,
        }
    }
}

/// `1 / (1 + exp(−x))`
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}
