//! What distances add to the energies of self-attention (arXiv 1910.10683, section 2.1), behind the
//! Cargo feature `variants`; without it nothing.
//!
//! ```text
//! key − query   … −8 −7 −6 │ −5 −4 │ −3 │ −2 │ −1 │ 0 │ 1 │ 2 │ 3 4 │ 5 6 7 …
//! run                0         1      2    3    4   5   6   7    8      9
//! ```
//! Distances that share a number follow each other, so a table of where each run begins takes the
//! place of the buckets' logarithms: the converter has computed those.

use crate::format::{Directory, Stack};
use core::marker::PhantomData;

/// The numbers of a side, for one query and, from the first on, its heads.
#[cfg(feature = "variants")]
#[derive(Clone, Copy, Default)]
pub(crate) struct Distances<'m> {
    /// The first distance of each run.
    starts: &'m [u32],
    /// Of each head that is left the numbers of all runs, in Q8 and octaves, two in a word.
    energies: &'m [u32],
    /// The place of the query.
    query: usize,
    model: PhantomData<&'m ()>,
}

/// Nothing.
#[cfg(not(feature = "variants"))]
#[derive(Clone, Copy, Default)]
pub(crate) struct Distances<'m> {
    model: PhantomData<&'m ()>,
}

#[cfg(feature = "variants")]
impl<'m> Distances<'m> {
    /// What is next in a directory; nothing if the model has none.
    pub(crate) fn next(directory: &mut Directory<'_, 'm>, stack: Stack) -> Self {
        if directory.model.dims().variant.relative_buckets() == 0 {
            return Self::default();
        }
        let section = directory.next(stack, 0, crate::format::Role::Relative);
        let (starts, energies) = section.words.split_at_checked(section.rows).unwrap_or_default();
        Self { starts, energies, ..Self::default() }
    }

    /// For a query at that place.
    pub(crate) fn from(self, query: usize) -> Self {
        Self { query, ..self }
    }

    /// For the query behind.
    pub(crate) fn behind(self) -> Self {
        self.from(self.query.wrapping_add(1))
    }

    /// Adds those of the next head to its energies: see [`super::weights::energies`].
    #[inline(always)]
    pub(crate) fn add<'e>(
        &mut self,
        len: usize,
        (highest, fours): (i32, &'e mut [[i32; 2]]),
    ) -> (i32, &'e mut [[i32; 2]]) {
        match self.energies.split_at_checked(self.starts.len() / 2) {
            Some((runs @ [_, ..], heads)) => {
                self.energies = heads;
                (self.sum(bytemuck::try_cast_slice(runs).unwrap_or_default(), len, fours), fours)
            }
            _ => (highest, fours),
        }
    }

    /// `runs`: `[buckets]`. Returns the highest sum.
    fn sum(&self, runs: &[i16], len: usize, fours: &mut [[i32; 2]]) -> i32 {
        let halves: &mut [i16] = bytemuck::try_cast_slice_mut(fours).unwrap_or_default();
        let (energies, behind) = halves.split_at_mut_checked(len).unwrap_or_default();
        let mut left = self.starts.iter().skip(1).zip(runs.iter().skip(1)).peekable();
        let mut added = runs.first().copied().unwrap_or(0);
        let mut distance = (self.query as i32).wrapping_neg();
        let mut highest = i16::MIN;
        for energy in energies {
            while let Some((_, &run)) = left.next_if(|&(&start, _)| start as i32 <= distance) {
                added = run;
            }
            *energy = energy.saturating_add(added);
            highest = highest.max(*energy);
            distance = distance.wrapping_add(1);
        }
        behind.fill(highest.wrapping_add(1));
        highest.into()
    }
}

#[cfg(not(feature = "variants"))]
impl<'m> Distances<'m> {
    #[inline(always)]
    pub(crate) fn next(_: &mut Directory<'_, 'm>, _: Stack) -> Self {
        Self::default()
    }

    #[inline(always)]
    pub(crate) fn from(self, _: usize) -> Self {
        self
    }

    #[inline(always)]
    pub(crate) fn behind(self) -> Self {
        self
    }

    #[inline(always)]
    pub(crate) fn add<T>(&mut self, _: usize, energies: T) -> T {
        energies
    }
}

#[cfg(all(test, feature = "variants"))]
mod tests {
    use super::Distances;

    #[test]
    fn a_head_adds_its_number_of_each_run_and_the_next_head_its_own() {
        // From −2048 on 1 or −5, from −1 on 2 or 6, from 1 on 3 or 7; the last is never met.
        let starts = [-2048, -1, 1, 2048].map(|start: i32| start as u32);
        let words: Vec<u32> = [[1, 2], [3, 4], [-5, 6], [7, 8]]
            .iter()
            .map(|&p: &[i16; 2]| bytemuck::cast(p))
            .collect();
        let all = Distances { starts: &starts, energies: &words, ..Distances::default() };
        for (query, first, second) in [
            (0, [2, 3, 3, 3, 3], [6, 7, 7, 7, 7]),
            (2, [1, 2, 2, 3, 3], [-5, 6, 6, 7, 7]),
            (4, [1, 1, 1, 2, 2], [-5, -5, -5, 6, 6]),
        ] {
            let mut distances = all.from(query);
            for added in [first, second] {
                let mut fours = [[0; 2]; 4];
                let (highest, fours) = distances.add(5, (9, &mut fours));
                let found: &[i16] = bytemuck::cast_slice(fours);
                assert_eq!(found[..5], added, "query {query}");
                assert_eq!(highest, i32::from(*added.iter().max().unwrap()));
                assert!(found[5..].iter().all(|&e| e == highest as i16 + 1), "nothing behind");
            }
        }
    }

    #[test]
    fn energies_saturate() {
        let (starts, words) = ([0, 2048], [bytemuck::cast([32_767i16, 0])]);
        let mut distances = Distances { starts: &starts, energies: &words, ..Distances::default() };
        let mut fours = [bytemuck::cast([5i16, -32_768, 32_767, 0])];
        let (highest, fours) = distances.add(3, (32_767, &mut fours));
        let found: &[i16] = bytemuck::cast_slice(fours);
        assert_eq!((highest, found), (32_767, &[32_767, -1, 32_767, -32_768][..]));
    }
}
