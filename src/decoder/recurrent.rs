//! A recurrent decoder, with or without attention (arXiv 1409.0473, appendix A; arXiv 1508.04025).
//!
//! ```text
//! asks before:  c = look(s)   s′ = cell([y; c], s)                 Bahdanau
//! asks after:                 s′ = cell([y; c], s)   c′ = look(s′)  Luong
//! c ← σ(G·s)∘c   o = tanh(R·[s′; c; y])   logits = O·o
//! ```
//! y is the embedding of the token just read; each of the bracketed parts, G, R and its tanh are
//! optional.

use super::Logits;
use crate::Token;
use crate::format::{Model, RecurrentDecoderDims, Role, Stack};
use crate::gate::Gate;
use crate::layer::{Blocks, Linear, block, first, first_mut, look_up_anywhere};
use crate::number::Block;
use crate::observe::{Observer, Site};
use crate::parts::Parts;
use crate::recurrent::{CellLayer, Scorer, apply_bent, gate};
use core::mem;

/// A step of a recurrent decoder.
pub(super) struct RecurrentDecoder<'s, 'a, O> {
    pub(super) model: &'a Model<'a>,
    pub(super) dims: &'s RecurrentDecoderDims,
    pub(super) parts: &'s mut Parts<'a>,
    pub(super) keys: Blocks<'a>,
    pub(super) position: usize,
    pub(super) observer: &'s mut O,
}

/// What the attention found last.
pub(crate) struct Context<'a> {
    pub(crate) mantissas: &'a mut [i16],
    pub(crate) exponent: i32,
}

impl Context<'_> {
    fn block(&self) -> Block<'_> {
        block(self.mantissas, self.exponent)
    }
}

/// A part, if it is read.
fn part(is_read: bool, part: Block<'_>) -> Block<'_> {
    if is_read { part } else { Block::NONE }
}

impl<'a, O: Observer> RecurrentDecoder<'_, 'a, O> {
    fn top(&self) -> usize {
        self.model.dims().decoder_layers.wrapping_sub(1)
    }

    /// Looks from the top layer's state.
    fn look(&mut self) {
        if !self.dims.looks() {
            return;
        }
        let state = self.parts.states.h(self.top());
        let scorer = Scorer::of(self.model, self.dims);
        let (memory, keys, scratch) = (&self.parts.memory, &self.keys, &mut self.parts.scratch);
        let Context { mantissas, exponent } = &mut self.parts.context;
        let found = scorer.look(state, memory, keys, scratch, mantissas);
        *exponent = gate(self.model, self.dims, state, (mantissas, found), scratch);
        self.observer.observe(Site::Context, self.position, self.parts.context.block());
    }

    fn step_cells(&mut self, y: Block<'_>, gate: &mut impl Gate) {
        for layer in 0..self.model.dims().decoder_layers {
            if !gate.opens() {
                continue;
            }
            let cell = CellLayer::of(self.model, Stack::Decoder, layer, self.dims.cell);
            let input = cell.input().input();
            let exponent = if layer == 0 {
                let context = part(self.dims.cell_reads_context, self.parts.context.block());
                input.join([y, context, Block::NONE], self.parts.scratch.narrow)
            } else {
                let below = self.parts.states.h(layer.wrapping_sub(1));
                input.narrow(below.mantissas, below.exponent, self.parts.scratch.narrow)
            };
            self.parts.states.step(layer, &cell, exponent, &mut self.parts.scratch);
            let h = self.parts.states.h(layer);
            self.observer.observe(Site::DecoderState(layer as u8), self.position, h);
        }
    }

    /// Brings what the output layer reads into `narrow`. Returns its exponent.
    fn finish(&mut self, output: &Linear<'_>, y: Block<'_>) -> i32 {
        let [state, context, embedding] = self.dims.output_reads;
        let read = [
            part(state, self.parts.states.h(self.top())),
            part(context, self.parts.context.block()),
            part(embedding, y),
        ];
        let narrow = &mut *self.parts.scratch.narrow;
        let exponent = if self.dims.d_readout == 0 {
            output.input().join(read, narrow)
        } else {
            let readout = Linear::of(self.model, Stack::Decoder, 0, Role::Readout);
            let exponent = readout.input().join(read, narrow);
            let wide = first_mut(self.parts.scratch.wide, readout.rows());
            let x = block(first(narrow, readout.columns()), exponent);
            let exponent = apply_bent(&readout, x, self.dims.readout_tanh, wide);
            output.input().narrow(wide, exponent, narrow)
        };
        let x = block(first(narrow, output.columns()), exponent);
        self.observer.observe(Site::DecoderOutput, self.position, x);
        exponent
    }

    /// Embeds `token` into `y`. Returns its exponent.
    fn embed(&mut self, token: Token, y: &mut [i16]) -> i32 {
        let table = self.model.find(Stack::Decoder, 0, Role::Embedding);
        let wide = first_mut(self.parts.scratch.wide, y.len());
        let exponent = look_up_anywhere((&table, self.model.hook()), token.into(), wide, y);
        self.observer.observe(Site::TargetEmbedding, self.position, block(y, exponent));
        exponent
    }

    /// Says `token`. `exponent`: that of its embedding, then of what the output layer reads.
    pub(super) fn step(
        mut self,
        token: Token,
        alignment: &mut [u16],
        exponent: &mut i32,
        gate: &mut impl Gate,
    ) -> Logits<'a> {
        let stream = mem::take(&mut self.parts.scratch.stream);
        let y = first_mut(stream, self.model.dims().d_embedding);
        if gate.opens() {
            *exponent = self.embed(token, y);
        }
        let y = block(y, *exponent);
        if !self.dims.asks_after && gate.opens() {
            self.look();
        }
        self.step_cells(y, gate);
        if self.dims.asks_after && gate.opens() {
            self.look();
        }
        let output = Linear::of(self.model, Stack::Decoder, 0, Role::Logits);
        if gate.opens() {
            for (out, &weight) in alignment.iter_mut().zip(&*self.parts.scratch.energies) {
                *out = weight as u16;
            }
            *exponent = self.finish(&output, y);
        }
        let narrow = mem::take(&mut self.parts.scratch.narrow);
        let x = block(first(narrow, output.columns()), *exponent);
        Logits::of(&output, x, mem::take(&mut self.parts.scratch.wide))
    }
}
