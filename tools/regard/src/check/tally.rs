//! What is counted while both models say the same sentences.

use crate::answer::Step;
use twin::Site;

/// Power of the float signal and of what the integers add to it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Power {
    signal: f64,
    noise: f64,
}

impl Power {
    /// `float`, `integer`: the same values, of the same length.
    pub(crate) fn add(&mut self, float: &[f32], integer: &[f32]) {
        for (float, integer) in float.iter().zip(integer) {
            self.signal += f64::from(*float).powi(2);
            self.noise += f64::from(float - integer).powi(2);
        }
    }

    /// Signal to quantisation noise in dB.
    pub(crate) fn sqnr(&self) -> f64 {
        10.0 * (self.signal / self.noise.max(f64::MIN_POSITIVE)).log10()
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
}

/// Where the two models first say different words.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    /// Of the data file, from 1.
    pub(crate) line: usize,
    pub(crate) source: String,
    /// Of the target, from 0.
    pub(crate) step: usize,
    pub(crate) float: String,
    pub(crate) integer: String,
}

/// The largest |float − integer| of any logit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WorstLogit {
    pub(crate) error: f32,
    pub(crate) line: usize,
    pub(crate) step: usize,
}

/// Everything that `regard check` reports.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Free answers equal to the reference.
    pub(crate) float_exact: Share,
    pub(crate) integer_exact: Share,
    /// Free answers of both equal.
    pub(crate) same_answer: Share,
    /// Teacher-forced steps where both prefer the same token.
    pub(crate) same_token: Share,
    /// Target words whose strongest alignment is a gold one.
    pub(crate) float_aligned: Share,
    pub(crate) integer_aligned: Share,
    pub(crate) worst_logit: WorstLogit,
    pub(crate) worst_alignment: f32,
    /// In the order of the data flow.
    pub(crate) sites: Vec<(Site, Power)>,
    pub(crate) first_difference: Option<Difference>,
}

impl Tally {
    /// The same values as both models had them at `site`.
    pub(crate) fn values(&mut self, site: Site, float: &[f32], integer: &[f32]) {
        let place = self.sites.iter().position(|(known, _)| *known == site).unwrap_or_else(|| {
            self.sites.push((site, Power::default()));
            self.sites.len() - 1
        });
        if let Some((_, power)) = self.sites.get_mut(place) {
            power.add(float, integer);
        }
    }

    /// One teacher-forced sentence: steps of both, and the gold alignment (may be empty).
    pub(crate) fn forced(
        &mut self,
        line: usize,
        float: &[Step],
        integer: &[Step],
        gold: &[(usize, usize)],
    ) {
        for (step, (f, i)) in float.iter().zip(integer).enumerate() {
            self.same_token.add(f.favourite() == i.favourite());
            let error = largest_difference(&f.logits.floats, &i.logits.floats);
            if error > self.worst_logit.error {
                self.worst_logit = WorstLogit { error, line, step };
            }
            let error = largest_difference(&f.alignment, &i.alignment);
            self.worst_alignment = self.worst_alignment.max(error);
            if gold.iter().any(|(_, target)| *target == step) {
                let hit = |s: &Step| {
                    let strongest = twin::argmax(s.alignment.iter().copied()) as usize;
                    gold.contains(&(strongest, step))
                };
                self.float_aligned.add(hit(f));
                self.integer_aligned.add(hit(i));
            }
        }
    }

    /// One sentence said freely by both; `reference`: `[target_len]` with end token.
    pub(crate) fn free(&mut self, reference: &[u32], float: &[Step], integer: &[Step]) {
        let is = |steps: &[Step], tokens: &[u32]| steps.iter().map(|step| &step.token).eq(tokens);
        self.float_exact.add(is(float, reference));
        self.integer_exact.add(is(integer, reference));
        self.same_answer.add(first_difference(float, integer).is_none());
    }
}

/// The first step where two answers differ, if they do.
pub(crate) fn first_difference(a: &[Step], b: &[Step]) -> Option<usize> {
    let differs = a.iter().zip(b).position(|(a, b)| a.token != b.token);
    differs.or((a.len() != b.len()).then_some(a.len().min(b.len())))
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).fold(0.0, |largest: f32, (a, b)| largest.max((a - b).abs()))
}

#[cfg(test)]
mod tests {
    use super::Power;

    #[test]
    fn a_hundredth_of_noise_is_forty_decibels() {
        let mut power = Power::default();
        power.add(&[1.0, -1.0], &[1.01, -0.99]);
        assert!((power.sqnr() - 40.0).abs() < 1e-4);
    }
}
