//! Alignments against gold ones.
//!
//! A = for each target word that has a gold link, its strongest source place; G = the gold links.
//! AER = 1 − 2·|A∩G| / (|A| + |G|), the alignment error rate of Och and Ney (2003,
//! doi:10.1162/089120103321337421) where every gold link is a sure one. A target word with several
//! gold links gets one link all the same, so that AER has a floor above zero on such data.

use super::share::{Errors, Share};
use crate::answer::Step;
use std::collections::BTreeSet;

/// Counted links.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Links {
    /// |A∩G|
    pub(crate) right: usize,
    /// |A|
    pub(crate) said: usize,
    /// |G|
    pub(crate) gold: usize,
}

impl Links {
    /// Adds one sentence. `rows`: `[target_len]` alignments.
    pub(crate) fn add<'a>(
        &mut self,
        rows: impl Iterator<Item = &'a [f32]>,
        gold: &[(usize, usize)],
    ) {
        let gold: BTreeSet<_> = gold.iter().copied().collect();
        self.gold += gold.len();
        for (target, row) in rows.enumerate() {
            if gold.iter().any(|&(_, linked)| linked == target) {
                let strongest = twin::argmax(row.iter().copied()) as usize;
                self.said += 1;
                self.right += usize::from(gold.contains(&(strongest, target)));
            }
        }
    }

    /// Adds one teacher-forced sentence.
    pub(crate) fn add_steps(&mut self, steps: &[Step], gold: &[(usize, usize)]) {
        self.add(steps.iter().map(|step| step.alignment.as_slice()), gold);
    }

    /// The share of A that is gold.
    pub(crate) fn agreement(&self) -> Share {
        Share { right: self.right, all: self.said }
    }

    /// AER: links that only one of A and G has, of the links of both.
    pub(crate) fn errors(&self) -> Errors {
        let all = self.said + self.gold;
        Errors { wrong: all - 2 * self.right, all }
    }
}

#[cfg(test)]
mod tests {
    use super::Links;

    fn count(rows: &[&[f32]], gold: &[(usize, usize)]) -> Links {
        let mut links = Links::default();
        links.add(rows.iter().copied(), gold);
        links
    }

    #[test]
    fn one_wrong_link_of_two_is_half() {
        let rows: [&[f32]; 2] = [&[0.9, 0.1], &[0.6, 0.4]];
        let links = count(&rows, &[(0, 0), (1, 1)]);
        assert_eq!(links, Links { right: 1, said: 2, gold: 2 });
        assert_eq!(links.errors().percent(), 50.0);
    }

    #[test]
    fn words_without_gold_links_say_nothing() {
        let rows: [&[f32]; 3] = [&[0.9, 0.1], &[0.6, 0.4], &[0.2, 0.8]];
        assert_eq!(count(&rows, &[(1, 2)]), Links { right: 1, said: 1, gold: 1 });
        assert_eq!(count(&rows, &[]).errors().percent(), 0.0);
    }

    #[test]
    fn a_word_of_two_gold_links_can_meet_one() {
        let links = count(&[&[0.9, 0.1]], &[(0, 0), (1, 0), (1, 0)]);
        assert_eq!(links, Links { right: 1, said: 1, gold: 2 }, "a link said twice is one");
        assert!((links.errors().percent() - 100.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn gold_links_behind_the_end_are_missed() {
        let links = count(&[&[1.0, 0.0]], &[(0, 0), (1, 7)]);
        assert_eq!(links, Links { right: 1, said: 1, gold: 2 });
    }
}
