//! Each token by itself: `down · activation(up · x)` (section 3.3), or with a gate,
//! `down · (activation(gate · x) ∘ (up · x))` (arXiv 2002.05202).

use super::{Activation, Config};
use crate::{Error, Linear, Weights};
use ndarray::{Array1, ArrayView1};

/// The matrices and what stands between them.
#[derive(Clone, Debug)]
pub struct FeedForward {
    /// `[d_ff, d_model]`; the activation reads it in place of `up`, which it then multiplies.
    pub gate: Option<Linear>,
    /// `[d_ff, d_model]`
    pub up: Linear,
    /// `[d_model, d_ff]`
    pub down: Linear,
    /// Between the two.
    pub activation: Activation,
}

impl FeedForward {
    pub(super) fn new(weights: &mut Weights, name: &str, c: &Config) -> Result<Self, Error> {
        let mut inner = |kind| Linear::new(weights, &format!("{name}.{kind}"), [c.d_ff, c.d_model]);
        let gate = c.gated.then(|| inner("gate")).transpose()?;
        Ok(Self {
            gate,
            up: inner("up")?,
            down: Linear::new(weights, &format!("{name}.down"), [c.d_model, c.d_ff])?,
            activation: c.activation,
        })
    }

    /// `x`: `[d_model]` → `[d_model]`
    #[must_use]
    pub fn apply(&self, x: ArrayView1<'_, f32>) -> Array1<f32> {
        let up = self.up.apply(x);
        let inner = match &self.gate {
            Some(gate) => gate.apply(x).mapv(|x| self.activation.of(x)) * up,
            None => up.mapv(|x| self.activation.of(x)),
        };
        self.down.apply(inner.view())
    }
}

impl Activation {
    fn of(self, x: f32) -> f32 {
        match self {
            Self::Relu => x.max(0.0),
            Self::Gelu => 0.5 * x * (1.0 + libm::erff(x * std::f32::consts::FRAC_1_SQRT_2)),
            Self::GeluTanh => {
                // √(2/π)
                let inner = 0.797_884_6 * (x + 0.044_715 * x * x * x);
                0.5 * x * (1.0 + inner.tanh())
            }
            Self::Silu => x / (1.0 + (-x).exp()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FeedForward;
    use crate::Linear;
    use crate::transformer::Activation;
    use ndarray::{Array2, array};

    #[test]
    fn activations_are_those_of_the_papers() {
        use Activation::{Gelu, GeluTanh, Relu, Silu};
        // Figures of a table of the normal distribution, Φ(1) = .8413447 and Φ(−2) = .0227501; of
        // σ(1) = .7310586 and σ(−2) = .1192029; tanh(√(2/π) · 1.044715) = .6823840.
        for (activation, x, y) in [
            (Relu, 1.5, 1.5),
            (Relu, -1.5, 0.0),
            (Gelu, 1.0, 0.841_344_7),
            (Gelu, -2.0, -0.045_500_3),
            (Silu, 1.0, 0.731_058_6),
            (Silu, -2.0, -0.238_405_8),
            (Silu, -200.0, 0.0),
            (GeluTanh, 1.0, 0.841_192),
            (GeluTanh, -2.0, -0.045_402_3),
            (GeluTanh, 0.0, 0.0),
        ] {
            let have = activation.of(x);
            assert!((have - y).abs() < 1e-6, "{activation:?}({x}) = {have}, not {y}");
        }
    }

    #[test]
    fn a_gate_is_activated_and_multiplies() {
        let linear = |weight: Array2<f32>| Linear { weight: weight.into_shared(), bias: None };
        let (gate, up) = (array![[1.0, 0.0], [0.0, 1.0]], array![[1.0, 1.0], [2.0, 0.0]]);
        let mut feed = FeedForward {
            gate: Some(linear(gate)),
            up: linear(up),
            down: linear(array![[1.0, 10.0]]),
            activation: Activation::Relu,
        };
        // gate (3, −5) → (3, 0); up (−2, 6)
        assert_eq!(feed.apply(array![3.0, -5.0].view()).to_vec(), [-6.0]);
        feed.gate = None;
        assert_eq!(feed.apply(array![3.0, -5.0].view()).to_vec(), [60.0]);
    }
}
