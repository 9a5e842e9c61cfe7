//! The Transformer's decoder (arXiv 1706.03762, section 3.1), one word at a time, with caches.

use super::Decoder;
use crate::Token;
use crate::attention::{Attention, Caches, Sublayer, enter};
use crate::encoder::Memory;
use crate::format::{Model, NormOrder, Role, Stack};
use crate::layer::{Embedding, FeedForward, Linear, Norm, Scratch, block, first_mut};
use crate::observe::{Observer, Site};
use crate::search::Logits;
use core::mem;

/// Self-attention over the words said, cross-attention over the memory, feed-forward.
pub(crate) struct TransformerDecoder<'m, 'a, O> {
    model: Model<'m>,
    cross: Caches<'a>,
    own: Caches<'a>,
    scratch: Scratch<'a>,
    source_len: usize,
    position: usize,
    logits_exponent: i32,
    observer: O,
}

/// Keys and values of the whole memory, for every layer: they are computed once.
pub(crate) fn prepare(
    model: &Model<'_>,
    memory: &Memory<'_>,
    cross: &mut Caches<'_>,
    scratch: &mut Scratch<'_>,
) {
    for layer in 0..model.dims().decoder_layers {
        let attention = Attention::cross(model, layer);
        for position in 0..memory.len() {
            attention.remember_memory(memory.row(position), cross, (layer, position), scratch);
        }
    }
}

impl<'m, 'a, O: Observer> TransformerDecoder<'m, 'a, O> {
    /// `cross` as [`prepare`] left it.
    pub(crate) fn new(
        model: &Model<'m>,
        cross: Caches<'a>,
        own: Caches<'a>,
        scratch: Scratch<'a>,
        source_len: usize,
        observer: O,
    ) -> Self {
        let model = *model;
        Self { model, cross, own, scratch, source_len, position: 0, logits_exponent: 0, observer }
    }

    fn embed(&mut self, token: Token, x: &mut [i16]) -> i32 {
        let wide = first_mut(self.scratch.wide, x.len());
        let embedding = Embedding::of(&self.model, Stack::Decoder);
        let exponent = embedding.apply(token.into(), self.position, wide);
        enter(wide, exponent, x)
    }

    fn layer(&mut self, layer: usize, x: &mut [i16], exponent: i32) -> i32 {
        let (model, stack, here) = (&self.model, Stack::Decoder, self.position);
        let scratch = &mut self.scratch;
        let attention = Attention::own(model, stack, layer);
        let sublayer = Sublayer::of(model, stack, layer, Role::SelfNorm);
        attention.remember(&sublayer, block(x, exponent), &mut self.own, (layer, here), scratch);
        let len = here.wrapping_add(1);
        let cache = self.own.layer(layer, len);
        let exponent = attention.apply(&sublayer, x, exponent, &cache, len, None, scratch);
        self.observer.observe(Site::DecoderAttention(layer as u8), here, block(x, exponent));

        let attention = Attention::cross(model, layer);
        let sublayer = Sublayer::of(model, stack, layer, Role::CrossNorm);
        let cache = self.cross.layer(layer, self.source_len);
        let sums = mem::take(&mut scratch.alignment);
        let wanted = (layer == model.dims().alignment_layer).then_some(&mut *sums);
        let exponent =
            attention.apply(&sublayer, x, exponent, &cache, self.source_len, wanted, scratch);
        scratch.alignment = sums;
        self.observer.observe(Site::CrossAttention(layer as u8), here, block(x, exponent));

        let feed_forward = FeedForward::of(model, stack, layer);
        let sublayer = Sublayer::of(model, stack, layer, Role::FeedNorm);
        let exponent = sublayer.feed_forward(&feed_forward, x, exponent, scratch);
        self.observer.observe(Site::DecoderFeedForward(layer as u8), here, block(x, exponent));
        exponent
    }

    fn say(&mut self, x: &mut [i16], mut exponent: i32) {
        if self.model.dims().norm == NormOrder::Pre {
            let wide = first_mut(self.scratch.wide, x.len());
            let norm = Norm::of(&self.model, Stack::Decoder, 0, Role::FinalNorm);
            exponent = norm.apply(block(x, exponent), wide);
            exponent = enter(wide, exponent, x);
        }
        self.observer.observe(Site::DecoderOutput, self.position, block(x, exponent));
        let output = Linear::of(&self.model, Stack::Decoder, 0, Role::Logits);
        let narrow = first_mut(self.scratch.narrow, x.len());
        let exponent = output.input().narrow(x, exponent, narrow);
        self.logits_exponent = output.apply(block(narrow, exponent), self.scratch.logits);
    }

    /// The mean over the heads, in Q15.
    fn align(&self, alignment: &mut [u16]) {
        let heads = self.model.dims().n_heads.max(1) as u32;
        for (out, &sum) in alignment.iter_mut().zip(&*self.scratch.alignment) {
            *out = (sum as u32).wrapping_add(heads / 2).checked_div(heads).unwrap_or(0) as u16;
        }
    }
}

impl<O: Observer> Decoder for TransformerDecoder<'_, '_, O> {
    fn step(&mut self, token: Token, alignment: &mut [u16]) -> Option<Logits<'_>> {
        if self.position >= self.model.dims().max_target_len {
            return None;
        }
        self.scratch.alignment.fill(0);
        let stream = mem::take(&mut self.scratch.stream);
        let x = first_mut(stream, self.model.dims().d_model);
        let mut exponent = self.embed(token, x);
        self.observer.observe(Site::TargetEmbedding, self.position, block(x, exponent));
        for layer in 0..self.model.dims().decoder_layers {
            exponent = self.layer(layer, x, exponent);
        }
        self.say(x, exponent);
        self.scratch.stream = stream;
        self.align(alignment);
        self.position = self.position.wrapping_add(1);
        Some(self.logits())
    }

    fn logits(&self) -> Logits<'_> {
        Logits { mantissas: self.scratch.logits, exponent: self.logits_exponent }
    }
}
