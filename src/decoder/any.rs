//! The decoder that a model has, of those that its family links.

use super::{Decoder, Logits, RecurrentDecoder, TransformerDecoder};
use crate::Token;
use crate::arena::Carver;
use crate::attention::Caches;
use crate::family::Family;
use crate::format::{DecoderKind, Model, Plan};
use crate::observe::Observer;
use crate::parts::{Parts, cross, keys};
use core::marker::PhantomData;

/// Either; the compiler drops what `F` excludes. It is small: what a step reads and writes lies in
/// the arena, and each step carves its views of it anew.
pub(crate) struct AnyDecoder<'a, F, O> {
    model: &'a Model<'a>,
    arena: Carver<'a>,
    context_exponent: i32,
    source_len: usize,
    position: usize,
    observer: O,
    family: PhantomData<F>,
}

impl<'a, F: Family, O: Observer> AnyDecoder<'a, F, O> {
    /// Before its first step. `arena`: as the encoding left it.
    pub(crate) fn new(
        model: &'a Model<'a>,
        arena: Carver<'a>,
        source_len: usize,
        observer: O,
    ) -> Self {
        Self {
            model,
            arena,
            context_exponent: 0,
            source_len,
            position: 0,
            observer,
            family: PhantomData,
        }
    }
}

impl<F: Family, O: Observer> Decoder for AnyDecoder<'_, F, O> {
    fn step(&mut self, token: Token, alignment: &mut [u16]) -> Option<Logits<'_>> {
        let (model, dims) = (self.model, self.model.dims());
        if self.position >= dims.max_target_len {
            return None;
        }
        let (position, observer) = (self.position, &mut self.observer);
        let mut arena = self.arena.rewindable();
        let plan = Plan::of(dims);
        let mut parts = Parts::carve(&mut arena, &plan, dims, self.source_len);
        let parts = &mut parts;
        let logits = match &dims.decoder {
            DecoderKind::Transformer if F::TRANSFORMER_DECODER => {
                let cross = cross(&mut arena, &plan, dims);
                let own = Caches::carve(&mut arena, &plan.decoder, dims, dims.max_target_len);
                let source_len = self.source_len;
                TransformerDecoder { model, parts, cross, own, source_len, position, observer }
                    .step(token, alignment)
            }
            DecoderKind::Recurrent(dims) if F::RECURRENT_DECODER => {
                parts.context.exponent = self.context_exponent;
                let keys = keys(&mut arena, &plan, self.source_len);
                let logits = RecurrentDecoder { model, dims, parts, keys, position, observer }
                    .step(token, alignment);
                self.context_exponent = parts.context.exponent;
                logits
            }
            _ => return None,
        };
        self.position = position.wrapping_add(1);
        Some(logits)
    }
}
