//! Multi-head attention, `softmax(scale·Q·Kᵀ + bias)·V` (section 3.2), for one query at a time.

use super::{Config, RelativeBias};
use crate::alignment::softmax;
use crate::{Error, Linear, Weights};
use ndarray::{Array1, ArrayView1, ArrayView2, s};

/// The four matrices of one attention. Heads are consecutive groups of `d_head` rows.
#[derive(Clone, Debug)]
pub struct Attention {
    /// `[n_heads·d_head, d_model]`
    pub query: Linear,
    /// `[n_heads·d_head, d_model]`, or `[n_heads·d_head, memory]` of a cross-attention
    pub key: Linear,
    /// As `key`.
    pub value: Linear,
    /// `[d_model, n_heads·d_head]`
    pub output: Linear,
    /// Width of a head.
    pub d_head: usize,
    /// Factor of products of query and key.
    pub scale: f64,
}

impl Attention {
    /// `read`: width of the rows that are looked at.
    pub(super) fn new(
        weights: &mut Weights,
        name: &str,
        c: &Config,
        read: usize,
    ) -> Result<Self, Error> {
        let inner = c.d_attention();
        Ok(Self {
            query: Linear::new(weights, &format!("{name}.query"), [inner, c.d_model])?,
            key: Linear::new(weights, &format!("{name}.key"), [inner, read])?,
            value: Linear::new(weights, &format!("{name}.value"), [inner, read])?,
            output: Linear::new(weights, &format!("{name}.output"), [c.d_model, inner])?,
            d_head: c.d_head,
            scale: c.attention_scale,
        })
    }

    /// Looks from `x` at `n` places: what was found, `[d_model]`, and the mean alignment over the
    /// heads, `[n]`, which sums to 1.
    ///
    /// `x`: `[d_model]` · `keys`, `values`: `[n, n_heads·d_head]` · `present`: `[n]`, places that
    /// may be looked at (empty: all) · `place`: of `x`, and what the distance from there adds.
    #[must_use]
    pub fn look(
        &self,
        x: ArrayView1<'_, f32>,
        keys: ArrayView2<'_, f32>,
        values: ArrayView2<'_, f32>,
        present: &[bool],
        place: Option<(usize, &RelativeBias)>,
    ) -> (Array1<f32>, Array1<f32>) {
        let query = self.query.apply(x);
        let mut context = Array1::zeros(query.len());
        let mut mean = Array1::zeros(keys.nrows());
        let heads = query.len() / self.d_head;
        for head in 0..heads {
            let rows = s![head * self.d_head..(head + 1) * self.d_head];
            let columns = s![.., head * self.d_head..(head + 1) * self.d_head];
            let mut energies = keys.slice(columns).dot(&query.slice(rows)) * self.scale as f32;
            if let Some((place, bias)) = place {
                energies += &bias.of_head(head, place, keys.nrows());
            }
            let alignment = softmax(energies, present);
            context.slice_mut(rows).assign(&alignment.dot(&values.slice(columns)));
            mean += &alignment;
        }
        (self.output.apply(context.view()), mean / heads as f32)
    }
}
