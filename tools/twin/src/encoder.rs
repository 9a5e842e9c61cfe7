//! The encoder: a source sentence becomes memory, one row per token (section 3.1).

use crate::layers::{Embedding, FeedForward, LayerNorm, sublayer};
use crate::{Attention, Description, Error, NormPlace, Observer, Site, Weights};
use ndarray::{Array1, Array2, ArrayView1, Axis};

/// What a decoder reads, written once per sentence.
#[derive(Clone, Debug)]
pub struct Memory {
    /// `[source_len, d_model]`
    pub states: Array2<f32>,
    /// `[source_len]`, false at padding.
    pub present: Vec<bool>,
}

/// One encoder layer.
#[derive(Clone, Debug)]
pub struct EncoderLayer {
    /// Every token looks at every token.
    pub self_attention: Attention,
    /// Before or after it.
    pub self_attention_norm: LayerNorm,
    /// Each token by itself.
    pub feed_forward: FeedForward,
    /// Before or after it.
    pub feed_forward_norm: LayerNorm,
}

impl EncoderLayer {
    fn new(weights: &mut Weights, name: &str, d: &Description) -> Result<Self, Error> {
        let norm = |weights: &mut _, kind| LayerNorm::new(weights, &format!("{name}.{kind}"), d);
        Ok(Self {
            self_attention: Attention::new(weights, &format!("{name}.self_attention"), d)?,
            self_attention_norm: norm(weights, "self_attention_norm")?,
            feed_forward: FeedForward::new(weights, &format!("{name}.feed_forward"), d)?,
            feed_forward_norm: norm(weights, "feed_forward_norm")?,
        })
    }

    /// `x`: `source_len` rows `[d_model]`.
    fn attend(&self, place: NormPlace, present: &[bool], x: &mut [Array1<f32>]) {
        let norm = &self.self_attention_norm;
        let normed: Vec<_> = match place {
            NormPlace::Pre => x.iter().map(|x| norm.apply(x.view())).collect(),
            NormPlace::Post => x.to_vec(),
        };
        let keys = stack(normed.iter().map(|y| self.self_attention.key.apply(y.view())));
        let values = stack(normed.iter().map(|y| self.self_attention.value.apply(y.view())));
        for x in x {
            *x = sublayer(place, norm, x, |y| {
                self.self_attention.look(y, keys.view(), values.view(), present).0
            });
        }
    }
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

/// Embedding, layers and last norm of the encoder.
#[derive(Clone, Debug)]
pub struct EncoderWeights {
    /// `[V_s, d_model]` and `[max_source_len, d_model]`
    pub embedding: Embedding,
    /// In order.
    pub layers: Vec<EncoderLayer>,
    /// Only pre-norm models have it.
    pub norm: Option<LayerNorm>,
}

impl EncoderWeights {
    pub(crate) fn new(weights: &mut Weights, d: &Description) -> Result<Self, Error> {
        let sizes = [d.source.words.len(), d.max_source_len];
        Ok(Self {
            embedding: Embedding::new(weights, "encoder", d, sizes)?,
            layers: (0..d.encoder_layers)
                .map(|i| EncoderLayer::new(weights, &format!("encoder.layers.{i}"), d))
                .collect::<Result<_, _>>()?,
            norm: LayerNorm::last(weights, "encoder.norm", d)?,
        })
    }

    /// `ids`: `[source_len]`, end token included.
    pub(crate) fn encode(
        &self,
        d: &Description,
        ids: &[u32],
        observer: &mut impl Observer,
    ) -> Result<Memory, Error> {
        let present: Vec<bool> = ids.iter().map(|&id| id != d.source.pad).collect();
        if ids.len() > d.max_source_len || !present.contains(&true) {
            let have = ids.len();
            return Err(Error::Length { side: "source", have, most: d.max_source_len });
        }
        let embed = |(position, &id)| self.embedding.apply(id, position);
        let mut x = ids.iter().enumerate().map(embed).collect::<Result<Vec<_>, _>>()?;
        show(observer, Site::SourceEmbedding, &x);
        for (i, layer) in self.layers.iter().enumerate() {
            layer.attend(d.norm, &present, &mut x);
            show(observer, Site::EncoderAttention(i), &x);
            for x in &mut x {
                *x = sublayer(d.norm, &layer.feed_forward_norm, x, |y| layer.feed_forward.apply(y));
            }
            show(observer, Site::EncoderFeedForward(i), &x);
        }
        if let Some(norm) = &self.norm {
            x.iter_mut().for_each(|x| *x = norm.apply(x.view()));
        }
        show(observer, Site::Memory, &x);
        Ok(Memory { states: stack(x.into_iter()), present })
    }
}

fn show(observer: &mut impl Observer, site: Site, x: &[Array1<f32>]) {
    for (position, x) in x.iter().enumerate() {
        let values: Vec<f32> = x.to_vec();
        observer.observe(site, position, &values);
    }
}

impl Memory {
    /// Keys and values of all rows for one cross-attention: `[source_len, n_heads·d_head]` each.
    pub(crate) fn keys_and_values(&self, attention: &Attention) -> (Array2<f32>, Array2<f32>) {
        let rows = || self.states.axis_iter(Axis(0));
        let keys = stack(rows().map(|row| attention.key.apply(row)));
        (keys, stack(rows().map(|row| attention.value.apply(row))))
    }
}
