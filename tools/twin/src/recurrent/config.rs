//! What `model.json` says of a recurrent side. docs/WEIGHTS.md explains each field.

use super::{AttentionConfig, GateKind};
use ndarray::Array1;
use serde::Deserialize;

/// The recurrent layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// `h′ = tanh(W·x + U·h + b)`.
    Rnn,
    /// Update and reset gates, arXiv 1406.1078.
    Gru(Reset),
    /// Input, forget and output gates and a cell beside the hidden state.
    Lstm,
}

/// Where the reset gate of a GRU stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reset {
    /// `n = tanh(Wₙ·x + bₙ + r ∘ (Uₙ·h + cₙ))`, as cuDNN, PyTorch and Keras have it.
    #[default]
    After,
    /// `n = tanh(Wₙ·x + Uₙ·(r ∘ h) + bₙ)`, as in the paper.
    Before,
}

impl Cell {
    /// Blocks of `hidden` rows in its matrices.
    #[must_use]
    pub fn gates(self) -> usize {
        match self {
            Self::Rnn => 1,
            Self::Gru(_) => 3,
            Self::Lstm => 4,
        }
    }

    /// As `model.json` has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rnn => "rnn",
            Self::Gru(_) => "gru",
            Self::Lstm => "lstm",
        }
    }
}

/// Which way an encoder reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directions {
    /// From the first token.
    Forward,
    /// Also from the last one; the rows of both become one.
    Both(Merge),
}

/// How the rows of two directions become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Merge {
    /// Side by side, the forward one first.
    #[default]
    Concat,
    /// Their sum.
    Sum,
}

/// A recurrent encoder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncoderConfig {
    /// Width of the source embedding.
    pub d_embedding: usize,
    /// The recurrent layer.
    pub cell: Cell,
    /// Width of the state of one direction.
    pub hidden: usize,
    /// Each reads the rows of the one below.
    pub layers: usize,
    /// Which way it reads.
    pub directions: Directions,
}

impl EncoderConfig {
    /// Width of a layer's rows, and so of the memory: `hidden` or `2·hidden`.
    #[must_use]
    pub fn row_width(&self) -> usize {
        match self.directions {
            Directions::Both(Merge::Concat) => 2 * self.hidden,
            Directions::Forward | Directions::Both(Merge::Sum) => self.hidden,
        }
    }

    /// Width of the final hidden states of all directions, side by side.
    #[must_use]
    pub fn ends_width(&self) -> usize {
        match self.directions {
            Directions::Forward => self.hidden,
            Directions::Both(_) => 2 * self.hidden,
        }
    }
}

/// The first state of a decoder's layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartKind {
    /// Zeros.
    Zero,
    /// The encoder's final state of the same layer.
    Last,
    /// A linear layer, read from the encoder's final hidden states, and its function.
    Bridge(Function),
    /// A linear layer, read from the mean row of the memory, and its function.
    Mean(Function),
    /// The final state of one cell of the encoder each, in the order of the cells.
    Cells,
}

/// Behind the linear layers that make the first state, and behind the readout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Function {
    /// The hyperbolic tangent.
    #[default]
    Tanh,
    /// The value itself.
    None,
}

impl Function {
    pub(super) fn apply(self, x: Array1<f32>) -> Array1<f32> {
        match self {
            Self::Tanh => x.mapv_into(f32::tanh),
            Self::None => x,
        }
    }
}

/// What may be read side by side, in the order in which the output layer reads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The top layer's new hidden state.
    State,
    /// What attention returned.
    Context,
    /// The token just read.
    Embedding,
}

/// A recurrent decoder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecoderConfig {
    /// Width of the target embedding.
    pub d_embedding: usize,
    /// The recurrent layer.
    pub cell: Cell,
    /// Width of a state.
    pub hidden: usize,
    /// Each reads the state of the one below.
    pub layers: usize,
    /// The first state of each layer.
    pub start: StartKind,
    /// How it looks at the memory, if it does.
    pub attention: Option<AttentionConfig>,
    /// What the context is multiplied by, if by anything.
    pub context_gate: Option<GateKind>,
    /// Of the lowest layer: the embedding, and the context or not.
    pub cell_reads: Vec<Part>,
    /// At least one part; no part twice.
    pub output_reads: Vec<Part>,
    /// Width of the layer between them and the output layer, if there is one.
    pub readout: Option<usize>,
    /// Behind that layer.
    pub readout_function: Function,
}

impl DecoderConfig {
    /// Width of `parts` side by side; `memory`: width of its rows.
    #[must_use]
    pub fn width_of(&self, parts: &[Part], memory: usize) -> usize {
        let width = |part: &Part| match part {
            Part::State => self.hidden,
            Part::Context => memory,
            Part::Embedding => self.d_embedding,
        };
        parts.iter().map(width).sum()
    }

    /// Width of what the output layer reads; `memory`: width of its rows.
    #[must_use]
    pub fn output_width(&self, memory: usize) -> usize {
        self.readout.unwrap_or_else(|| self.width_of(&self.output_reads, memory))
    }
}
