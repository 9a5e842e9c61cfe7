//! Float matrices into int8 or int4 rows, with proof that no accumulator can overflow.
//!
//! ```text
//! w ≈ q·M·2^e      q: −127…127 or −8…7 · M: 15 bits, one per row · e: one per matrix
//! Σ|q|·2^(bits−1) < 2²³, of int4 2¹⁹, in every row → `bits`, the width of the input's mantissas
//! ```
//! Weights are rounded against the scale that the engine really has (M is an integer). Of [`SHARES`]
//! scales a row takes the one at which its squared errors have the least sum: of int8 from the one
//! at which its largest weight is 127 up to that of 120, M rounded up, so that none is ever clipped;
//! of int4 down to half of the one that clips none.

use ndarray::{Array1, Array2, ArrayRef2, ArrayView1};
use regard::kernel::Layout;

/// Largest row multiplier: 15 bits.
const MOST_MULTIPLIER: f64 = 32_767.0;
/// Largest bias and beta.
pub(crate) const MOST_BIAS: i64 = regard::format::BIAS_LIMIT as i64;
/// Largest gamma: 15 bits and a sign.
pub(crate) const MOST_GAMMA: i64 = 32_767;
/// Scales that a row tries.
const SHARES: u32 = 32;
/// The exponent of numbers that are all zero, below that of any other.
const NO_EXPONENT: i32 = -128;
/// The least exponent of multipliers, gammas and factors.
pub(crate) const LEAST_EXPONENT: i32 = -64;
/// Mantissa widths that a matrix may ask of its input.
const WIDTHS: std::ops::RangeInclusive<u32> = 8..=14;

/// What the weights of a matrix shall become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// How they lie, and so how many bits they have.
    pub(crate) layout: Layout,
    /// Most mantissa bits of the input.
    pub(crate) most_bits: u32,
}

impl Form {
    /// int8, and mantissas as wide as the sums allow.
    pub(crate) const INT8: Self = Self { layout: Layout::Pairs, most_bits: *WIDTHS.end() };

    /// Least and largest weight.
    fn range(self) -> [f64; 2] {
        match self.layout {
            Layout::Fours => [-8.0, 7.0],
            _ => [-127.0, 127.0],
        }
    }

    /// Whether Σ|q| keeps every sum over mantissas of `bits` below its limit.
    fn fits(self, sum: i64, bits: u32) -> bool {
        sum << (bits - 1) < i64::from(self.layout.sum_limit())
    }

    /// What a weight becomes.
    fn nearest(self, w: f64, scale: f64) -> f64 {
        let [low, high] = self.range();
        (w / scale).round().clamp(low, high)
    }

    /// The scale of the least error among those whose Σ|q| leaves room for mantissas of 8 bits.
    fn row_scale(self, row: ArrayView1<'_, f64>) -> f64 {
        let most_sum = f64::from(self.layout.sum_limit() / 128) - row.len() as f64 / 2.0;
        let least = row.iter().fold(0.0, |sum, w| sum + w.abs()) / most_sum;
        let [_, high] = self.range();
        let whole = largest(row) / high;
        // The sum of squared errors, if Σ|q| leaves room.
        let error = |scale: f64| {
            let (mut error, mut sum) = (0.0, 0.0);
            for w in row {
                let q = self.nearest(*w, scale);
                error += (w - q * scale).powi(2);
                sum += q.abs();
            }
            (scale > 0.0 && self.fits(sum as i64, *WIDTHS.start())).then_some(error)
        };
        let best = |scales: &mut dyn Iterator<Item = f64>| {
            let tried = scales.filter_map(|scale| Some((error(scale)?, scale)));
            tried.min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, scale)| scale)
        };
        let shares = (0..SHARES).map(|i| f64::from(i) / f64::from(SHARES - 1));
        if self.layout != Layout::Fours {
            let none_clipped = whole.max(least);
            let up = |share| none_clipped * (1.0 + share * 7.0 / 120.0);
            return best(&mut shares.map(up)).unwrap_or(none_clipped);
        }
        let down = |share| whole * (1.0 - share / 2.0);
        // Of long rows only coarser ones leave room, the largest weight being 6, 5, …
        let coarser = |largest: i32| whole * high / f64::from(largest);
        best(&mut shares.map(down))
            .or_else(|| best(&mut (1..7).map(coarser).chain([least])))
            .unwrap_or(least)
    }
}

/// An integer matrix with the numbers that the report prints.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quantised {
    /// How the weights lie in the file.
    pub(crate) layout: Layout,
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
    /// Σw² and Σ(w − q·M·2^e)².
    power: [f64; 2],
}

/// Quantises `weight`: `[rows, columns]` and `bias`: `[rows]` (absent: zeros), both times `factor`. Row by row,
/// so that a large matrix is not in memory once more.
pub(crate) fn matrix(
    weight: &ArrayRef2<f32>,
    bias: Option<&Array1<f32>>,
    factor: f64,
    form: Form,
) -> Quantised {
    let scaled = |value: &f32| f64::from(*value) * factor;
    let rows = || weight.outer_iter().map(|row| row.map(scaled));
    let scales: Vec<f64> = rows().map(|row| form.row_scale(row.view())).collect();
    let largest_scale = scales.iter().copied().fold(0.0, f64::max);
    let exponent = exponent_for(largest_scale, MOST_MULTIPLIER).max(LEAST_EXPONENT);
    let unit = f64::from(exponent).exp2();
    let mut quantised = Quantised {
        layout: form.layout,
        weights: Vec::with_capacity(weight.len()),
        columns: weight.ncols(),
        multipliers: Vec::with_capacity(weight.nrows()),
        exponent,
        biases: vec![0; weight.nrows()],
        bias_exponent: NO_EXPONENT,
        bits: form.most_bits.clamp(*WIDTHS.start(), *WIDTHS.end()),
        largest_error: 0.0,
        power: [0.0; 2],
    };
    for (row, scale) in rows().zip(scales) {
        quantised.push(form, row.view(), (scale / unit).ceil().clamp(1.0, MOST_MULTIPLIER));
    }
    if let Some(bias) = bias {
        (quantised.biases, quantised.bias_exponent) = vector(&bias.map(scaled), MOST_BIAS);
    }
    quantised
}

impl Quantised {
    /// Signal to noise of the weights, in dB; none if all of them are exact.
    pub(crate) fn sqnr(&self) -> Option<f64> {
        let [signal, noise] = self.power;
        (noise > 0.0).then(|| 10.0 * (signal / noise).log10())
    }

    /// The weights as the engine has them: `[rows, columns]`.
    pub(crate) fn floats(&self) -> Array2<f64> {
        let unit = f64::from(self.exponent).exp2();
        let shape = (self.multipliers.len(), self.columns);
        Array2::from_shape_fn(shape, |(row, column)| {
            let weight = self.weights[row * self.columns + column];
            f64::from(weight) * f64::from(self.multipliers[row]) * unit
        })
    }

    /// Appends a row with multiplier `m`.
    fn push(&mut self, form: Form, row: ArrayView1<'_, f64>, m: f64) {
        let unit = f64::from(self.exponent).exp2();
        let q = row.mapv(|w| form.nearest(w, m * unit) as i8);
        let sum: i64 = q.iter().map(|q| i64::from(q.unsigned_abs())).sum();
        while !form.fits(sum, self.bits) && self.bits > *WIDTHS.start() {
            self.bits -= 1;
        }
        for (w, &q) in row.iter().zip(&q) {
            let error = (w - f64::from(q) * m * unit).abs();
            self.largest_error = self.largest_error.max(error);
            self.power[0] += w * w;
            self.power[1] += error * error;
        }
        self.weights.extend(q);
        self.multipliers.push(m as i16);
    }
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
    use super::{Form, MOST_BIAS, NO_EXPONENT, factor, matrix, vector};
    use ndarray::{Array1, Array2};
    use regard::kernel::Layout;

    fn sample(rows: usize, columns: usize, spread: f32) -> Array2<f32> {
        Array2::from_shape_fn((rows, columns), |(r, c)| {
            spread * ((r * 31 + c * 17) % 101) as f32 / 50.0 - spread
        })
    }

    #[test]
    fn every_weight_is_within_half_a_step() {
        for spread in [1e-6, 0.02, 1.0, 300.0] {
            let weight = sample(9, 30, spread);
            let q = matrix(&weight, None, 1.0, Form::INT8);
            for (r, row) in weight.outer_iter().enumerate() {
                let step = f64::from(q.multipliers[r]) * f64::from(q.exponent).exp2();
                for (c, w) in row.iter().enumerate() {
                    let error = f64::from(*w) - f64::from(q.weights[r * 30 + c]) * step;
                    assert!(error.abs() <= step / 2.0 * 1.000_001, "{spread} {r} {c}");
                }
            }
        }
    }

    #[test]
    fn no_sum_can_leave_its_bounds() {
        for (columns, bits) in [(4, 14), (64, 11), (96, 10), (256, 9), (600, 8), (4000, 8)] {
            let q = matrix(&Array2::from_elem((3, columns), 0.5), None, 1.0, Form::INT8);
            let sum: i64 = q.weights[..columns].iter().map(|q| i64::from(*q)).sum();
            assert!(Form::INT8.fits(sum, q.bits), "{columns}");
            assert_eq!(q.bits, bits, "{columns}");
        }
    }

    #[test]
    fn int4_keeps_its_sums_and_clips_only_where_that_is_better() {
        let form = Form { layout: Layout::Fours, ..Form::INT8 };
        for columns in [4, 64, 128, 600, 4000] {
            let q = matrix(&Array2::from_elem((2, columns), -0.5), None, 1.0, form);
            let sum: i64 = q.weights[..columns].iter().map(|q| i64::from(q.unsigned_abs())).sum();
            assert!(form.fits(sum, q.bits), "{columns}");
            assert!(q.sqnr().is_none_or(|sqnr| sqnr > 20.0), "{columns}: {:?}", q.sqnr());
        }
        // One weight far out costs less than what all the others would lose.
        let mut outlier = sample(1, 101, 1.0);
        outlier[(0, 50)] = 1.6;
        let q = matrix(&outlier, None, 1.0, form);
        let step = f64::from(q.multipliers[0]) * f64::from(q.exponent).exp2();
        assert!(step * 7.0 < 1.5, "{step}");
        assert!(q.weights.contains(&7) && q.weights.iter().all(|q| (-8..=7).contains(q)));
    }

    #[test]
    fn mantissas_can_be_asked_to_be_narrow() {
        let forms = [Form { layout: Layout::Bytes, most_bits: 8 }, Form::INT8];
        let [narrow, wide] = forms.map(|form| matrix(&sample(9, 30, 1.0), None, 1.0, form));
        assert_eq!((narrow.bits, wide.bits), (8, 12));
        assert_eq!(narrow.weights, wide.weights);
    }

    #[test]
    fn zeros_stay_zeros() {
        for form in [Layout::Pairs, Layout::Fours].map(|layout| Form { layout, ..Form::INT8 }) {
            let q = matrix(&Array2::zeros((2, 3)), Some(&Array1::zeros(2)), 1.0, form);
            assert!(q.weights.iter().all(|q| *q == 0) && q.biases == [0, 0]);
            assert_eq!((q.bits, q.sqnr()), (14, None));
        }
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
