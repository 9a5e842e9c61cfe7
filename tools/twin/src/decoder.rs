//! The decoder: one token in, the logits of the next one out (section 3.1), with caches.

use crate::encoder::{Memory, push};
use crate::layers::{Embedding, FeedForward, LayerNorm, sublayer};
use crate::{Attention, Description, Error, Observer, Site, Transformer, Weights};
use ndarray::{Array1, Array2};

/// One decoder layer.
#[derive(Clone, Debug)]
pub struct DecoderLayer {
    /// Looks at what was said so far.
    pub self_attention: Attention,
    /// Before or after it.
    pub self_attention_norm: LayerNorm,
    /// Looks at the memory.
    pub cross_attention: Attention,
    /// Before or after it.
    pub cross_attention_norm: LayerNorm,
    /// Each token by itself.
    pub feed_forward: FeedForward,
    /// Before or after it.
    pub feed_forward_norm: LayerNorm,
}

impl DecoderLayer {
    fn new(weights: &mut Weights, name: &str, d: &Description) -> Result<Self, Error> {
        let norm = |weights: &mut _, kind| LayerNorm::new(weights, &format!("{name}.{kind}"), d);
        Ok(Self {
            self_attention: Attention::new(weights, &format!("{name}.self_attention"), d)?,
            self_attention_norm: norm(weights, "self_attention_norm")?,
            cross_attention: Attention::new(weights, &format!("{name}.cross_attention"), d)?,
            cross_attention_norm: norm(weights, "cross_attention_norm")?,
            feed_forward: FeedForward::new(weights, &format!("{name}.feed_forward"), d)?,
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
    /// Only pre-norm models have it.
    pub norm: Option<LayerNorm>,
}

impl DecoderWeights {
    pub(crate) fn new(weights: &mut Weights, d: &Description) -> Result<Self, Error> {
        let sizes = [d.target.words.len(), d.max_target_len];
        Ok(Self {
            embedding: Embedding::new(weights, "decoder", d, sizes)?,
            layers: (0..d.decoder_layers)
                .map(|i| DecoderLayer::new(weights, &format!("decoder.layers.{i}"), d))
                .collect::<Result<_, _>>()?,
            norm: LayerNorm::last(weights, "decoder.norm", d)?,
        })
    }
}

/// Keys and values of one layer: `[n, n_heads·d_head]` each.
struct Cache {
    said: (Array2<f32>, Array2<f32>),
    memory: (Array2<f32>, Array2<f32>),
}

/// One sentence being said.
pub struct Decoder<'m> {
    model: &'m Transformer,
    present: Vec<bool>,
    caches: Vec<Cache>,
    position: usize,
}

impl<'m> Decoder<'m> {
    pub(crate) fn new(model: &'m Transformer, memory: &Memory) -> Self {
        let empty = || Array2::zeros((0, model.description.d_attention()));
        let cache = |layer: &DecoderLayer| Cache {
            said: (empty(), empty()),
            memory: memory.keys_and_values(&layer.cross_attention),
        };
        let caches = model.decoder.layers.iter().map(cache).collect();
        Self { model, present: memory.present.clone(), caches, position: 0 }
    }

    /// Feeds `token`: the logits of the next one, `[V_t]`, and its alignment, `[source_len]`.
    ///
    /// # Errors
    /// A token outside the table, or more tokens than the model has positions.
    pub fn step(
        &mut self,
        token: u32,
        observer: &mut impl Observer,
    ) -> Result<(Array1<f32>, Array1<f32>), Error> {
        let model = self.model;
        let (position, most) = (self.position, model.description.max_target_len);
        if position >= most {
            return Err(Error::Length { side: "target", have: position + 1, most });
        }
        let mut x = model.decoder.embedding.apply(token, position)?;
        let mut show = |site, x: &Array1<f32>| observer.observe(site, position, &x.to_vec());
        show(Site::TargetEmbedding, &x);
        let mut alignment = Array1::zeros(self.present.len());
        for (i, (layer, cache)) in model.decoder.layers.iter().zip(&mut self.caches).enumerate() {
            let place = model.description.norm;
            x = sublayer(place, &layer.self_attention_norm, &x, |y| {
                let attention = &layer.self_attention;
                let (keys, values) = &mut cache.said;
                push(keys, attention.key.apply(y).view());
                push(values, attention.value.apply(y).view());
                attention.look(y, keys.view(), values.view(), &[]).0
            });
            show(Site::DecoderAttention(i), &x);
            x = sublayer(place, &layer.cross_attention_norm, &x, |y| {
                let (keys, values) = &cache.memory;
                let (found, row) =
                    layer.cross_attention.look(y, keys.view(), values.view(), &self.present);
                if i == model.description.alignment_layer {
                    alignment = row;
                }
                found
            });
            show(Site::CrossAttention(i), &x);
            x = sublayer(place, &layer.feed_forward_norm, &x, |y| layer.feed_forward.apply(y));
            show(Site::DecoderFeedForward(i), &x);
        }
        if let Some(norm) = &model.decoder.norm {
            x = norm.apply(x.view());
        }
        show(Site::DecoderOutput, &x);
        let logits = model.logits(x.view());
        show(Site::Logits, &logits);
        self.position += 1;
        Ok((logits, alignment))
    }
}
