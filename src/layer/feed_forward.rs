//! `W₂·f(W₁·x + b₁) + b₂` (arXiv 1706.03762, equation 2).

use super::{Linear, Scratch, block, first, first_mut};
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
        Self {
            up: Linear::of(model, stack, layer, Role::FeedUp),
            down: Linear::of(model, stack, layer, Role::FeedDown),
            activation: model.dims().activation,
        }
    }

    /// Reads `[d_model]` mantissas in `narrow`, writes `[d_model]` values to `wide`. Returns their
    /// exponent.
    pub(crate) fn apply(&self, exponent: i32, d_model: usize, scratch: &mut Scratch<'_>) -> i32 {
        let hidden = self.up.rows();
        let input = block(first(scratch.narrow, d_model), exponent);
        let wide = first_mut(scratch.wide, hidden);
        let mut exponent = self.up.apply(input, wide);
        match self.activation {
            Activation::Relu => relu(wide),
            Activation::Gelu => exponent = gelu(wide, exponent),
        }
        let narrow = first_mut(scratch.narrow, hidden);
        let exponent = self.down.input().narrow(wide, exponent, narrow);
        self.down.apply(block(narrow, exponent), first_mut(scratch.wide, d_model))
    }
}
