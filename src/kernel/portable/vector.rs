//! What is done to each number of a vector between two matrices.

use super::scale;

/// Two vectors side by side, as [`super::matvec_pair`] reads them: `both[i]` holds columns 2i and 2i + 1
/// of `a`, then of `b`, with zeros behind. `a`, `b`: `[columns]` · `both`: `[columns / 2]`, in whole fours
/// of columns.
pub fn interleave(a: &[i16], b: &[i16], both: &mut [[u32; 2]]) {
    let word = |low: i16, high: i16| u32::from(low as u16) | u32::from(high as u16) << 16;
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks(), b.as_chunks());
    let (fours, _) = both.as_chunks_mut();
    let (fours, behind) = fours.split_at_mut_checked(a.len()).unwrap_or_default();
    // Four columns at a time: where size counts, the compiler unrolls nothing.
    for ((&[a, b, c, d], &[e, f, g, h]), to) in a.iter().zip(b).zip(fours) {
        *to = [[word(a, b), word(e, f)], [word(c, d), word(g, h)]];
    }
    if let Some(to) = behind.first_mut() {
        let at = |rest: &[i16], i: usize| rest.get(i).copied().unwrap_or(0);
        let two = |i: usize| {
            let second = i.wrapping_add(1);
            [word(at(a_rest, i), at(a_rest, second)), word(at(b_rest, i), at(b_rest, second))]
        };
        *to = [two(0), two(2)];
    }
}

/// `values[i] = max(values[i], 0)`. Returns the OR of what that leaves, its [`magnitude`].
pub fn relu(values: &mut [i32]) -> u32 {
    let (mut all, (fours, rest)) = (0, values.as_chunks_mut());
    let positive = |value: i32| value & !(value >> 31);
    // Four at a time, as above.
    for four in fours {
        let [a, b, c, d] = *four;
        let [a, b, c, d] = [positive(a), positive(b), positive(c), positive(d)];
        *four = [a, b, c, d];
        all |= a | b | c | d;
    }
    for value in rest {
        *value = positive(*value);
        all |= *value;
    }
    all as u32
}

/// The OR of all values, each as the bits in which it differs from its sign: their common width.
#[must_use]
pub fn magnitude(values: &[i32]) -> u32 {
    let bits = |v: i32| v ^ (v >> 31);
    // Eight at a time: where size counts, the compiler unrolls nothing.
    let (eights, rest) = values.as_chunks();
    let all = eights.iter().fold(0, |all, &[a, b, c, d, e, f, g, h]| {
        all | bits(a) | bits(b) | bits(c) | bits(d) | bits(e) | bits(f) | bits(g) | bits(h)
    });
    rest.iter().fold(all, |all, &v| all | bits(v)) as u32
}

/// The least `b` such that every value lies in −2ᵇ ≤ v < 2ᵇ: the bits of their [`magnitude`].
#[must_use]
pub fn width(values: &[i32]) -> u32 {
    32 - magnitude(values).leading_zeros()
}

/// `out[i] = min(⌊values[i] / 2^shift + ½⌋, limit)`. `shift`: 1…31 · `limit`: 2ⁿ − 1, at most 2¹⁵ − 1 ·
/// −2ⁿ ≤ values / 2^shift < 2ⁿ, so that only rounding up can reach the limit.
pub fn narrow(values: &[i32], shift: u32, limit: i32, out: &mut [i16]) {
    let down = shift.wrapping_sub(1) & 31;
    let cut = |value: i32| ((value >> down).wrapping_add(1) >> 1).min(limit) as i16;
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

/// [`width`] of short numbers.
#[must_use]
pub fn width_short(values: &[i16]) -> u32 {
    // Where a bit differs from the one below it, in two numbers at once.
    let (twos, rest) = values.as_chunks();
    let edges = twos.iter().fold(0, |all, &[a, b]| {
        let both = u32::from(a as u16) | u32::from(b as u16) << 16;
        all | both ^ both << 1
    });
    let all = edges >> 17 | (edges & 0xFFFF) >> 1;
    let all = rest.iter().fold(all, |all, &v| all | u32::from((v ^ (v >> 15)) as u16));
    32 - all.leading_zeros()
}

/// [`narrow`] of short numbers, of any size. `shift`: 1…31.
pub fn narrow_short(values: &[i16], shift: u32, limit: i32, out: &mut [i16]) {
    let down = shift.wrapping_sub(1) & 31;
    for (out, &value) in out.iter_mut().zip(values) {
        *out = ((i32::from(value) >> down).wrapping_add(1) >> 1).min(limit) as i16;
    }
}

/// `wide[i] = ⌊wide[i] / 2^shift + ½⌋ + factor·x[i]`. `shift`: 0…31 · `factor`: below 2¹⁵ · `wide`, `x`:
/// `[n]`, |wide| < 2³⁰ + 2²⁹.
pub fn add_scaled(wide: &mut [i32], shift: u32, x: &[i16], factor: i32) {
    let down = shift.wrapping_sub(1) & 31;
    for (wide, &x) in wide.iter_mut().zip(x) {
        let cut = if shift == 0 { *wide } else { (*wide >> down).wrapping_add(1) >> 1 };
        *wide = cut.wrapping_add(factor.wrapping_mul(x.into()));
    }
}

/// Σx and Σx². `x`: `[n]`, n ≤ 65535.
#[must_use]
pub fn moments(x: &[i16]) -> (i32, u64) {
    x.iter().fold((0, 0), |(sum, squares), &x| {
        let x = i32::from(x);
        (sum.wrapping_add(x), squares.wrapping_add(u64::from(x.wrapping_mul(x) as u32)))
    })
}

/// What a LayerNorm is, once the moments of its vector are known: see [`norm`].
#[derive(Clone, Copy, Debug)]
pub struct Norm {
    /// Factor of x.
    pub factor: i32,
    /// What is taken away then.
    pub offset: i32,
    /// A 15-bit integer, 16 bits up.
    pub root: i32,
    /// 2…31, or more: no betas.
    pub beta_shift: u32,
}

/// `out[i] = s(s(factor·x[i] − offset, root), γ[i]) + ⌊β[i] / 2^beta_shift + ½⌋`, where s is [`scale`].
/// `x`, `gammas` (15 bits and a sign, 16 bits up), `betas`, `out`: `[n]`.
pub fn norm(norm: Norm, x: &[i16], gammas: &[u32], betas: &[u32], out: &mut [i32]) {
    let down = norm.beta_shift.wrapping_sub(1).min(31);
    for (((out, &x), &gamma), &beta) in out.iter_mut().zip(x).zip(gammas).zip(betas) {
        let value = norm.factor.wrapping_mul(x.into()).wrapping_sub(norm.offset);
        let scaled = scale(scale(value, norm.root), gamma as i32);
        *out = scaled.wrapping_add((beta as i32 >> down).wrapping_add(1) >> 1);
    }
}

#[cfg(test)]
mod tests {
    use super::interleave;

    #[test]
    fn vectors_lie_side_by_side_and_end_in_zeros() {
        for n in 0..13i16 {
            let a: Vec<i16> = (0..n).map(|i| i - 5).collect();
            let b: Vec<i16> = a.iter().map(|x| -7 * x).collect();
            let mut both = vec![[0xAAAA_AAAA; 2]; (n as usize).div_ceil(4) * 2];
            interleave(&a, &b, &mut both);
            for (which, x) in [a, b].iter().enumerate() {
                let halves = both.iter().flat_map(|w| [w[which] as i16, (w[which] >> 16) as i16]);
                let expected = x.iter().copied().chain(core::iter::repeat(0));
                assert!(halves.zip(expected).all(|(found, expected)| found == expected), "{n}");
            }
        }
    }
}
