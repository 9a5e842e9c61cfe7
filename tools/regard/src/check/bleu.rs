//! BLEU (Papineni et al., 2002) of a whole file, as sacreBLEU 2.6 computes it of words that are split
//! already (`--tokenize none`).
//!
//! ```text
//! BLEU = BP · (p₁·p₂·p₃·p₄)^¼       pₙ = Σ matches of n words / Σ runs of n words
//! BP   = min(1, e^(1 − r/c))        c: words said · r: those of the reference nearest in length
//! ```
//! A match counts at most as often as in the reference that has it most often. Where no run of n words
//! matches, half a match is counted, then a quarter … (`exp`).

use std::collections::HashMap;
use std::hash::Hash;

/// Longest run of words.
const ORDER: usize = 4;

/// What is counted of one answer after another.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bleu {
    matches: [usize; ORDER],
    runs: [usize; ORDER],
    said: usize,
    reference: usize,
}

impl Bleu {
    /// An answer and what it may be; `references`: at least one.
    pub(crate) fn add<T: Copy + Eq + Hash>(&mut self, answer: &[T], references: &[&[T]]) {
        self.said += answer.len();
        let near = |known: &&&[T]| (known.len().abs_diff(answer.len()), known.len());
        self.reference += references.iter().min_by_key(near).map_or(0, |known| known.len());
        for n in 1..=ORDER {
            let said = counts(answer, n);
            let known: Vec<_> = references.iter().map(|known| counts(known, n)).collect();
            let most = |run| known.iter().filter_map(|known| known.get(run)).max().copied();
            self.matches[n - 1] +=
                said.iter().map(|(run, &count)| count.min(most(run).unwrap_or(0))).sum::<usize>();
            self.runs[n - 1] += said.values().sum::<usize>();
        }
    }

    /// 0 to 100.
    pub(crate) fn score(&self) -> f64 {
        // With fewer words than a run has, or nothing right, there is nothing to take a mean of.
        if self.matches[0] == 0 || self.runs.contains(&0) {
            return 0.0;
        }
        let mut missed = 1.0;
        let logarithms = self.matches.iter().zip(self.runs).map(|(&matches, runs)| {
            let matches = if matches > 0 {
                matches as f64
            } else {
                missed *= 2.0;
                1.0 / missed
            };
            (matches / runs as f64).ln()
        });
        let mean = logarithms.sum::<f64>() / ORDER as f64;
        let short = (1.0 - self.reference as f64 / self.said as f64).min(0.0);
        100.0 * (mean + short).exp()
    }
}

/// How often each run of `n` stands in a text.
pub(super) fn counts<T: Copy + Eq + Hash>(text: &[T], n: usize) -> HashMap<&[T], usize> {
    let mut counts = HashMap::new();
    for run in text.windows(n) {
        *counts.entry(run).or_insert(0) += 1;
    }
    counts
}
