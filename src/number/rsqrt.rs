//! 1/√a, from a square root by Newton's method and one division.

/// Largest error of [`rsqrt`], in units of its last place.
pub const RSQRT_MAX_ERROR: f64 = 1.4;

/// `2²² / √a`, for `a` in 2¹⁴ … 2¹⁶ − 1; between 2¹⁴ and 2¹⁵ − 1.
#[must_use]
pub fn rsqrt(a: u16) -> u16 {
    let root = root(a); // √a · 2⁸
    (root / 2).wrapping_add(1 << 30).checked_div(root).unwrap_or(0).min(32767) as u16
}

/// `⌊√(a · 2¹⁶)⌋`, for `a` as in [`rsqrt`].
fn root(a: u16) -> u32 {
    let square = u32::from(a) << 16;
    // A line is off by 2⁻⁵ at most, a step from it by 2⁻¹¹, the next by less than a unit, upwards.
    let mut root = (u32::from(a).wrapping_mul(171) >> 8).wrapping_add(22_937);
    for _ in 0..2 {
        root = root.wrapping_add(square.checked_div(root).unwrap_or(0)) / 2;
    }
    root.wrapping_sub((root.wrapping_mul(root) > square).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_the_integer_square_root_of_every_input() {
        for a in 1 << 14..=u16::MAX {
            assert_eq!(root(a), (u32::from(a) << 16).isqrt(), "{a}");
        }
    }

    #[test]
    fn rsqrt_is_within_its_error_for_every_input() {
        let mut worst = 0f64;
        for a in 1 << 14..=u16::MAX {
            let exact = f64::from(1 << 22) / f64::from(a).sqrt();
            worst = worst.max((f64::from(rsqrt(a)) - exact).abs());
        }
        assert!(worst <= RSQRT_MAX_ERROR, "{worst}");
        assert!(worst > RSQRT_MAX_ERROR / 2.0, "the stated error is idle: {worst}");
    }
}
