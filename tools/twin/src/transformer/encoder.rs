//! The encoder: a source sentence becomes memory, one row per token (section 3.1).

use super::norm::{Norm, sublayer};
use super::{Attention, Config, Embedding, FeedForward, NormPlace, RelativeBias};
use crate::linear::stack;
use crate::observer::show_rows;
use crate::{Error, Memory, Observer, Site, Weights};
use ndarray::Array1;

/// One encoder layer.
#[derive(Clone, Debug)]
pub struct EncoderLayer {
    /// Every token looks at every token.
    pub self_attention: Attention,
    /// Before or after it.
    pub self_attention_norm: Norm,
    /// Each token by itself.
    pub feed_forward: FeedForward,
    /// Before or after it.
    pub feed_forward_norm: Norm,
}

impl EncoderLayer {
    fn new(weights: &mut Weights, name: &str, c: &Config) -> Result<Self, Error> {
        let norm = |weights: &mut _, kind| Norm::new(weights, &format!("{name}.{kind}"), c);
        let own = format!("{name}.self_attention");
        Ok(Self {
            self_attention: Attention::new(weights, &own, c, c.d_model)?,
            self_attention_norm: norm(weights, "self_attention_norm")?,
            feed_forward: FeedForward::new(weights, &format!("{name}.feed_forward"), c)?,
            feed_forward_norm: norm(weights, "feed_forward_norm")?,
        })
    }

    /// `x`: `source_len` rows `[d_model]` · `side`: whose layer this is.
    fn attend(&self, side: &EncoderWeights, present: &[bool], x: &mut [Array1<f32>]) {
        let norm = &self.self_attention_norm;
        let normed: Vec<_> = match side.place {
            NormPlace::Pre => x.iter().map(|x| norm.apply(x.view())).collect(),
            NormPlace::Post => x.to_vec(),
        };
        let keys = stack(normed.iter().map(|y| self.self_attention.key.apply(y.view())));
        let values = stack(normed.iter().map(|y| self.self_attention.value.apply(y.view())));
        for (query, x) in x.iter_mut().enumerate() {
            let place = side.relative.as_ref().map(|bias| (query, bias));
            *x = sublayer(side.place, norm, x, |y| {
                self.self_attention.look(y, keys.view(), values.view(), present, place).0
            });
        }
    }
}

/// Embedding, layers and last norm of the encoder.
#[derive(Clone, Debug)]
pub struct EncoderWeights {
    /// `[V_s, d_model]` and `[max_source_len, d_model]`
    pub embedding: Embedding,
    /// In order.
    pub layers: Vec<EncoderLayer>,
    /// Behind the last layer.
    pub norm: Option<Norm>,
    /// What distances add to the energies of self-attention.
    pub relative: Option<RelativeBias>,
    /// Where the norms of the layers stand.
    pub place: NormPlace,
}

impl EncoderWeights {
    /// `sizes`: of the word table, of the longest source.
    pub(crate) fn new(weights: &mut Weights, c: &Config, sizes: [usize; 2]) -> Result<Self, Error> {
        Ok(Self {
            embedding: Embedding::new(weights, "encoder", c, sizes)?,
            layers: (0..c.layers)
                .map(|i| EncoderLayer::new(weights, &format!("encoder.layers.{i}"), c))
                .collect::<Result<_, _>>()?,
            norm: Norm::maybe(weights, "encoder.norm", c, c.last_norm)?,
            relative: RelativeBias::of(weights, "encoder", c)?,
            place: c.norm,
        })
    }

    /// `ids`: `[source_len]`, end token included · `present`: `[source_len]`, false at padding.
    pub(crate) fn encode(
        &self,
        ids: &[u32],
        present: Vec<bool>,
        observer: &mut impl Observer,
    ) -> Result<Memory, Error> {
        let embed = |(position, &id)| self.embedding.apply(id, position);
        let mut x = ids.iter().enumerate().map(embed).collect::<Result<Vec<_>, _>>()?;
        show_rows(observer, Site::SourceEmbedding, &x);
        for (i, layer) in self.layers.iter().enumerate() {
            layer.attend(self, &present, &mut x);
            show_rows(observer, Site::EncoderAttention(i), &x);
            for x in &mut x {
                *x = sublayer(self.place, &layer.feed_forward_norm, x, |y| {
                    layer.feed_forward.apply(y)
                });
            }
            show_rows(observer, Site::EncoderFeedForward(i), &x);
        }
        if let Some(norm) = &self.norm {
            x.iter_mut().for_each(|x| *x = norm.apply(x.view()));
        }
        show_rows(observer, Site::Memory, &x);
        Ok(Memory::without_finals(stack(x.into_iter()), present))
    }
}
