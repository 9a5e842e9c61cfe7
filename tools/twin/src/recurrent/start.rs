//! The first state of each decoder layer.
//!
//! | start | h of layer i |
//! |---|---|
//! | zero | 0 |
//! | last | the encoder's final state of layer i (arXiv 1409.3215) |
//! | bridge | `f(Bᵢ·[h→; h←] + b)`, of the encoder's top layer (arXiv 1409.0473) |
//! | cells | the final state of cell i of the encoder: layer 0 forward, layer 0 backward, layer 1 … |
//! | mean | `f(Bᵢ·mean(memory) + b)` (arXiv 1502.03044) |
//!
//! f is tanh or nothing. Bridges of an LSTM have a second matrix, which reads the same, for c.

use super::{Cell, CellWeights, DecoderConfig, Function, StartKind, State};
use crate::description::EncoderKind;
use crate::{Error, Linear, Memory, Weights};
use ndarray::Array1;

/// How the first states are made, with the weights.
#[derive(Clone, Debug)]
pub enum Start {
    /// Zeros.
    Zero,
    /// The encoder's final states.
    Last,
    /// Those of its first cells.
    Cells,
    /// A bridge per layer, read from the final hidden states of the encoder's top layer, both
    /// directions side by side.
    Bridge(Vec<Bridge>),
    /// A bridge per layer, read from the mean row of the memory.
    Mean(Vec<Bridge>),
}

/// A linear layer that makes the first state of a decoder layer.
#[derive(Clone, Debug)]
pub struct Bridge {
    /// `[hidden, in]` and bias.
    pub hidden: Linear,
    /// `[hidden, in]` and bias, of LSTM alone.
    pub cell: Option<Linear>,
    /// Behind both.
    pub function: Function,
}

impl Start {
    pub(super) fn new(
        weights: &mut Weights,
        c: &DecoderConfig,
        encoder: &EncoderKind,
    ) -> Result<Self, Error> {
        let mut bridges = |function, width| {
            let bridge = |layer| Bridge::new(weights, c, layer, width, function);
            (0..c.layers).map(bridge).collect::<Result<_, Error>>()
        };
        Ok(match c.start {
            StartKind::Zero => Self::Zero,
            StartKind::Last => Self::Last,
            StartKind::Cells => Self::Cells,
            StartKind::Bridge(function) => Self::Bridge(bridges(function, encoder.ends_width())?),
            StartKind::Mean(function) => Self::Mean(bridges(function, encoder.memory_width())?),
        })
    }

    /// The first state of each cell of a decoder.
    pub(super) fn states(&self, cells: &[CellWeights], memory: &Memory) -> Vec<State> {
        let through = |bridges: &[Bridge], x: &Array1<f32>| {
            bridges.iter().map(|bridge| bridge.state(x)).collect()
        };
        match self {
            Self::Zero => cells.iter().map(CellWeights::zero).collect(),
            Self::Last => memory.finals.clone(),
            Self::Cells => memory.cells.iter().take(cells.len()).cloned().collect(),
            Self::Bridge(bridges) => through(bridges, &memory.ends),
            Self::Mean(bridges) => through(bridges, &memory.mean()),
        }
    }
}

impl Bridge {
    /// `width`: of what it reads.
    fn new(
        weights: &mut Weights,
        c: &DecoderConfig,
        layer: usize,
        width: usize,
        function: Function,
    ) -> Result<Self, Error> {
        let shape = [c.hidden, width];
        let hidden = Linear::new(weights, &format!("decoder.bridge.{layer}"), shape)?;
        let cell = match c.cell {
            Cell::Rnn | Cell::Gru(_) => None,
            Cell::Lstm => {
                Some(Linear::new(weights, &format!("decoder.bridge_cell.{layer}"), shape)?)
            }
        };
        Ok(Self { hidden, cell, function })
    }

    /// `x`: `[in]`
    fn state(&self, x: &Array1<f32>) -> State {
        let through = |linear: &Linear| self.function.apply(linear.apply(x.view()));
        State { hidden: through(&self.hidden), cell: self.cell.as_ref().map(through) }
    }
}
