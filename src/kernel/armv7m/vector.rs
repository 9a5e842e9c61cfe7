//! Vectors on the cores of `mod.rs`: the loops of `portable`, with a long product where it rounds a
//! short one, and the carry where it rounds a shift.

use crate::kernel::portable::Norm;
use core::arch::asm;

/// See [`crate::kernel::portable::scale`].
#[inline(always)]
#[must_use]
pub fn scale(value: i32, m: i32) -> i32 {
    let product = i64::from(value).wrapping_mul(m.into());
    (product.wrapping_add(1 << 31) >> 32) as i32
}

/// `⌊value / 2^shift + ½⌋`: what is shifted out last becomes the carry. `shift`: 1…31.
#[inline(always)]
fn shift_right(value: i32, shift: u32) -> i32 {
    let result;
    // SAFETY: arithmetic in registers.
    unsafe {
        asm!("asrs {r}, {v}, {s}", "adc {r}, {r}, #0", r = lateout(reg) result, v = in(reg) value,
            s = in(reg) shift, options(pure, nomem, nostack));
    }
    result
}

/// See [`crate::kernel::portable::narrow`].
pub fn narrow(values: &[i32], shift: u32, limit: i32, out: &mut [i16]) {
    let cut = |value: i32| shift_right(value, shift).min(limit) as i16;
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

/// See [`crate::kernel::portable::add_scaled`].
pub fn add_scaled(wide: &mut [i32], shift: u32, x: &[i16], factor: i32) {
    for (wide, &x) in wide.iter_mut().zip(x) {
        // A shift by 0 would leave the carry as it was.
        let shifted = if shift == 0 { *wide } else { shift_right(*wide, shift) };
        *wide = shifted.wrapping_add(factor.wrapping_mul(x.into()));
    }
}

/// See [`crate::kernel::portable::moments`].
#[must_use]
pub fn moments(x: &[i16]) -> (i32, u64) {
    let (sum, squares) = x.iter().fold((0i32, 0i64), |(sum, squares), &x| {
        let x = i32::from(x);
        (sum.wrapping_add(x), squares.wrapping_add(i64::from(x).wrapping_mul(x.into())))
    });
    (sum, squares as u64)
}

/// See [`crate::kernel::portable::norm`].
pub fn norm(norm: Norm, x: &[i16], gammas: &[u32], betas: &[u32], out: &mut [i32]) {
    let down = norm.beta_shift.wrapping_sub(1).min(31);
    for (((out, &x), &gamma), &beta) in out.iter_mut().zip(x).zip(gammas).zip(betas) {
        let value = norm.factor.wrapping_mul(x.into()).wrapping_sub(norm.offset);
        let scaled = scale(scale(value, norm.root), gamma as i32);
        *out = scaled.wrapping_add((beta as i32 >> down).wrapping_add(1) >> 1);
    }
}
