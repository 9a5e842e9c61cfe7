//! What recurrent cells make of the arguments of their gates, unit after unit: arguments in Q14, gates
//! and h in Q15.

use super::{ONE, scale, sigmoid, tanh};

/// The arguments of the gates of some units, gate after gate of one unit after the other: what two
/// matrices gave them, which becomes Q14 by a shift to the right, and is added.
#[derive(Clone, Copy, Debug)]
pub struct Arguments<'s> {
    /// What the input gave.
    pub x: &'s [i32],
    /// What the state gave.
    pub h: &'s [i32],
    /// Shifts of both, 0…31: what comes of it is at most 2²⁶.
    pub right: [u32; 2],
}

impl<'s> Arguments<'s> {
    /// What both gave each unit.
    #[inline(always)]
    pub(crate) fn units<const X: usize, const H: usize>(
        self,
    ) -> impl Iterator<Item = (&'s [i32; X], &'s [i32; H])> {
        self.x.as_chunks().0.iter().zip(self.h.as_chunks().0)
    }

    /// The argument of a gate.
    #[inline(always)]
    pub(crate) fn both(self, x: i32, h: i32) -> i32 {
        self.of_x(x).wrapping_add(self.of_h(h))
    }

    /// Of the input alone.
    #[inline(always)]
    pub(crate) fn of_x(self, value: i32) -> i32 {
        value.wrapping_shr(self.right[0])
    }

    #[inline(always)]
    fn of_h(self, value: i32) -> i32 {
        value.wrapping_shr(self.right[1])
    }
}

/// h′ of an RNN: tanh of its only gate. `h`: a number a unit.
pub fn rnn(a: Arguments<'_>, h: &mut [i16]) {
    for (h, (x, s)) in h.iter_mut().zip(a.units::<1, 1>()) {
        *h = rnn_unit(a.both(x[0], s[0]));
    }
}

/// h′ of a GRU whose gates are r, z, n, and r stands behind the product: n = tanh(x + r∘s). `h`: in
/// units of 2^(down − 15).
pub fn gru(a: Arguments<'_>, down: u32, h: &mut [i16]) {
    for (h, (x, s)) in h.iter_mut().zip(a.units::<3, 3>()) {
        let n = reset(a.both(x[0], s[0]), a.of_h(s[2]));
        let n = a.of_x(x[2]).wrapping_add(n);
        *h = update(a.both(x[1], s[1]), n, *h, down);
    }
}

/// h′ and c′ of an LSTM whose gates are i, f, g, o, for c in units of 2^(c_down − 15), `c_down` at least 1.
pub fn lstm(a: Arguments<'_>, c_down: u32, h: &mut [i16], c: &mut [i16]) {
    for ((h, c), (x, s)) in h.iter_mut().zip(c).zip(a.units::<4, 4>()) {
        let gate = |i: usize| a.both(x[i], s[i]);
        (*h, *c) = lstm_unit([gate(0), gate(1), gate(2), gate(3)], *c, c_down);
    }
}

/// `out[i] = ⌊t / 2^down⌋`, where t is `tanh(query[i] + key[i]·2^up)` in Q15, below 1: what additive attention
/// reads. `query`: Q14, at most 2²⁶ · `up`: 0…14 · `down`: 0…15.
pub fn bend(query: &[i32], key: &[i16], [up, down]: [u32; 2], out: &mut [i16]) {
    for ((out, &q), &k) in out.iter_mut().zip(query).zip(key) {
        let both = q.wrapping_add(i32::from(k).wrapping_shl(up));
        *out = tanh(both).min(ONE - 1).wrapping_shr(down) as i16;
    }
}

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
fn rnn_unit(a: i32) -> i16 {
    short(tanh(a))
}

/// r∘b, for an argument b whose reset gate is σ(r); b beyond ±64 counts as ±64.
#[inline(always)]
pub fn reset(r: i32, b: i32) -> i32 {
    const MOST: i32 = 1 << 20;
    times(sigmoid(r), b.clamp(-MOST, MOST))
}

/// h′ = (1 − σ(z))·tanh(n) + σ(z)·h, for h in units of 2^(down − 15).
pub fn update(z: i32, n: i32, h: i16, down: u32) -> i16 {
    let (z, n) = (sigmoid(z), tanh(n) >> down.min(31));
    let kept = z.wrapping_mul(h.into());
    let new = ONE.wrapping_sub(z).wrapping_mul(n);
    rounded(kept.wrapping_add(new))
}

/// h′ and c′ of an LSTM, for c in units of 2^(c_down − 15), `c_down` at least 1.
fn lstm_unit([i, f, g, o]: [i32; 4], c: i16, c_down: u32) -> (i16, i16) {
    let kept = sigmoid(f).wrapping_mul(c.into());
    let new = sigmoid(i).wrapping_mul(tanh(g)) >> c_down.min(31);
    let c = rounded(kept.wrapping_add(new));
    // c in Q14. Where one unit is 4 or more, seven of them stand for ∞.
    let (at, up) = (i32::from(c), c_down.wrapping_sub(1));
    let at = if up > 15 { at.clamp(-8, 7) } else { at } << up.min(17);
    (rounded(sigmoid(o).wrapping_mul(tanh(at))), c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::portable::{SIGMOID_MAX_ERROR, TANH_MAX_ERROR};

    /// Arguments of gates around every turn of σ and tanh, Q14.
    const ARGUMENTS: [i32; 9] =
        [-(1 << 26), -300_000, -40_000, -16_384, 0, 1, 9_000, 70_000, 1 << 26];
    const ALL: core::ops::RangeInclusive<i16> = i16::MIN..=i16::MAX;

    fn real(argument: i32) -> f64 {
        f64::from(argument) / 16_384.0
    }

    fn exact_sigmoid(argument: i32) -> f64 {
        1.0 / (1.0 + (-real(argument)).exp())
    }

    /// Asserts a 16-bit result that is off by at most `most`; it saturates.
    fn near(found: i16, exact: f64, most: f64) {
        let error = (f64::from(found) - exact.clamp(-32_768.0, 32_767.0)).abs();
        assert!(error <= most, "{found}, not {exact}");
    }

    #[test]
    fn rnn_is_tanh() {
        for a in -300_000..=300_000 {
            near(rnn_unit(a), 32_768.0 * real(a).tanh(), TANH_MAX_ERROR);
        }
        assert_eq!((rnn_unit(1 << 26), rnn_unit(-(1 << 26))), (i16::MAX, i16::MIN));
    }

    #[test]
    fn reset_takes_a_share_of_every_argument_up_to_64() {
        for (r, b) in ARGUMENTS.iter().flat_map(|&r| ALL.map(move |b| (r, i32::from(b) << 5))) {
            // σ, and 1 that counts as 1 − 2⁻¹⁵, each of the whole argument; a rounding.
            let most = (SIGMOID_MAX_ERROR + 1.0) / 32_768.0 * f64::from(b.abs()) + 0.5;
            let error = f64::from(reset(r, b)) - exact_sigmoid(r) * f64::from(b);
            assert!(error.abs() <= most, "σ({r}) of {b} is off by {error}");
        }
        for r in ARGUMENTS {
            assert_eq!(reset(r, 1 << 26), reset(r, 1 << 20));
            assert_eq!(reset(r, -(1 << 26)), reset(r, -(1 << 20)));
        }
    }

    #[test]
    fn update_is_between_old_and_new_for_every_state() {
        // σ errs against h and against n; n is cut to the units of h; a rounding.
        let most = 2.0 * SIGMOID_MAX_ERROR + TANH_MAX_ERROR + 1.5;
        for (z, n) in ARGUMENTS.iter().flat_map(|&z| ARGUMENTS.map(|n| (z, n))) {
            let (kept, new) = (exact_sigmoid(z), real(n).tanh());
            for down in [0, 1, 2, 7, 15, 16, 31, 142] {
                let unit = f64::from(down - 15).exp2();
                for h in ALL.step_by(61) {
                    let exact = (1.0 - kept) * new / unit + kept * f64::from(h);
                    near(update(z, n, h, down as u32), exact, most);
                }
            }
        }
        for h in ALL {
            near(update(1 << 26, 0, h, 0), h.into(), 1.0);
        }
    }

    #[test]
    fn lstm_is_the_formula_for_every_state_and_exponent() {
        for (i, f, o) in [(1 << 26, 1 << 26, 1 << 26), (-9000, 20_000, 5000), (0, -40_000, 0)] {
            for (g, c_down) in [-70_000, 8000]
                .into_iter()
                .flat_map(|g| (1..=20).chain([31, 142]).map(move |d| (g, d)))
            {
                let unit = f64::from(c_down - 15).exp2();
                let new = exact_sigmoid(i) * real(g).tanh() / unit;
                for c in ALL.step_by(7).chain(-40..=40) {
                    let (h, next) = lstm_unit([i, f, g, o], c, c_down as u32);
                    let most = 2.0 * SIGMOID_MAX_ERROR + TANH_MAX_ERROR + 1.0;
                    near(next, exact_sigmoid(f) * f64::from(c) + new, most);
                    let bent = (f64::from(next) * unit).tanh();
                    let most = SIGMOID_MAX_ERROR + TANH_MAX_ERROR + 1.0;
                    near(h, 32_768.0 * exact_sigmoid(o) * bent, most);
                }
            }
        }
    }

    #[test]
    fn a_large_c_saturates() {
        let open = |c, c_down| lstm_unit([-(1 << 26), 1 << 26, 0, 1 << 26], c, c_down);
        for c_down in 16..=142 {
            for c in [8, 9, 1000, i16::MAX] {
                assert_eq!(open(c, c_down), (i16::MAX, c), "{c} · 2^{c_down}");
                assert_eq!(open(-c, c_down), (i16::MIN, -c), "−{c} · 2^{c_down}");
            }
        }
    }
}
