//! LayerNorm (arXiv 1607.06450): `y = (x − mean) / √(var + ε) · γ + β`.
//!
//! With v = n·x − Σx and V = n·Σx² − (Σx)², which are exact, and n²·ε from the model file,
//! y = v / √(V + n²·ε) · γ + β: the exponent of x drops out, and nothing is divided by n. RMSNorm (arXiv
//! 1910.07467), x / √(mean(x²) + ε) · γ, is the same with nought for Σx, and zeros for β.

#[cfg(feature = "far-flash")]
use crate::format::Far;
use crate::format::{Directory, Hook, Role, Section, Stack};
use crate::kernel;
use crate::number::{Block, round_shift, rsqrt};

/// Gammas and betas.
pub(crate) struct Norm<'m> {
    gammas: &'m [u32],
    betas: &'m [u32],
    epsilon: (u32, i32),
    gamma_exponent: i32,
    beta_exponent: i32,
    /// No mean is taken away.
    #[cfg(feature = "variants")]
    rms: bool,
    hook: Hook,
    #[cfg(feature = "far-flash")]
    far: Far<'m>,
}

/// Largest error of a normed value whose gamma is 1, for inputs of at least 7 bits.
#[cfg(test)]
const NORM_MAX_ERROR: f64 = 2e-3;

/// Fraction bits of the root of a small spread.
const FRACTION: i32 = 8;

impl<'m> Norm<'m> {
    /// What is next in a directory.
    pub(crate) fn next(
        directory: &mut Directory<'_, 'm>,
        stack: Stack,
        layer: usize,
        role: Role,
    ) -> Self {
        let norm = Self::told(&directory.next(stack, layer, role), directory.model.hook());
        #[cfg(feature = "variants")]
        let norm = Self { rms: directory.model.dims().variant.rms(), ..norm };
        norm
    }

    /// Of another section than one of a model.
    #[cfg(any(test, feature = "conformance"))]
    pub(crate) fn from_section(section: &Section<'m>) -> Self {
        Self::told(section, Hook::NONE)
    }

    fn told(section: &Section<'m>, hook: Hook) -> Self {
        let (head, values) = section.words.split_at_checked(2).unwrap_or((&[], &[]));
        let (gammas, betas) = values.split_at_checked(section.rows).unwrap_or((&[], &[]));
        let at = |i: usize| head.get(i).copied().unwrap_or(0);
        Self {
            gammas,
            betas,
            epsilon: (at(0), at(1) as i32),
            gamma_exponent: section.scale_exponent,
            beta_exponent: section.bias_exponent,
            #[cfg(feature = "variants")]
            rms: false,
            hook,
            #[cfg(feature = "far-flash")]
            far: section.far,
        }
    }

    /// n²·ε: mantissa and exponent. Of a norm that is far it is read when it is needed.
    #[inline(always)]
    fn epsilon(&self) -> (u32, i32) {
        #[cfg(feature = "far-flash")]
        if let Some(place) = self.far.place {
            let [mantissa, exponent] = crate::far::epsilon(place);
            return (mantissa, exponent as i32);
        }
        self.epsilon
    }

    /// `x`, `out`: `[n]`, n ≤ 4096. Returns the exponent of `out`.
    pub(crate) fn apply(&self, x: Block<'_>, out: &mut [i32]) -> i32 {
        let n = x.mantissas.len() as u32;
        let (sum, squares) = kernel::moments(x.mantissas);
        #[cfg(feature = "variants")]
        let sum = if self.rms { 0 } else { sum };
        let squared = u64::from(sum.unsigned_abs()).wrapping_mul(sum.unsigned_abs().into());
        let spread = squares.wrapping_mul(n.into()).saturating_sub(squared);
        // V + n²·ε with as many fraction bits as both have room for, for ε is no integer.
        let epsilon = self.epsilon();
        let by = epsilon.1.wrapping_sub(x.exponent.wrapping_mul(2));
        let room = if spread >> 40 == 0 { FRACTION } else { 0 };
        let fraction = if epsilon.0 == 0 { room } else { room.min(46i32.wrapping_sub(by) >> 1) };
        let twice = fraction.wrapping_mul(2);
        let epsilon = shift_up(epsilon.0.into(), by.wrapping_add(twice));
        let total = shift_up(spread, twice).wrapping_add(epsilon).max(1);
        let (root, octaves) = reciprocal_root(total);
        let octaves = octaves.wrapping_sub(fraction);
        // |v| ≤ √(n·V), below 2³⁰ with this shift to the left; and below 2²⁸ without.
        let bits = (total.ilog2() as i32).wrapping_add(34 - n.leading_zeros() as i32) / 2;
        let left = 30i32.wrapping_sub(bits).wrapping_add(fraction).clamp(0, 30) as u32;
        // Betas have bits to spare, and shift to the right; where they are coarse, v gives way.
        let exponent = 10i32.wrapping_sub(octaves).wrapping_add(self.gamma_exponent);
        let finest = exponent.wrapping_sub(left as i32);
        let coarser = self.beta_exponent.wrapping_add(2).wrapping_sub(finest).max(0) as u32;
        let less = coarser.min(left);
        let root = round_shift(root, coarser.wrapping_sub(less));
        let left = left.wrapping_sub(less) & 31;
        let common = finest.wrapping_add(coarser as i32);
        let norm = kernel::Norm {
            factor: (n << left) as i32,
            offset: sum << left,
            root: root << 16,
            beta_shift: common.wrapping_sub(self.beta_exponent) as u32,
        };
        #[cfg(feature = "far-flash")]
        if let Some(place) = self.far.place {
            crate::far::norm(place, norm, x.mantissas, out);
            return common;
        }
        self.hook.announce(self.gammas);
        self.hook.announce(self.betas);
        kernel::norm(norm, x.mantissas, self.gammas, self.betas, out);
        common
    }
}

/// `value · 2^by`, to the nearest.
const fn shift_up(value: u64, by: i32) -> u64 {
    match by {
        0..=63 => value << (by & 63),
        -63..=-1 => (value >> (by.wrapping_add(1).wrapping_neg() & 63)).wrapping_add(1) >> 1,
        _ => 0,
    }
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

    /// `rms`: no mean is taken away.
    fn float(x: &[i16], e: i32, epsilon: f64, rms: bool) -> Vec<f64> {
        let x: Vec<f64> = x.iter().map(|&m| f64::from(m) * f64::from(e).exp2()).collect();
        let n = x.len() as f64;
        let mean = if rms { 0.0 } else { x.iter().sum::<f64>() / n };
        let var = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        x.iter().map(|x| (x - mean) / (var + epsilon).sqrt()).collect()
    }

    #[test]
    fn layer_norm_is_near_the_float_one_at_every_scale() {
        near(false);
    }

    #[cfg(feature = "variants")]
    #[test]
    fn rms_norm_is_near_the_float_one_at_every_scale() {
        near(true);
    }

    fn near(rms: bool) {
        for n in [1usize, 2, 3, 30, 96, 1024] {
            for (e, size) in [(-14, 32767), (-30, 32767), (3, 100), (-8, 3), (-14, 20000)] {
                let x: Vec<i16> = (0..n)
                    .map(|i| ((i * 7919 + 13) % (2 * size + 1)) as i32 - size as i32)
                    .map(|m| (m + size as i32 / 3).clamp(-32767, 32767) as i16)
                    .collect();
                let epsilon = 1e-6 * (n * n) as f64;
                let exponent = epsilon.log2().floor() as i32 - 14;
                let gamma_exponent = -14;
                let gammas = [(1 << 14 << 16) as u32];
                let norm = Norm {
                    gammas: &gammas.repeat(n),
                    betas: &[0].repeat(n),
                    epsilon: ((epsilon / f64::from(exponent).exp2()).round() as u32, exponent),
                    gamma_exponent,
                    beta_exponent: -128,
                    #[cfg(feature = "variants")]
                    rms,
                    hook: Hook::NONE,
                    #[cfg(feature = "far-flash")]
                    far: Far::NOT,
                };
                let mut out = vec![0; n];
                let e_out = norm.apply(block(&x, e), &mut out);
                for (y, exact) in out.iter().zip(float(&x, e, 1e-6, rms)) {
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
