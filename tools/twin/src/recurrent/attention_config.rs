//! What `model.json` says of the attention of a recurrent decoder.

use serde::Deserialize;

/// The attention of a recurrent decoder: state `s`, row of the memory `h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttentionConfig {
    /// How well a row answers a state.
    pub energy: EnergyKind,
    /// Which state asks.
    pub query: Query,
}

/// The energy of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnergyKind {
    /// `v·f(Q·s + K·h + b)`
    Additive {
        /// Rows of `Q` and `K`.
        d_attention: usize,
        /// f
        function: EnergyFunction,
    },
    /// `s·h`
    Dot,
    /// `s·(K·h)`
    General,
    /// `s·h / √width`
    Scaled,
}

/// Inside additive energies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EnergyFunction {
    /// The hyperbolic tangent (Bahdanau).
    #[default]
    Tanh,
    /// `max(0, x)`, as much code for arXiv 1502.03044 has it.
    Relu,
}

/// What a context is multiplied by: `σ(W·s + b)` of the state that asks, arXiv 1502.03044, section
/// 4.2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateKind {
    /// One number.
    Scalar,
    /// A number for each of the context.
    Vector,
}

impl EnergyKind {
    /// As `model.json` has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Additive { .. } => "additive",
            Self::Dot => "dot",
            Self::General => "general",
            Self::Scaled => "scaled",
        }
    }
}

/// Which state of the top layer asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Query {
    /// The one before the step (Bahdanau).
    #[default]
    Previous,
    /// The one after it (Luong). A context that the cell reads is the one of the step before.
    Current,
}
