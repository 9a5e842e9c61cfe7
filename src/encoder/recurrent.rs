//! A recurrent encoder, in one or both directions, layer over layer (arXiv 1409.0473, section 3.2).

use crate::Token;
use crate::format::{Model, RecurrentEncoderDims, Role, Stack};
use crate::gate::Gate;
use crate::layer::{Blocks, Scratch, first_mut, look_up_anywhere};
use crate::observe::{Observer, Site};
use crate::recurrent::{CellLayer, H_EXPONENT, States, merge};
use core::mem;

/// A stack of cells.
pub(crate) struct RecurrentEncoder<'s> {
    model: &'s Model<'s>,
    dims: &'s RecurrentEncoderDims,
}

impl<'s> RecurrentEncoder<'s> {
    pub(crate) fn new(model: &'s Model<'s>, dims: &'s RecurrentEncoderDims) -> Self {
        Self { model, dims }
    }

    /// Reads `source` into `memory`; `below` has room for the rows of every other layer. `finals`:
    /// the state of each cell, zeros, which keeps the last one.
    #[inline(never)] // So that each phase of an encoding has its frame to itself.
    pub(crate) fn encode<'b>(
        &self,
        source: &[Token],
        [memory, below]: [&mut Blocks<'b>; 2],
        finals: &mut States<'_>,
        scratch: &mut Scratch<'_>,
        observer: &mut impl Observer,
        gate: &mut impl Gate,
    ) {
        let layers = self.model.dims().encoder_layers;
        // The top layer writes the memory, the one below it `below`, and so on in turn.
        let (mut read, mut write) = (below, memory);
        if layers.is_multiple_of(2) {
            mem::swap(&mut read, &mut write);
        }
        for layer in 0..layers {
            for direction in 0..self.dims.directions.count() {
                if gate.is_shut() {
                    return;
                }
                self.run(source, (layer, direction), [read, write], finals, scratch, gate);
            }
            for position in 0..write.len() {
                observer.observe(Site::EncoderLayer(layer as u8), position, write.row(position));
            }
            mem::swap(&mut read, &mut write);
        }
        for position in 0..read.len() {
            observer.observe(Site::Memory, position, read.row(position));
        }
    }

    /// One cell over all positions.
    fn run(
        &self,
        source: &[Token],
        (layer, direction): (usize, usize),
        [read, write]: [&mut Blocks<'_>; 2],
        finals: &mut States<'_>,
        scratch: &mut Scratch<'_>,
        gate: &mut impl Gate,
    ) {
        let index = layer.wrapping_mul(self.dims.directions.count()).wrapping_add(direction);
        let cell = CellLayer::of(self.model, Stack::Encoder, index, self.dims.cell);
        let table = self.model.find(Stack::Encoder, 0, Role::Embedding);
        let input = cell.input();
        for step in 0..source.len() {
            if !gate.opens() {
                continue;
            }
            let last = source.len().wrapping_sub(1);
            let position = if direction == 0 { step } else { last.wrapping_sub(step) };
            let exponent = if layer == 0 {
                let token = source.get(position).map_or(0, |&token| token.into());
                let width = self.model.dims().d_embedding;
                let stream = first_mut(scratch.stream, width);
                let wide = first_mut(scratch.wide, width);
                let exponent = look_up_anywhere((&table, self.model.hook()), token, wide, stream);
                input.input().narrow(stream, exponent, scratch.narrow)
            } else {
                let row = read.row(position);
                input.input().narrow(row.mantissas, row.exponent, scratch.narrow)
            };
            finals.step(index, &cell, exponent, scratch);
            let h = finals.h(index);
            write.update(position, |row, _| {
                merge(self.dims.directions, direction, h, H_EXPONENT, row)
            });
        }
    }
}
