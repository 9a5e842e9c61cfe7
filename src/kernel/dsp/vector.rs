//! Vectors on the cores of `mod.rs`: the loops of `portable`, with SMMULR for a product and its
//! rounding, and for a rounded shift, which is a product with 2^(32−shift).

use super::{cpu, shifting};
use crate::kernel::portable;
use crate::kernel::portable::Norm;
use core::arch::{asm, naked_asm};

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
    let n = wide.len().min(x.len());
    let wide = wide.get_mut(..n).unwrap_or_default();
    let ((wide, wide_rest), (x, x_rest)) = (wide.as_chunks_mut(), fours(x, n));
    for (wide, x) in wide.iter_mut().zip(x) {
        if shift > 0 {
            // By name: `map` would go through the stack where size counts.
            let [a, b, c, d] = *wide;
            let cut = |value| shift_right(value, minus);
            *wide = [cut(a), cut(b), cut(c), cut(d)];
        }
        add_four(wide, x, factor);
    }
    for (wide, &x) in wide_rest.iter_mut().zip(x_rest) {
        let shifted = if shift > 0 { shift_right(*wide, minus) } else { *wide };
        *wide = shifted.wrapping_add(factor.wrapping_mul(x.into()));
    }
}

/// `wide += factor · x`, with a factor of 16 bits.
#[inline(always)]
fn add_four(wide: &mut [i32; 4], x: &[i16; 4], factor: i32) {
    let [a, b, c, d] = *wide;
    let both = |a: i16, b: i16| u32::from(a as u16) | u32::from(b as u16) << 16;
    let (ab, cd) = (both(x[0], x[1]), both(x[2], x[3]));
    let (e, f, g, h);
    // SAFETY: arithmetic in registers.
    unsafe {
        asm!(cpu!(), "smlabb {a}, {ab}, {m}, {a}", "smlatb {b}, {ab}, {m}, {b}",
            "smlabb {c}, {cd}, {m}, {c}", "smlatb {d}, {cd}, {m}, {d}",
            ab = in(reg) ab, cd = in(reg) cd, m = in(reg) factor, a = inout(reg) a => e,
            b = inout(reg) b => f, c = inout(reg) c => g, d = inout(reg) d => h,
            options(pure, nomem, nostack)); // They may set Q.
    }
    *wide = [e, f, g, h];
}

/// The first `n`, or all, in fours.
fn fours<T>(values: &[T], n: usize) -> (&[[T; 4]], &[T]) {
    values.get(..n).unwrap_or(values).as_chunks()
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
    let Norm { factor, offset, root, .. } = norm;
    let minus_offset = offset.wrapping_neg();
    let n = x.len().min(gammas.len()).min(betas.len()).min(out.len());
    let (to, to_rest) = out.get_mut(..n).unwrap_or_default().as_chunks_mut();
    let ((x, x_rest), (gammas, gamma_rest)) = (fours(x, n), fours(gammas, n));
    let (betas, beta_rest) = fours(betas, n);
    if let Some(last) = to.last() {
        let job = NormJob { factor, minus_offset, root, beta_scale, last };
        // SAFETY: all four have as many fours as `to`, of which `last` is the last.
        unsafe { norm_fours(x.as_ptr(), gammas.as_ptr(), betas.as_ptr(), to.as_mut_ptr(), &job) };
    }
    for (((to, &x), &gamma), &beta) in to_rest.iter_mut().zip(x_rest).zip(gamma_rest).zip(beta_rest)
    {
        let value = factor.wrapping_mul(x.into()).wrapping_add(minus_offset);
        *to = scale_add(scale(scale(value, root), gamma as i32), beta as i32, beta_scale);
    }
}

/// What [`norm_fours`] does to each number, and to how many.
#[repr(C)]
struct NormJob {
    factor: i32,
    minus_offset: i32,
    root: i32,
    beta_scale: i32,
    last: *const [i32; 4],
}

/// Four numbers in 30 instructions: x r0, γ r1, β r2, out r3 · the job r4–r7 · two words r8, r9 · what
/// becomes of four x r10–r12, lr.
///
/// # Safety
/// From `x`, `gammas`, `betas` and `out` on lie as many fours, at least one, the last of `out` at
/// `job.last`.
#[unsafe(naked)]
unsafe extern "C" fn norm_fours(
    x: *const [i16; 4],
    gammas: *const [u32; 4],
    betas: *const [u32; 4],
    out: *mut [i32; 4],
    job: &NormJob,
) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "ldr r8, [sp, #36]",
        "ldm r8, {{r4-r7, r8}}",
        "push {{r8}}",
        "2:",
        "ldr r8, [r0], #4",
        "ldr r9, [r0], #4",
        "sxth r10, r8",
        "asr r11, r8, #16",
        "sxth r12, r9",
        "asr lr, r9, #16",
        "mla r10, r10, r4, r5",
        "mla r11, r11, r4, r5",
        "mla r12, r12, r4, r5",
        "mla lr, lr, r4, r5",
        "ldrd r8, r9, [r1], #8",
        "smmulr r10, r10, r6",
        "smmulr r11, r11, r6",
        "smmulr r12, r12, r6",
        "smmulr lr, lr, r6",
        "smmulr r10, r10, r8",
        "smmulr r11, r11, r9",
        "ldrd r8, r9, [r1], #8",
        "smmulr r12, r12, r8",
        "smmulr lr, lr, r9",
        "ldrd r8, r9, [r2], #8",
        "smmlar r10, r8, r7, r10",
        "smmlar r11, r9, r7, r11",
        "ldrd r8, r9, [r2], #8",
        "smmlar r12, r8, r7, r12",
        "smmlar lr, r9, r7, lr",
        "ldr r8, [sp]",
        "cmp r3, r8",
        "stm r3!, {{r10-r12, lr}}",
        "bne 2b",
        "pop {{r8}}",
        "pop {{r4-r11, pc}}",
    )
}
