//! What the engine lets be seen of its insides, as the twin shows its own.

use regard::observe::{Observer, Site as Place};
use regard::real;
use twin::Site;

/// Shows the engine's sites under the twin's names, as real numbers.
pub(super) struct Watch<F>(pub(super) F);

impl<F: FnMut(Site, usize, &[f32])> Observer for Watch<F> {
    fn observe(&mut self, place: Place, position: usize, values: regard::number::Block<'_>) {
        let site = match place {
            Place::SourceEmbedding => Site::SourceEmbedding,
            Place::EncoderAttention(i) => Site::EncoderAttention(i.into()),
            Place::EncoderFeedForward(i) => Site::EncoderFeedForward(i.into()),
            Place::EncoderLayer(i) => Site::EncoderLayer(i.into()),
            Place::Memory => Site::Memory,
            Place::Context => Site::Context,
            Place::DecoderState(i) => Site::DecoderState(i.into()),
            Place::TargetEmbedding => Site::TargetEmbedding,
            Place::DecoderAttention(i) => Site::DecoderAttention(i.into()),
            Place::CrossAttention(i) => Site::CrossAttention(i.into()),
            Place::DecoderFeedForward(i) => Site::DecoderFeedForward(i.into()),
            Place::DecoderOutput => Site::DecoderOutput,
        };
        let real = |&m: &i16| real::value(m.into(), values.exponent);
        let values: Vec<f32> = values.mantissas.iter().map(real).collect();
        (self.0)(site, position, &values);
    }
}
