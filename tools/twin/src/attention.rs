//! Multi-head attention, `softmax(Q·Kᵀ/√d_head)·V` (section 3.2), for one query at a time.

use crate::layers::Linear;
use crate::{Description, Error, Weights};
use ndarray::{Array1, ArrayView1, ArrayView2, s};

/// The four matrices of one attention. Heads are consecutive groups of `d_head` rows.
#[derive(Clone, Debug)]
pub struct Attention {
    /// `[n_heads·d_head, d_model]`
    pub query: Linear,
    /// `[n_heads·d_head, d_model]`
    pub key: Linear,
    /// `[n_heads·d_head, d_model]`
    pub value: Linear,
    /// `[d_model, n_heads·d_head]`
    pub output: Linear,
    /// Width of a head.
    pub d_head: usize,
}

impl Attention {
    pub(crate) fn new(weights: &mut Weights, name: &str, d: &Description) -> Result<Self, Error> {
        let inner = [d.d_attention(), d.d_model];
        Ok(Self {
            query: Linear::new(weights, &format!("{name}.query"), inner)?,
            key: Linear::new(weights, &format!("{name}.key"), inner)?,
            value: Linear::new(weights, &format!("{name}.value"), inner)?,
            output: Linear::new(weights, &format!("{name}.output"), [d.d_model, d.d_attention()])?,
            d_head: d.d_head,
        })
    }

    /// Looks from `x` at `n` places: what was found, `[d_model]`, and the mean alignment over the
    /// heads, `[n]`, which sums to 1.
    ///
    /// `x`: `[d_model]` · `keys`, `values`: `[n, n_heads·d_head]` · `present`: `[n]`, places that
    /// may be looked at (empty: all).
    #[must_use]
    pub fn look(
        &self,
        x: ArrayView1<'_, f32>,
        keys: ArrayView2<'_, f32>,
        values: ArrayView2<'_, f32>,
        present: &[bool],
    ) -> (Array1<f32>, Array1<f32>) {
        let query = self.query.apply(x);
        let mut context = Array1::zeros(query.len());
        let mut mean = Array1::zeros(keys.nrows());
        let heads = query.len() / self.d_head;
        for head in 0..heads {
            let rows = s![head * self.d_head..(head + 1) * self.d_head];
            let columns = s![.., head * self.d_head..(head + 1) * self.d_head];
            let energies =
                keys.slice(columns).dot(&query.slice(rows)) / (self.d_head as f32).sqrt();
            let alignment = softmax(energies, present);
            context.slice_mut(rows).assign(&alignment.dot(&values.slice(columns)));
            mean += &alignment;
        }
        (self.output.apply(context.view()), mean / heads as f32)
    }
}

/// `exp(e) / Σ exp(e)` over the places that are present; 0 elsewhere.
fn softmax(mut energies: Array1<f32>, present: &[bool]) -> Array1<f32> {
    for (energy, _) in energies.iter_mut().zip(present).filter(|(_, present)| !**present) {
        *energy = f32::NEG_INFINITY;
    }
    let largest = energies.fold(f32::MIN, |largest, &energy| largest.max(energy));
    energies.mapv_inplace(|energy| (energy - largest).exp());
    let sum = energies.sum();
    energies / sum
}
