//! `W₂·f(W₁·x + b₁) + b₂` (arXiv 1706.03762, equation 2).

use super::{Lanes, Linear, first_mut};
use crate::format::{Activation, Directory, Role, Stack};
use crate::number::{gelu, magnitude_bits, relu};

/// The two matrices, and the function between them.
pub(crate) struct FeedForward<'m> {
    pub(crate) up: Linear<'m>,
    down: Linear<'m>,
    activation: Activation,
}

impl<'m> FeedForward<'m> {
    /// What is next in a directory.
    pub(crate) fn next(directory: &mut Directory<'_, 'm>, stack: Stack, layer: usize) -> Self {
        let activation = directory.model.dims().activation;
        let mut next = |role| Linear::next(directory, stack, layer, role);
        Self { up: next(Role::FeedUp), down: next(Role::FeedDown), activation }
    }

    /// Reads `[d_model]` mantissas in the first `rows` lanes, writes as many wide values.
    pub(crate) fn apply(&self, lanes: &mut Lanes<'_>, rows: usize) {
        let hidden = self.up.rows();
        lanes.apply(&self.up, rows);
        for lane in lanes.lanes.iter_mut().take(rows) {
            let wide = first_mut(lane.wide, hidden);
            let width = match self.activation {
                Activation::Relu => relu(wide),
                Activation::Gelu => {
                    lane.exponent = gelu(wide, lane.exponent);
                    magnitude_bits(wide)
                }
            };
            lane.cut_known(self.down.input(), (hidden, width));
        }
        lanes.apply(&self.down, rows);
    }
}
