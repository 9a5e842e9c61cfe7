//! Fractions that the report counts, and signal to noise.

use serde_json::{Value, json};

/// The same measure of both models.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Both<T> {
    pub(crate) float: T,
    pub(crate) integer: T,
}

impl<T> Both<T> {
    /// `f` of each.
    pub(crate) fn map<U>(&self, f: impl Fn(&T) -> U) -> Both<U> {
        Both { float: f(&self.float), integer: f(&self.integer) }
    }
}

impl Both<Value> {
    pub(crate) fn json(self) -> Value {
        json!({ "float": self.float, "integer": self.integer })
    }
}

/// A fraction of things that went right.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Share {
    pub(crate) right: usize,
    pub(crate) all: usize,
}

impl Share {
    pub(crate) fn add(&mut self, right: bool) {
        self.right += usize::from(right);
        self.all += 1;
    }

    pub(crate) fn percent(&self) -> f64 {
        100.0 * self.right as f64 / self.all.max(1) as f64
    }

    /// Percent of two digits, rounded down, so that only all of them are 100 %.
    pub(crate) fn floored(&self) -> f64 {
        (self.percent() * 100.0).floor() / 100.0
    }
}

/// Errors, and what they are counted of: `wrong` may be more than `all`, as when an answer is longer
/// than its reference.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Errors {
    pub(crate) wrong: usize,
    pub(crate) all: usize,
}

impl Errors {
    pub(crate) fn add(&mut self, (wrong, all): (usize, usize)) {
        self.wrong += wrong;
        self.all += all;
    }

    pub(crate) fn percent(&self) -> f64 {
        100.0 * self.wrong as f64 / self.all.max(1) as f64
    }
}

/// Power of the float signal and of what the integers add to it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Power {
    signal: f64,
    noise: f64,
}

impl Power {
    /// Stands for no noise at all, and its negative for noise without a signal: JSON knows no
    /// infinity. Sums of `f32` squares in `f64` never come near.
    pub(crate) const MOST: f64 = 999.0;

    /// `float`, `integer`: the same values, of the same length.
    pub(crate) fn add(&mut self, float: &[f32], integer: &[f32]) {
        for (float, integer) in float.iter().zip(integer) {
            self.signal += f64::from(*float).powi(2);
            self.noise += f64::from(float - integer).powi(2);
        }
    }

    /// The noise alone.
    pub(crate) fn noise(&self) -> f64 {
        self.noise
    }

    /// Signal to quantisation noise in dB, at most [`Power::MOST`] either way.
    pub(crate) fn sqnr(&self) -> f64 {
        if self.noise == 0.0 {
            return Self::MOST;
        }
        (10.0 * (self.signal / self.noise).log10()).clamp(-Self::MOST, Self::MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::Power;

    fn sqnr(float: &[f32], integer: &[f32]) -> f64 {
        let mut power = Power::default();
        power.add(float, integer);
        power.sqnr()
    }

    #[test]
    fn a_hundredth_of_noise_is_forty_decibels() {
        assert!((sqnr(&[1.0, -1.0], &[1.01, -0.99]) - 40.0).abs() < 1e-4);
    }

    #[test]
    fn decibels_are_always_finite() {
        for signal in [0.0, 1.0, 1e20] {
            assert_eq!(sqnr(&[signal], &[signal]), Power::MOST, "no noise on {signal}");
        }
        assert_eq!(sqnr(&[0.0], &[0.5]), -Power::MOST, "noise without a signal");
    }
}
