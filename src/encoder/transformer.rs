//! The Transformer's encoder (arXiv 1706.03762, section 3.1).

use crate::Token;
use crate::attention::{Attention, Caches, Distances, Looks, Sublayer, enter};
use crate::format::{Directory, Model, Role, Stack};
use crate::gate::Gate;
use crate::layer::{Blocks, Embedding, FeedForward, Lanes, Norm, block, first_mut};
use crate::observe::{Observer, Site};

/// A stack of self-attention and feed-forward layers.
pub(crate) struct TransformerEncoder<'s> {
    model: &'s Model<'s>,
}

impl<'s> TransformerEncoder<'s> {
    pub(crate) fn new(model: &'s Model<'s>) -> Self {
        Self { model }
    }

    /// Reads `source` into `memory`, two positions at a time if there is room for that. `cache` holds one layer's keys and
    /// values.
    #[inline(never)] // So that each phase of an encoding has its frame to itself.
    pub(crate) fn encode(
        &self,
        source: &[Token],
        memory: &mut Blocks<'_>,
        cache: &mut Caches<'_>,
        (lanes, energies): (&mut Lanes<'_>, &mut [i32]),
        observer: &mut impl Observer,
        gate: &mut impl Gate,
    ) {
        let directory = &mut self.model.directory();
        self.embed(directory, source, memory, lanes, observer, gate);
        let distances = Distances::next(directory, Stack::Encoder);
        let (stack, len, at_once) = (Stack::Encoder, memory.len(), lanes.count());
        for layer in 0..self.model.dims().encoder_layers {
            if gate.is_shut() {
                return;
            }
            // Keys and values of all positions first, then each position's query.
            let sublayer = Sublayer::next(directory, stack, layer, Role::SelfNorm);
            let attention = Attention::own(directory, stack, layer);
            lanes.each(len, |position, lanes| {
                if !gate.opens() {
                    return;
                }
                memory.update_rows(position, at_once, |rows| {
                    attention.remember(&sublayer, rows, cache, (0, position), lanes);
                });
            });
            let cache = cache.layer(0, len);
            lanes.each(len, |position, lanes| {
                if !gate.opens() {
                    return;
                }
                memory.update_rows(position, at_once, |rows| {
                    let looks =
                        Looks { energies, alignment: &mut [], distances: distances.from(position) };
                    attention.apply(&sublayer, rows, &cache, lanes, looks);
                });
            });
            watch(observer, Site::EncoderAttention(layer as u8), memory);
            let sublayer = Sublayer::next(directory, stack, layer, Role::FeedNorm);
            let feed_forward = FeedForward::next(directory, stack, layer);
            lanes.each(len, |position, lanes| {
                if !gate.opens() {
                    return;
                }
                memory.update_rows(position, at_once, |rows| {
                    sublayer.feed_forward(&feed_forward, rows, lanes);
                });
            });
            watch(observer, Site::EncoderFeedForward(layer as u8), memory);
        }
        if self.model.dims().has_last_norm() {
            let norm = Norm::next(directory, Stack::Encoder, 0, Role::FinalNorm);
            let wide = first_mut(lanes.lanes[0].wide, self.model.dims().d_model);
            for position in 0..memory.len() {
                if !gate.opens() {
                    continue;
                }
                memory.update(position, |x, exponent| {
                    let exponent = norm.apply(block(x, exponent), wide);
                    enter(wide, exponent, x)
                });
            }
        }
        watch(observer, Site::Memory, memory);
    }

    fn embed(
        &self,
        directory: &mut Directory<'_, '_>,
        source: &[Token],
        memory: &mut Blocks<'_>,
        lanes: &mut Lanes<'_>,
        observer: &mut impl Observer,
        gate: &mut impl Gate,
    ) {
        let embedding = Embedding::next(directory, Stack::Encoder);
        let norm = self.model.dims().variant.embedding_norm();
        let norm = norm.then(|| Norm::next(directory, Stack::Encoder, 0, Role::EmbeddingNorm));
        let wide = first_mut(lanes.lanes[0].wide, self.model.dims().d_model);
        for (position, &token) in source.iter().enumerate() {
            if !gate.opens() {
                continue;
            }
            let exponent = embedding.apply_anywhere(token.into(), position, wide);
            memory.update(position, |x, _| {
                let exponent = enter(wide, exponent, x);
                let Some(norm) = &norm else { return exponent };
                let exponent = norm.apply(block(x, exponent), wide);
                enter(wide, exponent, x)
            });
            observer.observe(Site::SourceEmbedding, position, memory.row(position));
        }
    }
}

fn watch(observer: &mut impl Observer, site: Site, rows: &Blocks<'_>) {
    for position in 0..rows.len() {
        observer.observe(site, position, rows.row(position));
    }
}
