//! What brings wide values to the arguments of σ and tanh, which the kernels have.

use super::fixed;
pub(crate) use crate::kernel::portable::GATE_FRACTION;
pub use crate::kernel::portable::{SIGMOID_MAX_ERROR, TANH_MAX_ERROR, sigmoid, tanh};

/// tanh of `values · 2^exponent`, in place, in Q15.
pub(crate) fn bend(values: &mut [i32], exponent: i32) {
    to_gates(values, exponent);
    for value in values {
        *value = tanh(*value);
    }
}

/// Brings `values · 2^exponent` to Q14, in place.
#[inline(never)] // For the flash.
pub(crate) fn to_gates(values: &mut [i32], exponent: i32) {
    let gate = ToGate::readying(values, exponent);
    for value in values {
        *value = gate.apply(*value);
    }
}

/// Brings wide values of one exponent to Q14.
#[derive(Clone, Copy)]
pub(crate) struct ToGate {
    exponent: i32,
    right: u32,
}

impl ToGate {
    pub(crate) fn from(exponent: i32) -> Self {
        let right = GATE_FRACTION.wrapping_neg().saturating_sub(exponent);
        Self { exponent, right: if right < LEAST_SHIFT { 0 } else { right.min(31) as u32 } }
    }

    /// What brings `values · 2^exponent` to Q14, with the values ready for it.
    pub(crate) fn readying(values: &mut [i32], exponent: i32) -> Self {
        let gate = Self::from(exponent);
        gate.ready(values);
        gate
    }

    /// Readies values for [`Self::apply`]: large ones are brought to Q14, at most 2²⁶.
    #[inline(never)] // For the flash.
    pub(crate) fn ready(self, values: &mut [i32]) {
        if self.right == 0 {
            for value in values {
                *value = fixed(*value, self.exponent, GATE_FRACTION).clamp(-MOST_GATE, MOST_GATE);
            }
        }
    }

    /// The shift to the right that [`Self::apply`] is, 0…31.
    pub(crate) fn right(self) -> u32 {
        self.right
    }

    /// `⌊value · 2^(exponent + 14)⌋` of a value that is ready; at most 2²⁶, so that eight can be
    /// added.
    #[inline(always)]
    pub(crate) fn apply(self, value: i32) -> i32 {
        value.wrapping_shr(self.right)
    }
}

const MOST_GATE: i32 = 1 << 26;
/// A wide value that goes so far to the right is at most [`MOST_GATE`].
const LEAST_SHIFT: i32 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_to_gates_from_every_exponent() {
        let gate = |value, exponent| {
            let (gate, mut values) = (ToGate::from(exponent), [value]);
            gate.ready(&mut values);
            gate.apply(values[0])
        };
        assert_eq!(gate(-5, -14), -5);
        assert_eq!(gate(-320, -20), -5);
        assert_eq!(gate(3, -10), 48);
        assert_eq!(gate(i32::MIN, -100), -1);
        assert_eq!((gate(1, 100), gate(i32::MIN, -14)), (1 << 26, -(1 << 26)));
    }
}
