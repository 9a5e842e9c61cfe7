//! `W₂·f(W₁·x + b₁) + b₂` (arXiv 1706.03762, equation 2).

use super::{Lanes, Linear, first_mut};
use crate::format::{Activation, Model, Role, Stack};
use crate::number::{gelu, relu};

/// The two matrices, and the function between them.
pub(crate) struct FeedForward<'m> {
    pub(crate) up: Linear<'m>,
    down: Linear<'m>,
    activation: Activation,
}

impl<'m> FeedForward<'m> {
    pub(crate) fn of(model: &Model<'m>, stack: Stack, layer: usize) -> Self {
        let mut at = 0;
        let [up, down] = [Role::FeedUp, Role::FeedDown]
            .map(|role| Linear::behind(&mut at, model, stack, layer, role));
        Self { up, down, activation: model.dims().activation }
    }

    /// Reads `[d_model]` mantissas in the first `rows` lanes, writes as many wide values.
    pub(crate) fn apply(&self, lanes: &mut Lanes<'_>, rows: usize) {
        let hidden = self.up.rows();
        lanes.apply(&self.up, rows);
        for lane in lanes.lanes.iter_mut().take(rows) {
            let wide = first_mut(lane.wide, hidden);
            match self.activation {
                Activation::Relu => relu(wide),
                Activation::Gelu => lane.exponent = gelu(wide, lane.exponent),
            }
            lane.cut(self.down.input(), hidden);
        }
        lanes.apply(&self.down, rows);
    }
}
