//! The Transformer's encoder (arXiv 1706.03762, section 3.1).

use crate::Token;
use crate::attention::{Attention, Caches, Looks, Sublayer, enter};
use crate::format::{Model, NormOrder, Role, Stack};
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
    ) {
        self.embed(source, memory, lanes, observer);
        let (model, stack, len) = (self.model, Stack::Encoder, memory.len());
        let at_once = lanes.count();
        for layer in 0..model.dims().encoder_layers {
            // Keys and values of all positions first, then each position's query.
            let attention = Attention::own(model, stack, layer);
            let sublayer = Sublayer::of(model, stack, layer, Role::SelfNorm);
            lanes.each(len, |position, lanes| {
                memory.update_rows(position, at_once, |rows| {
                    attention.remember(&sublayer, rows, cache, (0, position), lanes);
                });
            });
            let cache = cache.layer(0, len);
            lanes.each(len, |position, lanes| {
                memory.update_rows(position, at_once, |rows| {
                    let looks = Looks { energies, alignment: &mut [] };
                    attention.apply(&sublayer, rows, &cache, lanes, looks);
                });
            });
            watch(observer, Site::EncoderAttention(layer as u8), memory);
            let feed_forward = FeedForward::of(model, stack, layer);
            let sublayer = Sublayer::of(model, stack, layer, Role::FeedNorm);
            lanes.each(len, |position, lanes| {
                memory.update_rows(position, at_once, |rows| {
                    sublayer.feed_forward(&feed_forward, rows, lanes);
                });
            });
            watch(observer, Site::EncoderFeedForward(layer as u8), memory);
        }
        self.finish(memory, lanes, observer);
    }

    fn embed(
        &self,
        source: &[Token],
        memory: &mut Blocks<'_>,
        lanes: &mut Lanes<'_>,
        observer: &mut impl Observer,
    ) {
        let embedding = Embedding::of(self.model, Stack::Encoder);
        let wide = first_mut(lanes.lanes[0].wide, self.model.dims().d_model);
        for (position, &token) in source.iter().enumerate() {
            let exponent = embedding.apply(token.into(), position, wide);
            memory.update(position, |x, _| enter(wide, exponent, x));
            observer.observe(Site::SourceEmbedding, position, memory.row(position));
        }
    }

    fn finish(&self, memory: &mut Blocks<'_>, lanes: &mut Lanes<'_>, observer: &mut impl Observer) {
        if self.model.dims().norm == NormOrder::Pre {
            let norm = Norm::of(self.model, Stack::Encoder, 0, Role::FinalNorm);
            let wide = first_mut(lanes.lanes[0].wide, self.model.dims().d_model);
            for position in 0..memory.len() {
                memory.update(position, |x, exponent| {
                    let exponent = norm.apply(block(x, exponent), wide);
                    enter(wide, exponent, x)
                });
            }
        }
        watch(observer, Site::Memory, memory);
    }
}

fn watch(observer: &mut impl Observer, site: Site, rows: &Blocks<'_>) {
    for position in 0..rows.len() {
        observer.observe(site, position, rows.row(position));
    }
}
