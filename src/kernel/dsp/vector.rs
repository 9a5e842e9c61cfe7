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
const fn minus(shift: u32) -> i32 {
    ((1u32 << (32u32.wrapping_sub(shift) & 31)) as i32).wrapping_neg()
}

/// See [`portable::narrow`].
pub fn narrow(values: &[i32], shift: u32, limit: i32, out: &mut [i16]) {
    let minus = minus(shift);
    let cut = |value: i32| shift_right(value, minus).min(limit) as i16;
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
    let minus = minus(shift);
    for (wide, &x) in wide.iter_mut().zip(x) {
        let shifted = if shift == 0 { *wide } else { shift_right(*wide, minus) };
        *wide = shifted.wrapping_add(factor.wrapping_mul(x.into()));
    }
}

/// See [`portable::moments`].
#[must_use]
pub fn moments(x: &[i16]) -> (i32, u64) {
    let (pairs, rest) = x.as_chunks();
    let (mut sum, mut low, mut high) = (0i32, 0u32, 0u32);
    for &[a, b] in pairs {
        let both = u32::from(a as u16) | u32::from(b as u16) << 16;
        // SAFETY: arithmetic in registers.
        unsafe {
            asm!(cpu!(), "smlad {s}, {x}, {ones}, {s}", "smlald {l}, {h}, {x}, {x}", x = in(reg) both,
                ones = in(reg) 0x1_0001, s = inout(reg) sum, l = inout(reg) low, h = inout(reg) high,
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
    for (((out, &x), &gamma), &beta) in out.iter_mut().zip(x).zip(gammas).zip(betas) {
        let value = norm.factor.wrapping_mul(x.into()).wrapping_sub(norm.offset);
        let scaled = scale(scale(value, norm.root), gamma as i32);
        *out = scale_add(scaled, beta as i32, beta_scale);
    }
}
