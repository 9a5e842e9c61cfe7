//! Places as distances (arXiv 1910.10683, section 2.1): what a head adds to the energy of a key so
//! far from the query. Distances share a trained number in buckets: each near one has its own, far
//! ones share them in equal steps of their logarithm, the farthest share the last.

use super::{Config, Positions, Relative};
use crate::{Error, Weights};
use ndarray::{ArcArray2, Array1};

/// The numbers of one side, the same in all its layers.
#[derive(Clone, Debug)]
pub struct RelativeBias {
    /// `[buckets, n_heads]`
    pub weight: ArcArray2<f32>,
    /// Which distances share a row.
    pub relative: Relative,
    /// Whether keys behind the query are seen, as encoders do: half of the buckets are theirs.
    pub both: bool,
}

impl RelativeBias {
    /// `side`: `encoder` or `decoder`; none if places are told otherwise.
    pub(super) fn of(weights: &mut Weights, side: &str, c: &Config) -> Result<Option<Self>, Error> {
        let Positions::Relative(relative) = c.positions else { return Ok(None) };
        let weight =
            weights.matrix(&format!("{side}.relative.weight"), [relative.buckets, c.n_heads])?;
        Ok(Some(Self { weight, relative, both: side == "encoder" }))
    }

    /// What `head` adds to the energies of `keys` keys, asked from the place `query`: `[keys]`.
    #[must_use]
    pub fn of_head(&self, head: usize, query: usize, keys: usize) -> Array1<f32> {
        Array1::from_shape_fn(keys, |key| {
            self.weight[[self.relative.bucket(key as i64 - query as i64, self.both), head]]
        })
    }
}

impl Relative {
    /// The row of a distance, key minus query. `both`: as [`RelativeBias::both`].
    ///
    /// The logarithms are rounded to `f32` where the published code does so.
    #[must_use]
    pub fn bucket(self, distance: i64, both: bool) -> usize {
        let half = if both { self.buckets / 2 } else { self.buckets };
        let first = if both && distance > 0 { half } else { 0 };
        let far = if both { distance.unsigned_abs() } else { distance.min(0).unsigned_abs() };
        let near = half / 2;
        if (far as usize) < near {
            return first + far as usize;
        }
        let share = (far as f32 / near as f32).ln()
            / (self.distance as f64 / near as f64).ln() as f32
            * (half - near) as f32;
        first + (near + share as usize).min(half - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Relative, RelativeBias};
    use ndarray::array;

    const T5: Relative = Relative { buckets: 32, distance: 128 };

    #[test]
    fn buckets_of_both_directions_are_those_of_the_paper() {
        for (distance, bucket) in [
            (0, 0),
            (-1, 1),
            (-7, 7),
            // 8 · 16^(k/8): 8, 11.3, 16, 22.6, 32, 45.3, 64, 90.5
            (-8, 8),
            (-11, 8),
            (-12, 9),
            (-16, 10),
            (-22, 10),
            (-23, 11),
            (-32, 12),
            (-46, 13),
            (-64, 14),
            (-90, 14),
            (-91, 15),
            (-128, 15),
            (-1000, 15),
            (1, 17),
            (8, 24),
            (12, 25),
            (1000, 31),
        ] {
            assert_eq!(T5.bucket(distance, true), bucket, "{distance}");
        }
    }

    #[test]
    fn a_decoder_sees_no_keys_behind_and_has_all_buckets_for_those_before() {
        // 16 · 8^(k/16): 16, 18.2, 20.7, 23.6, 26.9, …, 32 of k = 16/3, 112.4 of k = 15
        for (distance, bucket) in
            [(5, 0), (0, 0), (-15, 15), (-16, 16), (-19, 17), (-31, 21), (-112, 30), (-113, 31)]
        {
            assert_eq!(T5.bucket(distance, false), bucket, "{distance}");
        }
    }

    #[test]
    fn a_head_has_a_number_for_each_key() {
        let relative = Relative { buckets: 4, distance: 3 };
        let weight = array![[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0]].into_shared();
        let bias = RelativeBias { weight, relative, both: true };
        assert_eq!(bias.of_head(1, 1, 4).to_vec(), [20.0, 10.0, 40.0, 40.0]);
    }
}
