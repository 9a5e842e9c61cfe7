//! The Transformer's decoder (arXiv 1706.03762, section 3.1), one word at a time, with caches.

use super::Logits;
use crate::Token;
use crate::attention::{Attention, Caches, Distances, Looks, Sublayer, enter};
use crate::format::{Directory, Model, Role, Stack};
use crate::gate::Gate;
use crate::layer::{
    Blocks, Embedding, FeedForward, Lanes, Linear, Norm, Row, Scratch, block, first_mut,
};
use crate::observe::{Observer, Site};
use crate::parts::Parts;
use core::mem;

/// A step of it: self-attention over the words said, cross-attention over the memory, feed-forward.
pub(super) struct TransformerDecoder<'s, 'a, O> {
    pub(super) model: &'a Model<'a>,
    pub(super) parts: &'s mut Parts<'a>,
    pub(super) cross: Caches<'a>,
    pub(super) own: Caches<'a>,
    pub(super) source_len: usize,
    pub(super) position: usize,
    pub(super) observer: &'s mut O,
}

/// Keys and values of the whole memory, for every layer: they are computed once.
#[inline(never)] // A phase of the encoding, with a frame to itself.
pub(crate) fn prepare(
    model: &Model<'_>,
    memory: &Blocks<'_>,
    cross: &mut Caches<'_>,
    lanes: &mut Lanes<'_>,
    gate: &mut impl Gate,
) {
    let directory = &mut model.directory();
    for layer in 0..model.dims().decoder_layers {
        let attention = Attention::cross(directory, layer);
        lanes.each(memory.len(), |position, lanes| {
            if gate.opens() {
                attention.remember_memory(memory, cross, (layer, position), lanes);
            }
        });
    }
}

impl<'a, O: Observer> TransformerDecoder<'_, 'a, O> {
    fn embed(&mut self, directory: &mut Directory<'_, '_>, token: Token, x: &mut [i16]) -> i32 {
        let wide = first_mut(self.parts.scratch.wide, x.len());
        let embedding = Embedding::next(directory, Stack::Decoder);
        let exponent = embedding.apply_anywhere(token.into(), self.position, wide);
        let exponent = enter(wide, exponent, x);
        if !self.model.dims().variant.embedding_norm() {
            return exponent;
        }
        let norm = Norm::next(directory, Stack::Decoder, 0, Role::EmbeddingNorm);
        let exponent = norm.apply(block(x, exponent), wide);
        enter(wide, exponent, x)
    }

    fn layer(
        &mut self,
        directory: &mut Directory<'_, '_>,
        (layer, distances): (usize, Distances<'_>),
        x: &mut [i16],
        exponent: i32,
        gate: &mut impl Gate,
    ) -> i32 {
        let (stack, here) = (Stack::Decoder, self.position);
        let Scratch { wide, narrow, energies, alignment, .. } = &mut self.parts.scratch;
        let mut lanes = Lanes::one(narrow, wide);
        let rows = &mut [Row { mantissas: x, exponent }];
        let mut seen = |site: fn(u8) -> Site, rows: &[Row<'_>; 1]| {
            let [Row { mantissas, exponent }] = rows;
            self.observer.observe(site(layer as u8), here, block(mantissas, *exponent));
        };
        let sublayer = Sublayer::next(directory, stack, layer, Role::SelfNorm);
        let attention = Attention::own(directory, stack, layer);
        if gate.opens() {
            let distances = distances.from(here);
            let looks = Looks { energies, alignment: &mut [], distances };
            attention.step(&sublayer, rows, &mut self.own, (layer, here), &mut lanes, looks);
            seen(Site::DecoderAttention, rows);
        }

        let sublayer = Sublayer::next(directory, stack, layer, Role::CrossNorm);
        let attention = Attention::cross(directory, layer);
        if gate.opens() {
            let cache = self.cross.layer(layer, self.source_len);
            let wanted = layer == self.model.dims().alignment_layer;
            let alignment = if wanted { alignment } else { &mut [][..] };
            let looks = Looks { energies, alignment, distances: Distances::default() };
            attention.apply(&sublayer, rows, &cache, &mut lanes, looks);
            seen(Site::CrossAttention, rows);
        }

        let sublayer = Sublayer::next(directory, stack, layer, Role::FeedNorm);
        let feed_forward = FeedForward::next(directory, stack, layer);
        if gate.opens() {
            sublayer.feed_forward(&feed_forward, rows, &mut lanes);
            seen(Site::DecoderFeedForward, rows);
        }
        rows[0].exponent
    }

    /// Brings what the output layer reads into `narrow`. Returns its exponent.
    fn finish(
        &mut self,
        directory: &mut Directory<'_, '_>,
        output: &Linear<'_>,
        x: &mut [i16],
        mut exponent: i32,
    ) -> i32 {
        if self.model.dims().has_last_norm() {
            let wide = first_mut(self.parts.scratch.wide, x.len());
            let norm = Norm::next(directory, Stack::Decoder, 0, Role::FinalNorm);
            exponent = norm.apply(block(x, exponent), wide);
            exponent = enter(wide, exponent, x);
        }
        self.observer.observe(Site::DecoderOutput, self.position, block(x, exponent));
        let narrow = first_mut(self.parts.scratch.narrow, x.len());
        output.input().narrow(x, exponent, narrow)
    }

    /// The mean over the heads, in Q15.
    fn align(&self, alignment: &mut [u16]) {
        let heads = self.model.dims().n_heads.max(1) as u32;
        for (out, &sum) in alignment.iter_mut().zip(&*self.parts.scratch.alignment) {
            *out = (sum as u32).wrapping_add(heads / 2).checked_div(heads).unwrap_or(0) as u16;
        }
    }

    /// Says `token`. `exponent`: that of the stream, then of what the output layer reads.
    pub(super) fn step(
        mut self,
        token: Token,
        alignment: &mut [u16],
        exponent: &mut i32,
        gate: &mut impl Gate,
    ) -> Logits<'a> {
        let stream = mem::take(&mut self.parts.scratch.stream);
        let x = first_mut(stream, self.model.dims().d_model);
        let directory = &mut self.model.directory();
        if gate.opens() {
            self.parts.scratch.alignment.fill(0);
            *exponent = self.embed(directory, token, x);
            self.observer.observe(Site::TargetEmbedding, self.position, block(x, *exponent));
        }
        let distances = Distances::next(directory, Stack::Decoder);
        for layer in 0..self.model.dims().decoder_layers {
            *exponent = self.layer(directory, (layer, distances), x, *exponent, gate);
        }
        let output = Linear::of(self.model, Stack::Decoder, 0, Role::Logits);
        if gate.opens() {
            self.align(alignment);
            *exponent = self.finish(directory, &output, x, *exponent);
        }
        let Scratch { narrow, wide, .. } = &mut self.parts.scratch;
        let narrow = first_mut(mem::take(narrow), x.len());
        Logits::of(&output, block(narrow, *exponent), mem::take(wide))
    }
}
