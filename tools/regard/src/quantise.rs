//! Float matrices into int8 rows, with proof that no accumulator can overflow.
//!
//! ```text
//! w ≈ q·M·2^e      q: int8, |q| ≤ 127 · M: 15 bits, one per row · e: one per matrix
//! Σ|q|·2^(bits−1) < 2²³ in every row            → `bits`, the width of the input's mantissas
//! ```
//! Weights are rounded against the scale that the engine really has (M is an integer), and M is
//! rounded up, so that no weight is ever clipped.

use ndarray::{Array1, Array2, ArrayView1};
use regard::kernel::Layout;

/// Largest weight.
const MOST_WEIGHT: f64 = 127.0;
/// Largest row multiplier: 15 bits.
const MOST_MULTIPLIER: f64 = 32_767.0;
/// Largest bias and beta.
pub(crate) const MOST_BIAS: i64 = regard::format::BIAS_LIMIT as i64;
/// Largest gamma: 15 bits and a sign.
pub(crate) const MOST_GAMMA: i64 = 32_767;
/// Every |Σ q·x| stays below this.
const SUM_BOUND: i64 = Layout::Pairs.sum_limit() as i64;
/// The exponent of numbers that are all zero, below that of any other.
const NO_EXPONENT: i32 = -128;
/// The least exponent of multipliers, gammas and factors.
pub(crate) const LEAST_EXPONENT: i32 = -64;
/// Mantissa widths that a matrix may ask of its input.
const WIDTHS: std::ops::RangeInclusive<u32> = 8..=14;

/// An integer matrix with the numbers that the report prints.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quantised {
    /// `[rows × columns]`, row after row.
    pub(crate) weights: Vec<i8>,
    /// Width of a row.
    pub(crate) columns: usize,
    /// M: `[rows]`.
    pub(crate) multipliers: Vec<i16>,
    /// e: a weight is `q·M·2^e`.
    pub(crate) exponent: i32,
    /// `[rows]`, |b| ≤ 2²⁹.
    pub(crate) biases: Vec<i32>,
    /// A bias is `b·2^bias_exponent`.
    pub(crate) bias_exponent: i32,
    /// Mantissa width that the input may have.
    pub(crate) bits: u32,
    /// Largest |w − q·M·2^e|.
    pub(crate) largest_error: f64,
}

/// Quantises `weight`: `[rows, columns]` and `bias`: `[rows]` (absent: zeros).
pub(crate) fn matrix(weight: &Array2<f64>, bias: Option<&Array1<f64>>) -> Quantised {
    let scales: Vec<f64> = weight.outer_iter().map(row_scale).collect();
    let largest_scale = scales.iter().copied().fold(0.0, f64::max);
    let exponent = exponent_for(largest_scale, MOST_MULTIPLIER).max(LEAST_EXPONENT);
    let unit = f64::from(exponent).exp2();
    let mut quantised = Quantised {
        weights: Vec::with_capacity(weight.len()),
        columns: weight.ncols(),
        multipliers: Vec::with_capacity(weight.nrows()),
        exponent,
        biases: vec![0; weight.nrows()],
        bias_exponent: NO_EXPONENT,
        bits: *WIDTHS.end(),
        largest_error: 0.0,
    };
    for (row, scale) in weight.outer_iter().zip(scales) {
        quantised.push(row, (scale / unit).ceil().clamp(1.0, MOST_MULTIPLIER));
    }
    if let Some(bias) = bias {
        (quantised.biases, quantised.bias_exponent) = vector(bias, MOST_BIAS);
    }
    quantised
}

impl Quantised {
    /// Appends a row with multiplier `m`.
    fn push(&mut self, row: ArrayView1<'_, f64>, m: f64) {
        let unit = f64::from(self.exponent).exp2();
        let q = row.mapv(|w| (w / (m * unit)).round() as i8);
        let sum: i64 = q.iter().map(|q| i64::from(q.unsigned_abs())).sum();
        while !fits(sum, self.bits) && self.bits > *WIDTHS.start() {
            self.bits -= 1;
        }
        let error = row.iter().zip(&q).map(|(w, &q)| (w - f64::from(q) * m * unit).abs());
        self.largest_error = error.fold(self.largest_error, f64::max);
        self.weights.extend(q);
        self.multipliers.push(m as i16);
    }
}

/// The smallest scale at which no weight exceeds 127 and Σ|q|, each rounded up, leaves room for
/// mantissas of 8 bits.
fn row_scale(row: ArrayView1<'_, f64>) -> f64 {
    let most_sum = (SUM_BOUND / 128) as f64 - row.len() as f64 / 2.0;
    let sum = row.iter().fold(0.0, |sum, w| sum + w.abs());
    (largest(row) / MOST_WEIGHT).max(sum / most_sum)
}

/// Whether Σ|q| keeps every sum over mantissas of `bits` below 2²³.
fn fits(sum: i64, bits: u32) -> bool {
    sum << (bits - 1) < SUM_BOUND
}

fn largest(values: ArrayView1<'_, f64>) -> f64 {
    values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()))
}

/// The smallest e with `value ≤ most·2^e`.
pub(crate) fn exponent_for(value: f64, most: f64) -> i32 {
    (value / most).log2().ceil().max(NO_EXPONENT.into()) as i32
}

/// A positive number as `m·2^e` with 15 bits of m.
pub(crate) fn factor(value: f64) -> (i16, i32) {
    let exponent = exponent_for(value, MOST_MULTIPLIER).max(LEAST_EXPONENT);
    ((value / f64::from(exponent).exp2()).round() as i16, exponent)
}

/// A vector as integers up to `most` with one exponent: `v ≈ q·2^e`.
pub(crate) fn vector(values: &Array1<f64>, most: i64) -> (Vec<i32>, i32) {
    let exponent = exponent_for(largest(values.view()), most as f64);
    let unit = f64::from(exponent).exp2();
    (values.iter().map(|value| (value / unit).round() as i32).collect(), exponent)
}

#[cfg(test)]
mod tests {
    use super::{MOST_BIAS, NO_EXPONENT, factor, fits, matrix, vector};
    use ndarray::{Array1, Array2};

    fn sample(rows: usize, columns: usize, spread: f64) -> Array2<f64> {
        Array2::from_shape_fn((rows, columns), |(r, c)| {
            spread * ((r * 31 + c * 17) % 101) as f64 / 50.0 - spread
        })
    }

    #[test]
    fn every_weight_is_within_half_a_step() {
        for spread in [1e-6, 0.02, 1.0, 300.0] {
            let weight = sample(9, 30, spread);
            let q = matrix(&weight, None);
            for (r, row) in weight.outer_iter().enumerate() {
                let step = f64::from(q.multipliers[r]) * f64::from(q.exponent).exp2();
                for (c, w) in row.iter().enumerate() {
                    let error = w - f64::from(q.weights[r * 30 + c]) * step;
                    assert!(error.abs() <= step / 2.0 * 1.000_001, "{spread} {r} {c}");
                }
            }
        }
    }

    #[test]
    fn no_sum_can_leave_its_bounds() {
        for (columns, bits) in [(4, 14), (64, 11), (96, 10), (256, 9), (600, 8), (4000, 8)] {
            let q = matrix(&Array2::from_elem((3, columns), 0.5), None);
            let sum: i64 = q.weights[..columns].iter().map(|q| i64::from(*q)).sum();
            assert!(fits(sum, q.bits), "{columns}");
            assert_eq!(q.bits, bits, "{columns}");
        }
    }

    #[test]
    fn zeros_stay_zeros() {
        let q = matrix(&Array2::zeros((2, 3)), Some(&Array1::zeros(2)));
        assert!(q.weights.iter().all(|q| *q == 0) && q.biases == [0, 0]);
        assert_eq!(q.bits, 14);
    }

    #[test]
    fn a_vector_uses_all_its_bits() {
        let (q, e) = vector(&Array1::from(vec![0.5, -4.0, 1e-9]), 1 << 24);
        assert_eq!((q, e), (vec![1 << 21, -(1 << 24), 0], -22));
        assert_eq!(vector(&Array1::zeros(2), MOST_BIAS), (vec![0, 0], NO_EXPONENT));
    }

    #[test]
    fn factors_have_15_bits() {
        assert_eq!(factor(1.0), (1 << 14, -14));
        let (m, e) = factor(9.797_958_971);
        assert!((f64::from(m) * f64::from(e).exp2() - 9.797_958_971).abs() < 2e-4);
    }
}
