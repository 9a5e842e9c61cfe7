//! The gates of one unit, in 16-bit numbers: arguments in Q14, gates and h in Q15.

use crate::kernel::portable::scale;
use crate::number::{ONE, sigmoid, tanh};

/// `round(a · b / 2¹⁵)`, for a in Q15, 0 … 1.
fn times(a: i32, b: i32) -> i32 {
    scale(b << 1, a.min(ONE - 1) << 16)
}

/// As a 16-bit number.
fn short(value: i32) -> i16 {
    value.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

/// `⌊value / 2¹⁵ + ½⌋` as a 16-bit number, for |value| < 2³¹ − 2¹⁴.
fn rounded(value: i32) -> i16 {
    short(value.wrapping_add(1 << 14) >> 15)
}

/// h′ = tanh(a)
pub(super) fn rnn(a: i32) -> i16 {
    short(tanh(a))
}

/// r∘b, for an argument b whose reset gate is σ(r).
pub(super) fn reset(r: i32, b: i32) -> i32 {
    const MOST: i32 = 1 << 20;
    times(sigmoid(r), b.clamp(-MOST, MOST))
}

/// h′ = (1 − σ(z))·tanh(n) + σ(z)·h, for h in units of 2^(down − 15).
pub(super) fn update(z: i32, n: i32, h: i16, down: u32) -> i16 {
    let (z, n) = (sigmoid(z), tanh(n) >> down.min(31));
    let kept = z.wrapping_mul(h.into());
    let new = ONE.wrapping_sub(z).wrapping_mul(n);
    rounded(kept.wrapping_add(new))
}

/// h′ and c′ of an LSTM, for c in units of 2^(c_down − 15), `c_down` at least 1.
pub(super) fn lstm([i, f, g, o]: [i32; 4], c: i16, c_down: u32) -> (i16, i16) {
    let kept = sigmoid(f).wrapping_mul(c.into());
    let new = sigmoid(i).wrapping_mul(tanh(g)) >> c_down.min(31);
    let c = rounded(kept.wrapping_add(new));
    // c in Q14; beyond ±2³⁰ it stands for ±∞ anyway.
    let at = i32::from(c) << c_down.wrapping_sub(1).min(15);
    (rounded(sigmoid(o).wrapping_mul(tanh(at))), c)
}
