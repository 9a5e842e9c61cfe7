//! LayerNorm (arXiv 1607.06450): `y = (x − mean) / √(var + ε) · γ + β`.
//!
//! With v = x − mean, V = Σ v² and n·ε, √n·γ from the model file, y = v / √(V + n·ε) · √n·γ + β:
//! the exponent of x drops out, and no division by n is left but the one of the mean.

use crate::format::{Model, Role, Stack};
use crate::kernel::portable::scale;
use crate::number::{Block, align, magnitude_bits, round_shift, rsqrt};

/// Gammas and betas, read in place.
pub(crate) struct Norm<'m> {
    gammas: &'m [u32],
    betas: &'m [u32],
    epsilon: (u32, i32),
    gamma_exponent: i32,
    beta_exponent: i32,
}

/// Largest error of a normed value whose gamma is 1, for inputs of at least 7 bits.
#[cfg(test)]
const NORM_MAX_ERROR: f64 = 2e-3;

/// Fraction bits that the mean has beyond those of x.
const MEAN_FRACTION: i32 = 8;

impl<'m> Norm<'m> {
    pub(crate) fn of(model: &Model<'m>, stack: Stack, layer: usize, role: Role) -> Self {
        let section = model.find(stack, layer, role);
        let (head, values) = section.words.split_at_checked(2).unwrap_or((&[], &[]));
        let (gammas, betas) = values.split_at_checked(section.rows).unwrap_or((&[], &[]));
        let at = |i: usize| head.get(i).copied().unwrap_or(0);
        Self {
            gammas,
            betas,
            epsilon: (at(0), at(1) as i32),
            gamma_exponent: section.scale_exponent,
            beta_exponent: section.bias_exponent,
        }
    }

    /// `x`, `out`: `[n]`. Returns the exponent of `out`.
    pub(crate) fn apply(&self, x: Block<'_>, out: &mut [i32]) -> i32 {
        let exponent = deviations(x, out);
        let squares = out
            .iter()
            .fold(0u64, |sum, &v| sum.wrapping_add(v.wrapping_mul(v).unsigned_abs().into()));
        let total = squares.saturating_add(self.epsilon_in(exponent)).max(1);
        let (root, octaves) = reciprocal_root(total);
        let exponent = self.gamma_exponent.wrapping_sub(octaves.wrapping_add(6));
        let (common, down, beta_down) = align(exponent, self.beta_exponent);
        for ((out, &gamma), &beta) in out.iter_mut().zip(self.gammas).zip(self.betas) {
            let scaled = scale(out.wrapping_mul(root), gamma as i32);
            *out = round_shift(scaled, down).wrapping_add(round_shift(beta as i32, beta_down));
        }
        common
    }

    /// n·ε in units of 2^(2·exponent), at most 2⁵⁶.
    fn epsilon_in(&self, exponent: i32) -> u64 {
        let (mantissa, by) =
            (u64::from(self.epsilon.0), self.epsilon.1.wrapping_sub(exponent.wrapping_mul(2)));
        match by {
            _ if mantissa == 0 => 0,
            41.. => 1 << 56,
            0..=40 => mantissa << by,
            -17..0 => mantissa.wrapping_add(1 << (by.unsigned_abs() - 1)) >> by.unsigned_abs(),
            _ => 0,
        }
    }
}

/// Writes x − mean as 16-bit mantissas. Returns their exponent.
fn deviations(x: Block<'_>, out: &mut [i32]) -> i32 {
    let n = x.mantissas.len() as i32;
    let sum = x.mantissas.iter().fold(0i32, |sum, &m| sum.wrapping_add(m.into()));
    // Rounded to 8 fraction bits, in two divisions so that nothing exceeds 32 bits.
    let whole = sum.checked_div_euclid(n).unwrap_or(0);
    let rest = sum.wrapping_sub(whole.wrapping_mul(n));
    let fraction = (rest << MEAN_FRACTION).wrapping_add(n / 2).checked_div(n).unwrap_or(0);
    let mean = (whole << MEAN_FRACTION).wrapping_add(fraction);
    for (out, &m) in out.iter_mut().zip(x.mantissas) {
        *out = (i32::from(m) << MEAN_FRACTION).wrapping_sub(mean);
    }
    let shift = magnitude_bits(out).saturating_sub(15);
    for value in out.iter_mut() {
        *value = round_shift(*value, shift).clamp(-32767, 32767);
    }
    x.exponent.wrapping_sub(MEAN_FRACTION).wrapping_add(shift as i32)
}

/// `(r, k)` with 1/√total = r · 2^(−22−k), r below 2¹⁵.
fn reciprocal_root(total: u64) -> (i32, i32) {
    let top = (total | 1).ilog2() as i32;
    let down = if top & 1 == 1 { top.wrapping_sub(15) } else { top.wrapping_sub(14) };
    let a = if down >= 0 { total >> (down & 63) } else { total << (down.wrapping_neg() & 63) };
    (rsqrt(a as u16).into(), down / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float(x: &[i16], e: i32, epsilon: f64) -> Vec<f64> {
        let x: Vec<f64> = x.iter().map(|&m| f64::from(m) * f64::from(e).exp2()).collect();
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        let var = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        x.iter().map(|x| (x - mean) / (var + epsilon).sqrt()).collect()
    }

    #[test]
    fn layer_norm_is_near_the_float_one_at_every_scale() {
        for n in [1usize, 2, 3, 30, 96, 1024] {
            for (e, size) in [(-14, 32767), (-30, 32767), (3, 100), (-8, 3), (-14, 20000)] {
                let x: Vec<i16> = (0..n)
                    .map(|i| ((i * 7919 + 13) % (2 * size + 1)) as i32 - size as i32)
                    .map(|m| (m + size as i32 / 3).clamp(-32767, 32767) as i16)
                    .collect();
                let epsilon = 1e-6 * n as f64;
                let exponent = epsilon.log2().floor() as i32 - 14;
                let gamma = (n as f64).sqrt();
                let gamma_exponent = gamma.log2().floor() as i32 - 13;
                let gammas =
                    [(((gamma / f64::from(gamma_exponent).exp2()).round() as i32) << 16) as u32];
                let norm = Norm {
                    gammas: &gammas.repeat(n),
                    betas: &[0].repeat(n),
                    epsilon: ((epsilon / f64::from(exponent).exp2()).round() as u32, exponent),
                    gamma_exponent,
                    beta_exponent: -128,
                };
                let mut out = vec![0; n];
                let e_out = norm.apply(block(&x, e), &mut out);
                for (y, exact) in out.iter().zip(float(&x, e, 1e-6)) {
                    let y = f64::from(*y) * f64::from(e_out).exp2();
                    assert!((y - exact).abs() < NORM_MAX_ERROR, "n {n} e {e}: {y} for {exact}");
                }
            }
        }
    }

    fn block(mantissas: &[i16], exponent: i32) -> Block<'_> {
        Block { mantissas, exponent }
    }
}
