//! 1/√a, from an integer square root and one division.

/// Largest error of [`rsqrt`], in units of its last place.
pub const RSQRT_MAX_ERROR: f64 = 1.4;

/// `2²² / √a`, for `a` in 2¹⁴ … 2¹⁶ − 1; between 2¹⁴ and 2¹⁵ − 1.
#[must_use]
pub fn rsqrt(a: u16) -> u16 {
    let root = (u32::from(a) << 16).isqrt(); // √a · 2⁸
    (root / 2 + (1 << 30)).checked_div(root).unwrap_or(0).min(32767) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

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
