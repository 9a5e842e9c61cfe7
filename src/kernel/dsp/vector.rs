//! Vectors on the cores of `mod.rs`: the loops of `portable`, with SMMULR for a product and its
//! rounding, and for a rounded shift, which is a product with 2^(32−shift).

use super::{cpu, shifting};
use crate::kernel::portable;
use crate::kernel::portable::Norm;
use core::arch::asm;

/// See [`portable::scale`].
#[inline(always)]
#[must_use]
pub fn scale(value: i32, m: i32) -> i32 {
    let product;
    // SAFETY: arithmetic in registers.
    unsafe {
        asm!(cpu!(), "smmulr {p}, {v}, {m}", p = lateout(reg) product, v = in(reg) value,
            m = in(reg) m, options(pure, nomem, nostack, preserves_flags));
    }
    product
}

/// `sum + round(value · m / 2³²)`
#[inline(always)]
fn scale_add(sum: i32, value: i32, m: i32) -> i32 {
    let result;
    // SAFETY: arithmetic in registers.
    unsafe {
        asm!(cpu!(), "smmlar {r}, {v}, {m}, {s}", r = lateout(reg) result, v = in(reg) value,
            m = in(reg) m, s = in(reg) sum, options(pure, nomem, nostack, preserves_flags));
    }
    result
}

/// `round(value / 2^shift)`, with −2^(32−shift) taken from nothing: 1…31.
#[inline(always)]
fn shift_right(value: i32, minus: i32) -> i32 {
    let result;
    // SAFETY: arithmetic in registers.
    unsafe {
        asm!(cpu!(), "smmlsr {r}, {v}, {m}, {z}", r = lateout(reg) result, v = in(reg) value,
            m = in(reg) minus, z = in(reg) 0, options(pure, nomem, nostack, preserves_flags));
    }
    result
}

/// What [`shift_right`] takes.
pub(super) const fn minus(shift: u32) -> i32 {
    ((1u32 << (32u32.wrapping_sub(shift) & 31)) as i32).wrapping_neg()
}

/// See [`portable::add_scaled`].
pub fn add_scaled(wide: &mut [i32], shift: u32, x: &[i16], factor: i32) {
    let minus = minus(shift);
    if shift == 0 {
        each(wide, x, |wide, x| wide.wrapping_add(factor.wrapping_mul(x)));
    } else {
        each(wide, x, |wide, x| shift_right(wide, minus).wrapping_add(factor.wrapping_mul(x)));
    }
}

/// The first `n`, or all, in fours.
fn fours<T>(values: &[T], n: usize) -> (&[[T; 4]], &[T]) {
    values.get(..n).unwrap_or(values).as_chunks()
}

/// Four at a time: where size counts, the compiler unrolls nothing.
#[inline(always)]
fn each(wide: &mut [i32], x: &[i16], sum: impl Fn(i32, i32) -> i32) {
    let n = wide.len().min(x.len());
    let wide = wide.get_mut(..n).unwrap_or_default();
    let ((wide, wide_rest), (x, x_rest)) = (wide.as_chunks_mut(), fours(x, n));
    for (wide, &[a, b, c, d]) in wide.iter_mut().zip(x) {
        let [e, f, g, h] = *wide;
        *wide = [sum(e, a.into()), sum(f, b.into()), sum(g, c.into()), sum(h, d.into())];
    }
    for (wide, &x) in wide_rest.iter_mut().zip(x_rest) {
        *wide = sum(*wide, x.into());
    }
}

/// See [`portable::moments`].
#[must_use]
pub fn moments(x: &[i16]) -> (i32, u64) {
    let (fours, rest) = x.as_chunks();
    let (mut sum, mut low, mut high) = (0i32, 0u32, 0u32);
    for &[a, b, c, d] in fours {
        let both = |a: i16, b: i16| u32::from(a as u16) | u32::from(b as u16) << 16;
        // SAFETY: arithmetic in registers.
        unsafe {
            asm!(cpu!(), "smlad {s}, {x}, {ones}, {s}", "smlald {l}, {h}, {x}, {x}",
                "smlad {s}, {y}, {ones}, {s}", "smlald {l}, {h}, {y}, {y}",
                x = in(reg) both(a, b), y = in(reg) both(c, d), ones = in(reg) 0x1_0001,
                s = inout(reg) sum, l = inout(reg) low, h = inout(reg) high,
                options(pure, nomem, nostack)); // SMLAD may set Q.
        }
    }
    let (odd_sum, odd_square) = portable::moments(rest);
    let squares = u64::from(high) << 32 | u64::from(low);
    (sum.wrapping_add(odd_sum), squares.wrapping_add(odd_square))
}

/// See [`portable::norm`].
pub fn norm(norm: Norm, x: &[i16], gammas: &[u32], betas: &[u32], out: &mut [i32]) {
    let beta_scale = if norm.beta_shift > 31 { 0 } else { shifting(norm.beta_shift) };
    let minus_offset = norm.offset.wrapping_neg();
    let normed = |x: i16, gamma: u32, beta: u32| {
        let value = norm.factor.wrapping_mul(x.into()).wrapping_add(minus_offset);
        let scaled = scale(scale(value, norm.root), gamma as i32);
        scale_add(scaled, beta as i32, beta_scale)
    };
    let n = x.len().min(out.len());
    let ((from, from_rest), (gammas, gamma_rest)) = (fours(x, n), fours(gammas, n));
    let ((betas, beta_rest), (to, to_rest)) =
        (fours(betas, n), out.get_mut(..n).unwrap_or_default().as_chunks_mut());
    // Four at a time: where size counts, the compiler unrolls nothing.
    for (((to, &[a, b, c, d]), &[ga, gb, gc, gd]), &[ba, bb, bc, bd]) in
        to.iter_mut().zip(from).zip(gammas).zip(betas)
    {
        *to = [normed(a, ga, ba), normed(b, gb, bb), normed(c, gc, bc), normed(d, gd, bd)];
    }
    for (((to, &x), &gamma), &beta) in
        to_rest.iter_mut().zip(from_rest).zip(gamma_rest).zip(beta_rest)
    {
        *to = normed(x, gamma, beta);
    }
}
