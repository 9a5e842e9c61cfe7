//! `W₂·f(W₁·x + b₁) + b₂` (arXiv 1706.03762, equation 2).

use super::{Input, Lanes, Linear, first_mut};
use crate::format::{Activation, Directory, Role, Stack};
use crate::number::{gelu, magnitude_bits, relu};
#[cfg(feature = "variants")]
use crate::number::{gelu_tanh, silu};

/// The two matrices, and the function between them.
pub(crate) struct FeedForward<'m> {
    pub(super) up: Linear<'m>,
    pub(super) down: Linear<'m>,
    #[cfg(feature = "variants")]
    gate: Option<Linear<'m>>,
    activation: Activation,
}

impl<'m> FeedForward<'m> {
    /// What is next in a directory.
    pub(crate) fn next(directory: &mut Directory<'_, 'm>, stack: Stack, layer: usize) -> Self {
        let activation = directory.model.dims().activation;
        #[cfg(feature = "variants")]
        let gated = directory.model.dims().variant.gated();
        let mut next = |role| Linear::next(directory, stack, layer, role);
        Self {
            #[cfg(feature = "variants")]
            gate: gated.then(|| next(Role::FeedGate)),
            up: next(Role::FeedUp),
            down: next(Role::FeedDown),
            activation,
        }
    }

    /// What it can read.
    pub(crate) fn input(&self) -> Input {
        #[cfg(feature = "variants")]
        if let Some(gate) = &self.gate {
            return self.up.input().and(gate.input());
        }
        self.up.input()
    }

    /// The function between the matrices, in place. Returns the
    /// [`magnitude_bits`](crate::number::magnitude_bits) of what it leaves.
    #[inline(always)]
    pub(super) fn activate(&self, wide: &mut [i32], exponent: &mut i32) -> u32 {
        match self.activation {
            Activation::Relu => return relu(wide),
            Activation::Gelu => *exponent = gelu(wide, *exponent),
            #[cfg(feature = "variants")]
            Activation::GeluTanh => *exponent = gelu_tanh(wide, *exponent),
            #[cfg(feature = "variants")]
            Activation::Silu => *exponent = silu(wide, *exponent),
        }
        magnitude_bits(wide)
    }

    /// Reads `[d_model]` mantissas in the first `rows` lanes, writes as many wide values.
    pub(crate) fn apply(&self, lanes: &mut Lanes<'_>, rows: usize) {
        #[cfg(feature = "variants")]
        if let Some(gate) = &self.gate {
            return self.apply_gated(gate, lanes, rows);
        }
        let hidden = self.up.rows();
        lanes.apply(&self.up, rows);
        for lane in lanes.lanes.iter_mut().take(rows) {
            let wide = first_mut(lane.wide, hidden);
            let width = self.activate(wide, &mut lane.exponent);
            lane.cut_known(self.down.input(), (hidden, width));
        }
        lanes.apply(&self.down, rows);
    }
}
