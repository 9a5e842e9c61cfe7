//! How a token becomes a row: its word, its place and, in some models, a norm.

use super::{Config, Norm, Positions};
use crate::linear::word;
use crate::{Error, Weights};
use ndarray::{ArcArray2, Array1, Array2, Axis};

/// Rows of words plus rows of places.
#[derive(Clone, Debug)]
pub struct Embedding {
    /// `[V, d_model]`, as in the file: not yet scaled.
    pub words: ArcArray2<f32>,
    /// `[max_len, d_model]`, trained or sinusoidal; none when places only bias energies.
    pub positions: Option<ArcArray2<f32>>,
    /// Factor of the word rows.
    pub scale: f32,
    /// Of the sum.
    pub norm: Option<Norm>,
}

impl Embedding {
    /// `side`: `encoder` or `decoder` · `[words, length]`: size of the table, longest sequence.
    pub(super) fn new(
        weights: &mut Weights,
        side: &str,
        c: &Config,
        [words, length]: [usize; 2],
    ) -> Result<Self, Error> {
        let shape = [length, c.d_model];
        Ok(Self {
            words: weights.matrix(&format!("{side}.embedding.weight"), [words, c.d_model])?,
            positions: match c.positions {
                Positions::Sinusoidal => Some(sinusoids(shape).into_shared()),
                Positions::SinusoidalHalves => Some(sinusoid_halves(shape).into_shared()),
                Positions::Learned => {
                    Some(weights.matrix(&format!("{side}.position.weight"), shape)?)
                }
                Positions::Relative(_) => None,
            },
            scale: c.embedding_scale,
            norm: {
                let name = format!("{side}.embedding_norm");
                Norm::maybe(weights, &name, c, c.embedding_norm)?
            },
        })
    }

    /// `word · scale + position`, normalised if the model does that: `[d_model]`.
    ///
    /// # Errors
    /// `token` is outside the table. `position` must be below the longest length.
    pub fn apply(&self, token: u32, position: usize) -> Result<Array1<f32>, Error> {
        let mut row = &word(&self.words, token)? * self.scale;
        if let Some(positions) = &self.positions {
            row += &positions.index_axis(Axis(0), position);
        }
        Ok(self.norm.as_ref().map(|norm| norm.apply(row.view())).unwrap_or(row))
    }
}

/// The angle of pair `pair` of `d` channels: `position / 10000^(2·pair/d)` (section 3.5).
fn angle(position: usize, pair: usize, d: usize) -> f64 {
    position as f64 / 10_000f64.powf((2 * pair) as f64 / d as f64)
}

/// Each pair is a sine and its cosine, side by side: `[length, d]`.
fn sinusoids([length, d]: [usize; 2]) -> Array2<f32> {
    Array2::from_shape_fn((length, d), |(position, channel)| {
        let angle = angle(position, channel / 2, d);
        (if channel % 2 == 0 { angle.sin() } else { angle.cos() }) as f32
    })
}

/// All sines, then all cosines: `[length, d]`; of an odd `d` the sines are one more.
fn sinusoid_halves([length, d]: [usize; 2]) -> Array2<f32> {
    let half = d.div_ceil(2);
    Array2::from_shape_fn((length, d), |(position, channel)| {
        let wave = if channel < half { f64::sin } else { f64::cos };
        wave(angle(position, channel % half, d)) as f32
    })
}

#[cfg(test)]
mod tests {
    use super::{Embedding, sinusoid_halves, sinusoids};
    use crate::transformer::Norm;
    use ndarray::array;

    #[test]
    fn halves_are_the_pairs_in_another_order() {
        for d in [1, 2, 7, 8] {
            let (pairs, halves) = (sinusoids([9, d]), sinusoid_halves([9, d]));
            let half = d.div_ceil(2);
            for position in 0..9 {
                for channel in 0..d {
                    let at = if channel % 2 == 0 { channel / 2 } else { half + channel / 2 };
                    assert_eq!(pairs[[position, channel]], halves[[position, at]], "{d} {channel}");
                }
            }
        }
    }

    #[test]
    fn the_second_place_of_four_channels_is_known() {
        // 1 / 10000^(2/4) = 0.01
        let need = [1f32.sin(), 0.01f32.sin(), 1f32.cos(), 0.01f32.cos()];
        assert!(sinusoid_halves([2, 4]).row(1).iter().zip(need).all(|(a, b)| (a - b).abs() < 1e-7));
    }

    #[test]
    fn the_norm_sees_the_scaled_word_with_its_place() {
        let norm = Norm { weight: array![1.0, 1.0], bias: Some(array![0.0, 5.0]), epsilon: 0.0 };
        let mut embedding = Embedding {
            words: array![[1.0, 2.0]].into_shared(),
            positions: Some(array![[0.0, 0.0], [3.0, -3.0]].into_shared()),
            scale: 2.0,
            norm: Some(norm),
        };
        // (2 + 3, 4 − 3) = (5, 1): mean 3, deviation 2
        assert_eq!(embedding.apply(0, 1).unwrap().to_vec(), [1.0, 4.0]);
        embedding.norm = None;
        assert_eq!(embedding.apply(0, 1).unwrap().to_vec(), [5.0, 1.0]);
        embedding.positions = None;
        assert_eq!(embedding.apply(0, 1).unwrap().to_vec(), [2.0, 4.0]);
    }
}
