//! The decoder: one token in, what the output layer reads out (section 3.1), with caches.

use super::norm::{Norm, sublayer};
use super::{Attention, Config, Embedding, FeedForward, NormPlace, RelativeBias};
use crate::linear::{push, stack};
use crate::observer::show;
use crate::{Error, Linear, Memory, Observer, Site, Weights};
use ndarray::{Array1, Array2, Axis};

/// One decoder layer.
#[derive(Clone, Debug)]
pub struct DecoderLayer {
    /// Looks at what was said so far.
    pub self_attention: Attention,
    /// Before or after it.
    pub self_attention_norm: Norm,
    /// Looks at the memory.
    pub cross_attention: Attention,
    /// Before or after it.
    pub cross_attention_norm: Norm,
    /// Each token by itself.
    pub feed_forward: FeedForward,
    /// Before or after it.
    pub feed_forward_norm: Norm,
}

impl DecoderLayer {
    fn new(weights: &mut Weights, name: &str, c: &Config, memory: usize) -> Result<Self, Error> {
        let norm = |weights: &mut _, kind| Norm::new(weights, &format!("{name}.{kind}"), c);
        let (own, cross) = (format!("{name}.self_attention"), format!("{name}.cross_attention"));
        Ok(Self {
            self_attention: Attention::new(weights, &own, c, c.d_model)?,
            self_attention_norm: norm(weights, "self_attention_norm")?,
            cross_attention: Attention::new(weights, &cross, c, memory)?,
            cross_attention_norm: norm(weights, "cross_attention_norm")?,
            feed_forward: FeedForward::new(weights, &format!("{name}.feed_forward"), c)?,
            feed_forward_norm: norm(weights, "feed_forward_norm")?,
        })
    }
}

/// Embedding, layers and last norm of the decoder.
#[derive(Clone, Debug)]
pub struct DecoderWeights {
    /// `[V_t, d_model]` and `[max_target_len, d_model]`
    pub embedding: Embedding,
    /// In order.
    pub layers: Vec<DecoderLayer>,
    /// Behind the last layer.
    pub norm: Option<Norm>,
    /// What distances add to the energies of self-attention.
    pub relative: Option<RelativeBias>,
    /// Where the norms of the layers stand.
    pub place: NormPlace,
    /// The layer whose cross-attention is the alignment.
    pub alignment_layer: usize,
}

impl DecoderWeights {
    /// `sizes`: of the word table, of the longest target · `memory`: width of its rows.
    pub(crate) fn new(
        weights: &mut Weights,
        c: &Config,
        alignment_layer: usize,
        sizes: [usize; 2],
        memory: usize,
    ) -> Result<Self, Error> {
        Ok(Self {
            embedding: Embedding::new(weights, "decoder", c, sizes)?,
            layers: (0..c.layers)
                .map(|i| DecoderLayer::new(weights, &format!("decoder.layers.{i}"), c, memory))
                .collect::<Result<_, _>>()?,
            norm: Norm::maybe(weights, "decoder.norm", c, c.last_norm)?,
            relative: RelativeBias::of(weights, "decoder", c)?,
            place: c.norm,
            alignment_layer,
        })
    }
}

/// Keys and values of one layer: `[n, n_heads·d_head]` each.
struct Cache {
    said: (Array2<f32>, Array2<f32>),
    memory: (Array2<f32>, Array2<f32>),
}

impl Cache {
    fn new(layer: &DecoderLayer, memory: &Memory) -> Self {
        let empty = || Array2::zeros((0, layer.self_attention.key.weight.nrows()));
        let of_memory =
            |linear: &Linear| stack(memory.states.axis_iter(Axis(0)).map(|row| linear.apply(row)));
        let cross = &layer.cross_attention;
        Self { said: (empty(), empty()), memory: (of_memory(&cross.key), of_memory(&cross.value)) }
    }
}

/// One sentence being said.
pub(crate) struct Running<'m> {
    weights: &'m DecoderWeights,
    present: Vec<bool>,
    caches: Vec<Cache>,
}

impl<'m> Running<'m> {
    pub(crate) fn new(weights: &'m DecoderWeights, memory: &Memory) -> Self {
        let caches = weights.layers.iter().map(|layer| Cache::new(layer, memory)).collect();
        Self { weights, present: memory.present.clone(), caches }
    }

    /// What the output layer reads, `[d_model]`, and the alignment, `[source_len]`.
    pub(crate) fn step(
        &mut self,
        token: u32,
        position: usize,
        observer: &mut impl Observer,
    ) -> Result<(Array1<f32>, Array1<f32>), Error> {
        let weights = self.weights;
        let mut x = weights.embedding.apply(token, position)?;
        let mut see = |site, x: &Array1<f32>| show(observer, site, position, x);
        see(Site::TargetEmbedding, &x);
        let mut alignment = Array1::zeros(self.present.len());
        for (i, (layer, cache)) in weights.layers.iter().zip(&mut self.caches).enumerate() {
            x = sublayer(weights.place, &layer.self_attention_norm, &x, |y| {
                let attention = &layer.self_attention;
                let (keys, values) = &mut cache.said;
                push(keys, attention.key.apply(y).view());
                push(values, attention.value.apply(y).view());
                let place = weights.relative.as_ref().map(|bias| (position, bias));
                attention.look(y, keys.view(), values.view(), &[], place).0
            });
            see(Site::DecoderAttention(i), &x);
            x = sublayer(weights.place, &layer.cross_attention_norm, &x, |y| {
                let (keys, values) = &cache.memory;
                let (found, row) =
                    layer.cross_attention.look(y, keys.view(), values.view(), &self.present, None);
                if i == weights.alignment_layer {
                    alignment = row;
                }
                found
            });
            see(Site::CrossAttention(i), &x);
            x = sublayer(weights.place, &layer.feed_forward_norm, &x, |y| {
                layer.feed_forward.apply(y)
            });
            see(Site::DecoderFeedForward(i), &x);
        }
        if let Some(norm) = &weights.norm {
            x = norm.apply(x.view());
        }
        Ok((x, alignment))
    }
}
