//! `W₂·(f(G·x) ∘ (W₁·x))` (arXiv 2002.05202): feed-forward with a gate.
//!
//! ```text
//! lane.narrow   x │ f(G·x), 16 bits          lane.wide   G·x, then W₁·x, then the product
//! ```

use super::{FeedForward, Input, Lanes, Linear, first_mut};
use crate::number::{magnitude_bits, round_shift};

impl FeedForward<'_> {
    /// As [`FeedForward::apply`]; `narrow` of the lanes has room for `[d_model + d_ff]`.
    pub(super) fn apply_gated(&self, gate: &Linear<'_>, lanes: &mut Lanes<'_>, rows: usize) {
        let (read, hidden) = (self.up.columns(), self.up.rows());
        let entered = lanes.exponents();
        lanes.apply(gate, rows);
        let mut opened = [0; 2];
        for (lane, opened) in lanes.lanes.iter_mut().take(rows).zip(&mut opened) {
            let wide = first_mut(lane.wide, hidden);
            let width = self.activate(wide, &mut lane.exponent);
            let (_, behind) = lane.narrow.split_at_mut_checked(read).unwrap_or_default();
            let behind = first_mut(behind, hidden);
            *opened = Input::ANY.narrow_known((wide, width), lane.exponent, behind);
        }
        lanes.set_exponents(entered);
        lanes.apply_again(&self.up, rows);
        for (lane, opened) in lanes.lanes.iter_mut().take(rows).zip(opened) {
            let (_, factors) = lane.narrow.split_at_checked(read).unwrap_or_default();
            let down = multiply(first_mut(lane.wide, hidden), factors);
            lane.exponent = lane.exponent.wrapping_add(opened).wrapping_add(down as i32);
            lane.cut(self.down.input(), hidden);
        }
        lanes.apply(&self.down, rows);
    }
}

/// Each value, cut to 16 bits, times its factor: at most 2³⁰. Returns the digits that were cut.
fn multiply(wide: &mut [i32], factors: &[i16]) -> u32 {
    let down = magnitude_bits(wide).saturating_sub(15);
    for (value, &factor) in wide.iter_mut().zip(factors) {
        *value = round_shift(*value, down).wrapping_mul(factor.into());
    }
    down
}

#[cfg(test)]
mod tests {
    use super::multiply;

    #[test]
    fn products_are_exact_up_to_the_digits_that_are_cut() {
        let mut small = [3, -7, 0, 32_767];
        assert_eq!(multiply(&mut small, &[5, 6, 7, -32_768]), 0);
        assert_eq!(small, [15, -42, 0, -32_767 * 32_768]);
        let mut large = [i32::MAX, i32::MIN, 1 << 20, 3 << 14];
        assert_eq!(multiply(&mut large, &[-32_768, -32_768, 2, 1]), 16);
        assert_eq!(large, [-(1 << 30), 1 << 30, 32, 1]);
    }
}
