//! What keeps the stream in bounds: LayerNorm or RMSNorm, and where it stands in a sublayer.

use super::{Config, NormKind, NormPlace};
use crate::{Error, Weights};
use ndarray::{Array1, ArrayView1};

/// `γ · (x − mean) / √(variance + ε) + β`, or `γ · x / √(mean(x²) + ε)`.
#[derive(Clone, Debug)]
pub struct Norm {
    /// γ: `[d_model]`
    pub weight: Array1<f32>,
    /// β: `[d_model]`, of LayerNorm; RMSNorm has none, and takes no mean away.
    pub bias: Option<Array1<f32>>,
    /// ε
    pub epsilon: f32,
}

impl Norm {
    pub(super) fn new(weights: &mut Weights, name: &str, c: &Config) -> Result<Self, Error> {
        let mut vector = |end: &str| weights.vector(&format!("{name}.{end}"), c.d_model);
        Ok(Self {
            weight: vector("weight")?,
            bias: (c.norm_kind == NormKind::Layer).then(|| vector("bias")).transpose()?,
            epsilon: c.norm_epsilon,
        })
    }

    /// The norm of that name if the model has it.
    pub(super) fn maybe(
        weights: &mut Weights,
        name: &str,
        c: &Config,
        has: bool,
    ) -> Result<Option<Self>, Error> {
        has.then(|| Self::new(weights, name, c)).transpose()
    }

    /// `x`: `[d_model]` → `[d_model]`
    #[must_use]
    pub fn apply(&self, x: ArrayView1<'_, f32>) -> Array1<f32> {
        let n = x.len() as f32;
        let scaled = |x: Array1<f32>| {
            let square = x.dot(&x) / n;
            x * (1.0 / (square + self.epsilon).sqrt()) * &self.weight
        };
        match &self.bias {
            Some(bias) => scaled(&x - x.sum() / n) + bias,
            None => scaled(x.to_owned()),
        }
    }
}

/// One sublayer with its residual sum: `x + f(norm(x))` or `norm(x + f(x))`.
pub(super) fn sublayer(
    place: NormPlace,
    norm: &Norm,
    x: &Array1<f32>,
    f: impl FnOnce(ArrayView1<'_, f32>) -> Array1<f32>,
) -> Array1<f32> {
    match place {
        NormPlace::Pre => x + f(norm.apply(x.view()).view()),
        NormPlace::Post => norm.apply((x + f(x.view())).view()),
    }
}

#[cfg(test)]
mod tests {
    use super::Norm;
    use ndarray::{Array1, array};

    fn close(have: Array1<f32>, need: [f32; 3]) {
        assert!(have.iter().zip(need).all(|(a, b)| (a - b).abs() < 1e-6), "{have} is not {need:?}");
    }

    #[test]
    fn layer_norm_takes_the_mean_away_and_adds_beta() {
        // mean 2, variance 6, √(6 + 3) = 3
        let (weight, bias) = (array![1.0, 2.0, -1.0], Some(array![0.0, 10.0, 0.5]));
        let norm = Norm { weight, bias, epsilon: 3.0 };
        close(norm.apply(array![-1.0, 2.0, 5.0].view()), [-1.0, 10.0, -0.5]);
    }

    #[test]
    fn rms_norm_does_neither() {
        // mean(x²) = (1 + 4 + 16) / 3 = 7, √(7 + 2) = 3
        let norm = Norm { weight: array![1.0, 2.0, -1.0], bias: None, epsilon: 2.0 };
        close(norm.apply(array![-1.0, 2.0, 4.0].view()), [-1.0 / 3.0, 4.0 / 3.0, -4.0 / 3.0]);
    }
}
