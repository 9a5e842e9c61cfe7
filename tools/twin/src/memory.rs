//! What a decoder reads, written once per sentence.

use crate::recurrent::State;
use ndarray::{Array1, Array2, Axis};

/// What an encoder leaves for the decoder.
#[derive(Clone, Debug)]
pub struct Memory {
    /// `[source_len, memory]`; a recurrent encoder leaves zeros at padding.
    pub states: Array2<f32>,
    /// `[source_len]`, false at padding.
    pub present: Vec<bool>,
    /// The final state of each recurrent layer, its directions merged as its rows are; none of a
    /// Transformer.
    pub finals: Vec<State>,
    /// The final state of each cell of a recurrent encoder: layer 0 forward, layer 0 backward, layer
    /// 1 forward …
    pub cells: Vec<State>,
    /// The final hidden states of the top recurrent layer, both directions side by side:
    /// `[hidden]` or `[2·hidden]`; empty of a Transformer.
    pub ends: Array1<f32>,
}

impl Memory {
    /// The memory of a Transformer.
    pub(crate) fn without_finals(states: Array2<f32>, present: Vec<bool>) -> Self {
        Self { states, present, finals: Vec::new(), cells: Vec::new(), ends: Array1::zeros(0) }
    }

    /// The mean row over real tokens: `[memory]`.
    pub(crate) fn mean(&self) -> Array1<f32> {
        let rows = self.states.axis_iter(Axis(0)).zip(&self.present);
        let real = rows.filter(|(_, present)| **present).map(|(row, _)| row);
        let (sum, count) =
            real.fold((Array1::zeros(self.states.ncols()), 0), |(sum, n), row| (sum + row, n + 1));
        sum / count as f32
    }
}
