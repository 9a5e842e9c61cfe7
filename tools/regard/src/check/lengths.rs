//! Exact answers by source length.

use super::share::{Both, Share};

/// Tokens of the shortest and the longest source of each bin, without the end mark.
const BINS: [(usize, usize); 9] =
    [(1, 5), (6, 10), (11, 15), (16, 20), (21, 25), (26, 30), (31, 35), (36, 40), (41, usize::MAX)];

/// A share per bin and model.
#[derive(Clone, Debug, Default)]
pub(crate) struct ByLength([Both<Share>; BINS.len()]);

/// One bin of the report.
pub(crate) struct Bin {
    pub(crate) from: usize,
    /// `None`: and longer.
    pub(crate) to: Option<usize>,
    pub(crate) exact: Both<Share>,
}

impl ByLength {
    /// `tokens`: of the source, without the end mark · `exact`: whether each answer was.
    pub(crate) fn add(&mut self, tokens: usize, exact: Both<bool>) {
        let bins = self.0.iter_mut().zip(BINS);
        for (share, _) in bins.filter(|(_, (from, to))| (*from..=*to).contains(&tokens)) {
            share.float.add(exact.float);
            share.integer.add(exact.integer);
        }
    }

    /// The bins that have sentences, short ones first.
    pub(crate) fn bins(&self) -> impl Iterator<Item = Bin> {
        let bins = BINS.iter().zip(&self.0).filter(|(_, exact)| exact.float.all > 0);
        bins.map(|(&(from, to), &exact)| Bin { from, to: (to != usize::MAX).then_some(to), exact })
    }
}

#[cfg(test)]
mod tests {
    use super::{Both, ByLength};

    #[test]
    fn every_length_has_one_bin() {
        for words in 1..60 {
            let mut lengths = ByLength::default();
            lengths.add(words, Both { float: true, integer: false });
            let bins: Vec<_> = lengths.bins().collect();
            let [bin] = &bins[..] else { panic!("{words} words: {} bins", bins.len()) };
            assert!(bin.from <= words && bin.to.is_none_or(|to| words <= to));
            assert_eq!((bin.exact.float.right, bin.exact.integer.right), (1, 0));
            assert_eq!(bin.to.is_none(), words > 40);
        }
    }
}
