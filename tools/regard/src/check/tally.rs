//! What is counted while both models say the same sentences.

use super::bleu::Bleu;
use super::chrf::ChrF;
use super::distance::to_nearest;
use super::lengths::ByLength;
use super::links::Links;
use super::pointing::Pointing;
use super::share::{Both, Errors, Power, Share};
use crate::answer::Step;
use crate::report::Look;
use twin::Site;

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
    /// Free answers equal to a reference.
    pub(crate) exact: Both<Share>,
    pub(crate) lengths: ByLength,
    /// Edits from free answers to the nearest reference.
    pub(crate) token_errors: Both<Errors>,
    /// Free answers as readers see them, between blanks.
    pub(crate) bleu: Both<Bleu>,
    /// The same, by letters.
    pub(crate) chrf: Both<ChrF>,
    /// Free answers of both equal.
    pub(crate) same_answer: Share,
    /// Teacher-forced steps where both prefer the same token.
    pub(crate) same_token: Share,
    /// Strongest alignments against gold ones; counts nothing for a model without attention.
    pub(crate) links: Both<Links>,
    /// Attention while nouns are said, of pictures; counts nothing otherwise.
    pub(crate) pointing: Both<Pointing>,
    pub(crate) worst_logit: WorstLogit,
    /// `None`: the model has no attention.
    pub(crate) worst_alignment: Option<f32>,
    /// In the order of the data flow.
    pub(crate) sites: Vec<(Site, Power)>,
    pub(crate) first_difference: Option<Difference>,
    /// Attention in the first sentences.
    pub(crate) looks: Vec<Look>,
}

impl Tally {
    /// Signal to noise of each site, in the order of the data flow.
    pub(crate) fn sqnrs(&self) -> impl Iterator<Item = (String, f64)> {
        self.sites.iter().map(|(site, power)| (site.to_string(), power.sqnr()))
    }

    /// The first of them below a bound.
    pub(crate) fn first_below(&self, bound: f64) -> Option<(String, f64)> {
        self.sqnrs().find(|&(_, sqnr)| sqnr < bound)
    }

    /// The same values as both models had them at `site`. The engine shows an empty row of what it
    /// does not keep, as a memory that nothing looks at: that is no comparison.
    pub(crate) fn values(&mut self, site: Site, float: &[f32], integer: &[f32]) {
        if integer.is_empty() {
            return;
        }
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
            // A model without attention gives no row.
            if !i.alignment.is_empty() {
                let error = largest_difference(&f.alignment, &i.alignment);
                self.worst_alignment = Some(self.worst_alignment.unwrap_or(0.0).max(error));
            }
        }
        if integer.iter().any(|step| !step.alignment.is_empty()) {
            self.links.float.add_steps(float, gold);
            self.links.integer.add_steps(integer, gold);
        }
    }

    /// One sentence of `length` source tokens, said freely by both; `references`: each
    /// `[target_len]` with end token.
    pub(crate) fn free(
        &mut self,
        length: usize,
        references: &[Vec<u32>],
        float: &[Step],
        integer: &[Step],
    ) {
        self.same_answer.add(first_difference(float, integer).is_none());
        let float = judge(references, float);
        let integer = judge(references, integer);
        self.exact.float.add(float.exact);
        self.exact.integer.add(integer.exact);
        self.lengths.add(length, Both { float: float.exact, integer: integer.exact });
        self.token_errors.float.add(float.errors);
        self.token_errors.integer.add(integer.errors);
    }

    /// The same sentence as text.
    pub(crate) fn text(&mut self, references: &[String], answers: &Both<String>) {
        let known: Vec<Vec<&str>> =
            references.iter().map(|known| known.split_whitespace().collect()).collect();
        let known: Vec<&[&str]> = known.iter().map(Vec::as_slice).collect();
        for (answer, bleu, chrf) in [
            (&answers.float, &mut self.bleu.float, &mut self.chrf.float),
            (&answers.integer, &mut self.bleu.integer, &mut self.chrf.integer),
        ] {
            bleu.add(&answer.split_whitespace().collect::<Vec<_>>(), &known);
            chrf.add(answer, references);
        }
    }
}

/// How far one free answer is from its references.
struct Verdict {
    exact: bool,
    /// Edits to the nearest reference, and its length; end marks left out.
    errors: (usize, usize),
}

fn judge(references: &[Vec<u32>], steps: &[Step]) -> Verdict {
    let answer: Vec<u32> = steps.iter().map(|step| step.token).collect();
    let end = references.first().and_then(|known| known.last()).copied();
    let said = match answer.split_last() {
        Some((last, said)) if Some(*last) == end => said,
        _ => &answer[..],
    };
    let known: Vec<&[u32]> =
        references.iter().filter_map(|known| Some(known.split_last()?.1)).collect();
    Verdict { exact: references.contains(&answer), errors: to_nearest(said, &known) }
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
    use super::judge;
    use crate::answer::{Logits, Step};

    const END: u32 = 2;

    fn said(tokens: &[u32]) -> Vec<Step> {
        let logits = Logits { integers: None, exponent: None, floats: Vec::new() };
        let step = |&token| Step { token, alignment: Vec::new(), logits: logits.clone() };
        tokens.iter().map(step).collect()
    }

    #[test]
    fn any_reference_is_exact() {
        let references = [vec![5, 6, END], vec![5, 7, 8, END]];
        for (answer, exact, errors) in [
            (&[5, 6, END][..], true, (0, 2)),
            (&[5, 7, 8, END], true, (0, 3)),
            (&[5, END], false, (1, 2)),
            (&[END], false, (2, 2)),
        ] {
            let verdict = judge(&references, &said(answer));
            assert_eq!((verdict.exact, verdict.errors), (exact, errors), "{answer:?}");
        }
    }

    #[test]
    fn an_answer_that_never_ends_is_not_exact() {
        let verdict = judge(&[vec![5, 6, END]], &said(&[5, 6]));
        assert!(!verdict.exact);
        assert_eq!(verdict.errors, (0, 2), "its words were right");
    }
}
