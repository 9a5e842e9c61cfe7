//! Linear layers and the rows that they read.

use crate::{Error, Weights};
use ndarray::{ArcArray2, Array1, Array2, ArrayView1, Axis};

/// `W·x + b`.
#[derive(Clone, Debug)]
pub struct Linear {
    /// `[out, in]`
    pub weight: ArcArray2<f32>,
    /// `[out]`; absent means zeros.
    pub bias: Option<Array1<f32>>,
}

impl Linear {
    pub(crate) fn new(
        weights: &mut Weights,
        name: &str,
        [rows, columns]: [usize; 2],
    ) -> Result<Self, Error> {
        Ok(Self {
            weight: weights.matrix(&format!("{name}.weight"), [rows, columns])?,
            bias: weights.maybe_vector(&format!("{name}.bias"), rows)?,
        })
    }

    /// The layer without a bias: one in the file is an error, because softmax does not see it.
    pub(crate) fn unbiased(
        weights: &mut Weights,
        name: &str,
        shape: [usize; 2],
    ) -> Result<ArcArray2<f32>, Error> {
        let bias = format!("{name}.bias");
        if weights.has(&bias) {
            return Err(Error::Unseen { name: bias });
        }
        weights.matrix(&format!("{name}.weight"), shape)
    }

    /// `x`: `[in]` → `[out]`
    #[must_use]
    pub fn apply(&self, x: ArrayView1<'_, f32>) -> Array1<f32> {
        let y = self.weight.dot(&x);
        match &self.bias {
            Some(bias) => y + bias,
            None => y,
        }
    }
}

/// The row of a word: `[width]`. `words`: `[V, width]`
pub(crate) fn word(words: &ArcArray2<f32>, token: u32) -> Result<ArrayView1<'_, f32>, Error> {
    let size = words.nrows();
    if token as usize >= size {
        return Err(Error::Token { id: token, size });
    }
    Ok(words.index_axis(Axis(0), token as usize))
}

/// Rows into a matrix: `[n, width]`.
pub(crate) fn stack(rows: impl ExactSizeIterator<Item = Array1<f32>>) -> Array2<f32> {
    let mut matrix = Array2::zeros((0, 0));
    for (index, row) in rows.enumerate() {
        if index == 0 {
            matrix = Array2::zeros((0, row.len()));
        }
        push(&mut matrix, row.view());
    }
    matrix
}

/// Appends a row. `matrix`: `[n, width]` · `row`: `[width]`
pub(crate) fn push(matrix: &mut Array2<f32>, row: ArrayView1<'_, f32>) {
    matrix.push_row(row).expect("all rows come from one matrix and have its height");
}
