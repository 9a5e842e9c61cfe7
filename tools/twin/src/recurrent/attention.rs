//! Attention of a recurrent decoder: energies of the rows `h` of the memory for a state `s`.
//!
//! | kind | energy | source |
//! |---|---|---|
//! | additive | `v·tanh(Q·s + K·h + b)` | arXiv 1409.0473 |
//! | additive, relu | `v·max(0, Q·s + K·h + b)` | code for arXiv 1502.03044 |
//! | dot | `s·h` | arXiv 1508.04025 |
//! | general | `s·(K·h)` | arXiv 1508.04025 |
//! | scaled | `s·h / √width` | arXiv 1706.03762 |

use super::{AttentionConfig, EnergyFunction, EnergyKind, Query};
use crate::alignment::softmax;
use crate::{Error, Linear, Memory, Weights};
use ndarray::{ArcArray2, Array1, Array2, Axis};

/// The attention and its weights.
#[derive(Clone, Debug)]
pub struct Attention {
    /// How well a row answers a state.
    pub energy: Energy,
    /// Which state asks.
    pub query: Query,
}

/// The energy of a row, with its weights.
#[derive(Clone, Debug)]
pub enum Energy {
    /// `v·f(Q·s + K·h + b)`
    Additive {
        /// Q: `[d_attention, hidden]`, and b, which holds the bias of K too if the file has one.
        query: Linear,
        /// K: `[d_attention, memory]`
        key: ArcArray2<f32>,
        /// v: `[d_attention]`
        energy: Array1<f32>,
        /// f
        function: EnergyFunction,
    },
    /// `s·h`
    Dot,
    /// `s·(K·h)`
    General {
        /// K: `[hidden, memory]`
        key: ArcArray2<f32>,
    },
    /// `s·h / √width`
    Scaled,
}

impl Attention {
    /// `[hidden, memory]`: widths of a state, of a row.
    pub(super) fn new(
        weights: &mut Weights,
        c: &AttentionConfig,
        [hidden, memory]: [usize; 2],
    ) -> Result<Self, Error> {
        let energy = match c.energy {
            EnergyKind::Additive { d_attention, function } => {
                additive(weights, [d_attention, hidden, memory], function)?
            }
            EnergyKind::Dot => Energy::Dot,
            EnergyKind::General => Energy::General {
                key: Linear::unbiased(weights, "decoder.attention.key", [hidden, memory])?,
            },
            EnergyKind::Scaled => Energy::Scaled,
        };
        Ok(Self { energy, query: c.query })
    }

    /// What of the energies does not depend on the state, made once per sentence: `K·h`, or `h`
    /// itself. `[source_len, d_attention]`, or `[source_len, hidden]`.
    pub(super) fn keys(&self, memory: &Memory) -> Array2<f32> {
        match &self.energy {
            Energy::Additive { key, .. } | Energy::General { key } => memory.states.dot(&key.t()),
            Energy::Dot | Energy::Scaled => memory.states.clone(),
        }
    }

    /// What `s` finds: the context `Σ α·h`, `[memory]`, and the alignment α, `[source_len]`.
    ///
    /// `s`: `[hidden]` · `keys`: of this memory.
    pub(super) fn look(
        &self,
        s: &Array1<f32>,
        keys: &Array2<f32>,
        memory: &Memory,
    ) -> (Array1<f32>, Array1<f32>) {
        let energies = match &self.energy {
            Energy::Additive { query, energy, function, .. } => {
                let f = match function {
                    EnergyFunction::Tanh => f32::tanh,
                    EnergyFunction::Relu => |x: f32| x.max(0.0),
                };
                (keys + &query.apply(s.view())).mapv(f).dot(energy)
            }
            Energy::Dot | Energy::General { .. } => keys.dot(s),
            Energy::Scaled => keys.dot(s) / (s.len() as f32).sqrt(),
        };
        let alignment = softmax(energies, &memory.present);
        (alignment.dot(&memory.states), alignment)
    }
}

fn additive(
    weights: &mut Weights,
    [d_attention, hidden, memory]: [usize; 3],
    function: EnergyFunction,
) -> Result<Energy, Error> {
    let mut query = Linear::new(weights, "decoder.attention.query", [d_attention, hidden])?;
    let key = Linear::new(weights, "decoder.attention.key", [d_attention, memory])?;
    query.bias = match (query.bias, key.bias) {
        (Some(of_query), Some(of_key)) => Some(of_query + of_key),
        (one, other) => one.or(other),
    };
    let energy = Linear::unbiased(weights, "decoder.attention.energy", [1, d_attention])?;
    Ok(Energy::Additive {
        query,
        key: key.weight,
        energy: energy.remove_axis(Axis(0)).into_owned(),
        function,
    })
}
