//! Vectors on the cores of `mod.rs`: the loops of `portable`, with MULH for a product, and four
//! numbers a round, for where size counts the compiler unrolls nothing.

use crate::kernel::portable;
use crate::kernel::portable::Norm;
use core::arch::asm;

/// See [`portable::scale`].
#[inline(always)]
#[must_use]
pub const fn scale(value: i32, m: i32) -> i32 {
    let product = (value as i64).wrapping_mul(m as i64);
    // MULH, and bit 31 of MUL to round.
    ((product >> 32) as i32).wrapping_add((product as u32 >> 31) as i32)
}

/// The smaller one, in one instruction where that is `value`: there is no MIN.
#[inline(always)]
fn at_most(limit: i32, value: i32) -> i32 {
    let result;
    // SAFETY: arithmetic in registers.
    unsafe {
        asm!("ble {r}, {l}, 2f", "mv {r}, {l}", "2:", r = inout(reg) value => result,
            l = in(reg) limit, options(pure, nomem, nostack));
    }
    result
}

/// See [`portable::narrow`].
pub fn narrow(values: &[i32], shift: u32, limit: i32, out: &mut [i16]) {
    let down = shift.wrapping_sub(1) & 31;
    let cut = |value: i32| at_most(limit, (value >> down).wrapping_add(1) >> 1) as i16;
    let n = out.len().min(values.len());
    let (to, from) = (out.get_mut(..n).unwrap_or_default(), values.get(..n).unwrap_or(&[]));
    let ((to, to_rest), (from, from_rest)) = (to.as_chunks_mut(), from.as_chunks());
    for (to, &[a, b, c, d]) in to.iter_mut().zip(from) {
        *to = [cut(a), cut(b), cut(c), cut(d)];
    }
    for (out, &value) in to_rest.iter_mut().zip(from_rest) {
        *out = cut(value);
    }
}

/// See [`portable::add_scaled`].
pub fn add_scaled(wide: &mut [i32], shift: u32, x: &[i16], factor: i32) {
    let down = shift.wrapping_sub(1) & 31;
    let n = wide.len().min(x.len());
    let (wide, x) = (wide.get_mut(..n).unwrap_or_default(), x.get(..n).unwrap_or_default());
    if shift == 0 {
        return portable::add_scaled(wide, 0, x, factor);
    }
    let add = |wide: i32, x: i16| {
        let cut = (wide >> down).wrapping_add(1) >> 1;
        cut.wrapping_add(factor.wrapping_mul(x.into()))
    };
    let ((wide, wide_rest), (x, x_rest)) = (wide.as_chunks_mut(), x.as_chunks());
    for (wide, &[x0, x1, x2, x3]) in wide.iter_mut().zip(x) {
        let &mut [a, b, c, d] = wide;
        *wide = [add(a, x0), add(b, x1), add(c, x2), add(d, x3)];
    }
    for (wide, &x) in wide_rest.iter_mut().zip(x_rest) {
        *wide = add(*wide, x);
    }
}

/// See [`portable::moments`].
#[must_use]
pub fn moments(x: &[i16]) -> (i32, u64) {
    let square = |x: i32| x.wrapping_mul(x) as u32;
    let (fours, rest) = x.as_chunks();
    let (mut sum, mut squares) = (0i32, 0u64);
    for &[a, b, c, d] in fours {
        let (a, b, c, d) = (i32::from(a), i32::from(b), i32::from(c), i32::from(d));
        sum = sum.wrapping_add(a).wrapping_add(b).wrapping_add(c).wrapping_add(d);
        // Two squares of half-words fit a word.
        squares = squares.wrapping_add(square(a).wrapping_add(square(b)).into());
        squares = squares.wrapping_add(square(c).wrapping_add(square(d)).into());
    }
    let (odd_sum, odd_squares) = portable::moments(rest);
    (sum.wrapping_add(odd_sum), squares.wrapping_add(odd_squares))
}

/// See [`portable::norm`].
pub fn norm(norm: Norm, x: &[i16], gammas: &[u32], betas: &[u32], out: &mut [i32]) {
    let down = norm.beta_shift.wrapping_sub(1).min(31);
    let value = |x: i16, gamma: u32, beta: u32| {
        let value = norm.factor.wrapping_mul(x.into()).wrapping_sub(norm.offset);
        let scaled = scale(scale(value, norm.root), gamma as i32);
        scaled.wrapping_add((beta as i32 >> down).wrapping_add(1) >> 1)
    };
    let n = x.len().min(gammas.len()).min(betas.len()).min(out.len());
    let (x, x_rest) = x.get(..n).unwrap_or_default().as_chunks::<4>();
    let (gammas, gammas_rest) = gammas.get(..n).unwrap_or_default().as_chunks::<4>();
    let (betas, betas_rest) = betas.get(..n).unwrap_or_default().as_chunks::<4>();
    let (out, out_rest) = out.get_mut(..n).unwrap_or_default().as_chunks_mut::<4>();
    for (((out, x), g), b) in out.iter_mut().zip(x).zip(gammas).zip(betas) {
        let four = |i: usize| value(x[i & 3], g[i & 3], b[i & 3]);
        *out = [four(0), four(1), four(2), four(3)];
    }
    for (((out, &x), &g), &b) in out_rest.iter_mut().zip(x_rest).zip(gammas_rest).zip(betas_rest) {
        *out = value(x, g, b);
    }
}
