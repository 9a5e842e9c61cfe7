//! The Transformer's encoder (arXiv 1706.03762, section 3.1), position by position.

use crate::Token;
use crate::attention::{Attention, Caches, Sublayer, enter};
use crate::format::{Model, NormOrder, Role, Stack};
use crate::layer::{Blocks, Embedding, FeedForward, Norm, Scratch, block, first_mut};
use crate::observe::{Observer, Site};

/// A stack of self-attention and feed-forward layers.
pub(crate) struct TransformerEncoder<'s> {
    model: &'s Model<'s>,
}

impl<'s> TransformerEncoder<'s> {
    pub(crate) fn new(model: &'s Model<'s>) -> Self {
        Self { model }
    }

    /// Reads `source` into `memory`. `cache` holds one layer's keys and values.
    #[inline(never)] // So that each phase of an encoding has its frame to itself.
    pub(crate) fn encode(
        &self,
        source: &[Token],
        memory: &mut Blocks<'_>,
        cache: &mut Caches<'_>,
        scratch: &mut Scratch<'_>,
        observer: &mut impl Observer,
    ) {
        self.embed(source, memory, scratch, observer);
        let (model, stack, len) = (self.model, Stack::Encoder, memory.len());
        for layer in 0..model.dims().encoder_layers {
            // Keys and values of all positions first, then each position's query.
            let attention = Attention::own(model, stack, layer);
            let sublayer = Sublayer::of(model, stack, layer, Role::SelfNorm);
            for position in 0..len {
                attention.remember(&sublayer, memory.row(position), cache, (0, position), scratch);
            }
            for position in 0..len {
                memory.update(position, |x, exponent| {
                    let cache = cache.layer(0, len);
                    attention.apply(&sublayer, x, exponent, &cache, len, None, scratch)
                });
                let site = Site::EncoderAttention(layer as u8);
                observer.observe(site, position, memory.row(position));
            }
            let feed_forward = FeedForward::of(model, stack, layer);
            let sublayer = Sublayer::of(model, stack, layer, Role::FeedNorm);
            for position in 0..len {
                memory.update(position, |x, exponent| {
                    sublayer.feed_forward(&feed_forward, x, exponent, scratch)
                });
                let site = Site::EncoderFeedForward(layer as u8);
                observer.observe(site, position, memory.row(position));
            }
        }
        self.finish(memory, scratch, observer);
    }

    fn embed(
        &self,
        source: &[Token],
        memory: &mut Blocks<'_>,
        scratch: &mut Scratch<'_>,
        observer: &mut impl Observer,
    ) {
        let embedding = Embedding::of(self.model, Stack::Encoder);
        let wide = first_mut(scratch.wide, self.model.dims().d_model);
        for (position, &token) in source.iter().enumerate() {
            let exponent = embedding.apply(token.into(), position, wide);
            memory.update(position, |x, _| enter(wide, exponent, x));
            observer.observe(Site::SourceEmbedding, position, memory.row(position));
        }
    }

    fn finish(
        &self,
        memory: &mut Blocks<'_>,
        scratch: &mut Scratch<'_>,
        observer: &mut impl Observer,
    ) {
        let norm = Norm::of(self.model, Stack::Encoder, 0, Role::FinalNorm);
        let wide = first_mut(scratch.wide, self.model.dims().d_model);
        for position in 0..memory.len() {
            if self.model.dims().norm == NormOrder::Pre {
                memory.update(position, |x, exponent| {
                    let exponent = norm.apply(block(x, exponent), wide);
                    enter(wide, exponent, x)
                });
            }
            observer.observe(Site::Memory, position, memory.row(position));
        }
    }
}
