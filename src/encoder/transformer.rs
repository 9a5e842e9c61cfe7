//! The Transformer's encoder (arXiv 1706.03762, section 3.1), position by position.

use super::Memory;
use crate::Token;
use crate::attention::{Attention, Caches, Sublayer, enter};
use crate::format::{Model, NormOrder, Role, Stack};
use crate::layer::{Embedding, FeedForward, Norm, Scratch, block, first_mut};
use crate::observe::{Observer, Site};

/// A stack of self-attention and feed-forward layers.
pub(crate) struct TransformerEncoder<'m> {
    model: Model<'m>,
}

impl<'m> TransformerEncoder<'m> {
    pub(crate) fn new(model: &Model<'m>) -> Self {
        Self { model: *model }
    }

    /// Reads `source` into `memory`. `cache` holds one layer's keys and values.
    pub(crate) fn encode(
        &self,
        source: &[Token],
        memory: &mut Memory<'_>,
        cache: &mut Caches<'_>,
        scratch: &mut Scratch<'_>,
        observer: &mut impl Observer,
    ) {
        self.embed(source, memory, scratch, observer);
        for layer in 0..self.model.dims().encoder_layers {
            self.attend(layer, memory, cache, scratch);
            for position in 0..memory.len() {
                observer.observe(
                    Site::EncoderAttention(layer as u8),
                    position,
                    memory.row(position),
                );
            }
            self.feed_forward(layer, memory, scratch);
            for position in 0..memory.len() {
                observer.observe(
                    Site::EncoderFeedForward(layer as u8),
                    position,
                    memory.row(position),
                );
            }
        }
        self.finish(memory, scratch, observer);
    }

    fn embed(
        &self,
        source: &[Token],
        memory: &mut Memory<'_>,
        scratch: &mut Scratch<'_>,
        observer: &mut impl Observer,
    ) {
        let embedding = Embedding::of(&self.model, Stack::Encoder);
        let wide = first_mut(scratch.wide, self.model.dims().d_model);
        for (position, &token) in source.iter().enumerate() {
            let exponent = embedding.apply(token.into(), position, wide);
            memory.update(position, |x, _| enter(wide, exponent, x));
            observer.observe(Site::SourceEmbedding, position, memory.row(position));
        }
    }

    /// Keys and values of all positions first, then each position's query.
    fn attend(
        &self,
        layer: usize,
        memory: &mut Memory<'_>,
        cache: &mut Caches<'_>,
        scratch: &mut Scratch<'_>,
    ) {
        let attention = Attention::own(&self.model, Stack::Encoder, layer);
        let sublayer = Sublayer::of(&self.model, Stack::Encoder, layer, Role::SelfNorm);
        for position in 0..memory.len() {
            attention.remember(&sublayer, memory.row(position), cache, (0, position), scratch);
        }
        let len = memory.len();
        for position in 0..len {
            memory.update(position, |x, exponent| {
                let cache = cache.layer(0, len);
                attention.apply(&sublayer, x, exponent, &cache, len, None, scratch)
            });
        }
    }

    fn feed_forward(&self, layer: usize, memory: &mut Memory<'_>, scratch: &mut Scratch<'_>) {
        let feed_forward = FeedForward::of(&self.model, Stack::Encoder, layer);
        let sublayer = Sublayer::of(&self.model, Stack::Encoder, layer, Role::FeedNorm);
        for position in 0..memory.len() {
            memory.update(position, |x, exponent| {
                sublayer.feed_forward(&feed_forward, x, exponent, scratch)
            });
        }
    }

    fn finish(
        &self,
        memory: &mut Memory<'_>,
        scratch: &mut Scratch<'_>,
        observer: &mut impl Observer,
    ) {
        let norm = Norm::of(&self.model, Stack::Encoder, 0, Role::FinalNorm);
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
