//! chrF2 (Popović, 2015) of a whole file, as sacreBLEU 2.6 computes it: runs of 1 to 6 letters, blanks
//! left out.
//!
//! ```text
//! chrF = (1 + β²)·P·R / (β²·P + R)      β = 2      P, R: means over the orders that there are
//! ```
//! Of several references the one with the highest score of its own counts.

use super::bleu::counts;

/// Longest run of letters.
const ORDER: usize = 6;
const BETA_SQUARED: f64 = 4.0;

/// What is counted of one answer after another: runs said, of the reference, and in both, by length.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ChrF([[usize; 3]; ORDER]);

impl ChrF {
    /// An answer and what it may be.
    pub(crate) fn add(&mut self, answer: &str, references: &[String]) {
        let each = references.iter().map(|known| Self::of(answer, known));
        let best = each.reduce(|best, next| if next.score() > best.score() { next } else { best });
        for (all, own) in
            self.0.iter_mut().flatten().zip(best.unwrap_or_default().0.iter().flatten())
        {
            *all += own;
        }
    }

    fn of(answer: &str, reference: &str) -> Self {
        let letters =
            |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<Vec<_>>();
        let (answer, reference) = (letters(answer), letters(reference));
        let mut orders = [[0; 3]; ORDER];
        for (n, order) in (1..).zip(&mut orders) {
            let (said, known) = (counts(&answer, n), counts(&reference, n));
            let both =
                |(run, count): (&&[char], &usize)| known.get(run).map_or(0, |k| *k.min(count));
            *order = [said.values().sum(), known.values().sum(), said.iter().map(both).sum()];
        }
        Self(orders)
    }

    /// 0 to 100.
    pub(crate) fn score(&self) -> f64 {
        let there = self.0.iter().filter(|[said, known, _]| *said > 0 && *known > 0);
        let (mut orders, mut precision, mut recall) = (0.0, 0.0, 0.0);
        for [said, known, both] in there {
            orders += 1.0;
            precision += *both as f64 / *said as f64;
            recall += *both as f64 / *known as f64;
        }
        if precision + recall == 0.0 {
            return 0.0;
        }
        let (precision, recall) = (precision / orders, recall / orders);
        100.0 * (1.0 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall)
    }
}
