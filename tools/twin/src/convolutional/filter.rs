//! The two ways to store a filter, told apart by their names, and the one form they become.
//!
//! | | PyTorch | Keras | here |
//! |---|---|---|---|
//! | conv | `weight` `[out, in, k, k]` | `kernel` `[k, k, in, out]` | `[out, k·k·in]` |
//! | depthwise | `weight` `[C, 1, k, k]` | `kernel` `[k, k, C, 1]` | `[C, k·k]` |
//! | norm γ, β | `norm.weight`, `norm.bias` | `norm.gamma`, `norm.beta` | folded |
//! | norm μ, σ² | `norm.running_mean`, `norm.running_var` | `norm.moving_mean`, `norm.moving_variance` | folded |
//!
//! The numbers of a filter follow in the order row of the window, column of the window, channel.
//! Normalisation (arXiv 1502.03167) is linear once it is trained, and becomes part of the filter:
//!
//! ```text
//! γ·(W·x + b − μ) / √(σ² + ε) + β  =  (g·W)·x + (g·(b − μ) + β)      g = γ / √(σ² + ε)
//! ```

use super::{LayerConfig, Operation, Size};
use crate::{Error, Linear, Weights};
use ndarray::{Array1, Array2, Array4, Axis, Zip};

/// Names of what batch normalisation keeps: γ, β, μ, σ².
type NormNames = [&'static str; 4];

const PYTORCH: NormNames = ["weight", "bias", "running_mean", "running_var"];
const KERAS: NormNames = ["gamma", "beta", "moving_mean", "moving_variance"];

/// Takes the filters of a layer, normalisation folded in. `input`: the map that it reads.
pub(super) fn take(
    weights: &mut Weights,
    name: &str,
    c: &LayerConfig,
    input: Size,
) -> Result<Linear, Error> {
    let (rows, columns) = (c.output(input).channels, c.columns(input));
    let depthwise = matches!(c.operation, Operation::Depthwise { .. });
    let kernel = format!("{name}.kernel");
    let (array, norm) = if weights.has(&kernel) {
        let [read, out] = if depthwise { [rows, 1] } else { [input.channels, rows] };
        let order = if depthwise { [2, 3, 0, 1] } else { [3, 0, 1, 2] };
        let kernel = weights.tensor4(&kernel, [c.kernel, c.kernel, read, out])?;
        (kernel.permuted_axes(order), KERAS)
    } else {
        let read = if depthwise { 1 } else { input.channels };
        let weight = format!("{name}.weight");
        let weight = weights.tensor4(&weight, [rows, read, c.kernel, c.kernel])?;
        (weight.permuted_axes([0, 2, 3, 1]), PYTORCH)
    };
    let bias = weights.maybe_vector(&format!("{name}.bias"), rows)?;
    let filter = Linear { weight: flat(&array, [rows, columns]).into_shared(), bias };
    match c.operation.behind().and_then(|behind| behind.norm) {
        Some(epsilon) => Norm::take(weights, name, norm, rows)?.folded(filter, epsilon),
        None => Ok(filter),
    }
}

/// A filter per row.
fn flat(array: &Array4<f32>, shape: [usize; 2]) -> Array2<f32> {
    let values = array.iter().copied().collect();
    Array2::from_shape_vec(shape, values).expect("the same numbers in another form")
}

/// Batch normalisation, trained: `[out]` each.
struct Norm {
    gamma: Option<Array1<f32>>,
    beta: Option<Array1<f32>>,
    mean: Array1<f32>,
    variance: Array1<f32>,
    /// Name of the variance.
    named: String,
}

impl Norm {
    /// γ and β may be missing, as both libraries can leave them out: 1 and 0.
    fn take(
        weights: &mut Weights,
        name: &str,
        [gamma, beta, mean, variance]: NormNames,
        rows: usize,
    ) -> Result<Self, Error> {
        let named = |tensor: &str| format!("{name}.norm.{tensor}");
        Ok(Self {
            gamma: weights.maybe_vector(&named(gamma), rows)?,
            beta: weights.maybe_vector(&named(beta), rows)?,
            mean: weights.vector(&named(mean), rows)?,
            variance: weights.vector(&named(variance), rows)?,
            named: named(variance),
        })
    }

    /// The filter that does the same as `filter` and this behind it.
    fn folded(self, mut filter: Linear, epsilon: f32) -> Result<Linear, Error> {
        if let Some((index, &value)) = self.variance.indexed_iter().find(|(_, value)| **value < 0.0)
        {
            return Err(Error::Variance { name: self.named, index, value });
        }
        let rows = self.mean.len();
        let gamma = self.gamma.unwrap_or_else(|| Array1::ones(rows));
        let gain = Zip::from(&gamma).and(&self.variance).map_collect(|&gamma, &variance| {
            f64::from(gamma) / (f64::from(variance) + f64::from(epsilon)).sqrt()
        });
        for (mut row, &gain) in filter.weight.axis_iter_mut(Axis(0)).zip(&gain) {
            row.mapv_inplace(|weight| (f64::from(weight) * gain) as f32);
        }
        let bias = filter.bias.unwrap_or_else(|| Array1::zeros(rows));
        let beta = self.beta.unwrap_or_else(|| Array1::zeros(rows));
        let shifted = Zip::from(&bias).and(&self.mean).and(&gain).and(&beta).map_collect(
            |&bias, &mean, &gain, &beta| {
                ((f64::from(bias) - f64::from(mean)) * gain + f64::from(beta)) as f32
            },
        );
        Ok(Linear { bias: Some(shifted), ..filter })
    }
}
