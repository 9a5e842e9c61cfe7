//! The decoder that a model has, of those that its family links.

use super::{Decoder, Logits, RecurrentDecoder, TransformerDecoder};
use crate::Token;
use crate::arena::Carver;
use crate::attention::Caches;
use crate::family::Family;
use crate::format::{DecoderKind, Model, Plan};
use crate::gate::Gate;
use crate::observe::Observer;
use crate::parts::{Parts, cross, keys};
use core::marker::PhantomData;

/// Where a decoder is, besides what lies in the arena.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct At {
    pub(crate) source_len: usize,
    pub(crate) position: usize,
    /// Of what the attention of a recurrent decoder found last.
    pub(crate) context_exponent: i32,
    /// Of the stream within a step, then of what the output layer reads.
    pub(crate) exponent: i32,
}

/// Either; the compiler drops what `F` excludes. It is small: what a step reads and writes lies in
/// the arena, and each step carves its views of it anew.
pub(crate) struct AnyDecoder<'a, F, O> {
    model: &'a Model<'a>,
    arena: Carver<'a>,
    at: At,
    observer: O,
    family: PhantomData<F>,
}

impl<'a, F: Family, O: Observer> AnyDecoder<'a, F, O> {
    /// `arena`: as the encoding, or the step before `at`, left it.
    pub(crate) fn new(model: &'a Model<'a>, arena: Carver<'a>, at: At, observer: O) -> Self {
        Self { model, arena, at, observer, family: PhantomData }
    }

    /// Where it is.
    pub(crate) fn at(&self) -> At {
        self.at
    }

    /// As much of a step as `gate` lets through. The logits count when it has let all through.
    #[inline(always)] // Two callers, of which a firmware has one.
    pub(crate) fn work(
        &mut self,
        position: usize,
        token: Token,
        alignment: &mut [u16],
        gate: &mut impl Gate,
    ) -> Option<Logits<'_>> {
        let (model, dims) = (self.model, self.model.dims());
        if position >= dims.max_target_len {
            return None;
        }
        let (at, observer) = (&mut self.at, &mut self.observer);
        let source_len = at.source_len;
        let mut arena = self.arena.rewindable();
        let plan = Plan::of(dims);
        let mut parts = Parts::carve(&mut arena, &plan, dims, source_len);
        let parts = &mut parts;
        match &dims.decoder {
            DecoderKind::Transformer if F::TRANSFORMER_DECODER => {
                let cross = cross(&mut arena, &plan, dims);
                let own = Caches::carve(&mut arena, &plan.decoder, dims, dims.max_target_len);
                let step =
                    TransformerDecoder { model, parts, cross, own, source_len, position, observer };
                Some(step.step(token, alignment, &mut at.exponent, gate))
            }
            DecoderKind::Recurrent(dims) if F::RECURRENT_DECODER => {
                parts.context.exponent = at.context_exponent;
                let keys = keys(&mut arena, &plan, source_len);
                let step = RecurrentDecoder { model, dims, parts, keys, position, observer };
                let logits = step.step(token, alignment, &mut at.exponent, gate);
                at.context_exponent = parts.context.exponent;
                Some(logits)
            }
            _ => None,
        }
    }
}

impl<F: Family, O: Observer> Decoder for AnyDecoder<'_, F, O> {
    fn step(&mut self, token: Token, alignment: &mut [u16]) -> Option<Logits<'_>> {
        let position = self.at.position;
        self.at.position = position.wrapping_add(1);
        self.work(position, token, alignment, &mut ())
    }
}
