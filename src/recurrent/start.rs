//! The first state of a recurrent decoder, from what the encoder left.

use super::states::{H_EXPONENT, Part};
use super::{States, merge};
use crate::format::{Directions, EncoderKind, Model, RecurrentDecoderDims, Role, Stack, Start};
use crate::gate::Gate;
use crate::layer::{Blocks, Linear, Scratch, block, first, first_mut};
use crate::number::{Block, bend, narrow, round_shift};

/// Fills `states`, zeros, a state for each layer of the decoder. `finals`: the last state of each
/// cell of the encoder; of encoders without cells, nothing asks for them.
#[inline(never)] // A phase of the encoding, with a frame to itself.
pub(crate) fn start(
    model: &Model<'_>,
    decoder: &RecurrentDecoderDims,
    memory: &Blocks<'_>,
    finals: &States<'_>,
    states: &mut States<'_>,
    scratch: &mut Scratch<'_>,
    gate: &mut impl Gate,
) {
    let directions = match &model.dims().encoder {
        // Cells one by one are as layers of one direction.
        EncoderKind::Recurrent(encoder) if decoder.start != Start::Cells => encoder.directions,
        _ => Directions::Forward,
    };
    let first = First { model, decoder, memory, finals, directions };
    for layer in 0..model.dims().decoder_layers {
        for &part in states.parts() {
            if gate.opens() {
                states.set(layer, part, |out| first.write(layer, part, scratch, out));
            }
        }
    }
}

/// What first states are made of.
struct First<'s> {
    model: &'s Model<'s>,
    decoder: &'s RecurrentDecoderDims,
    memory: &'s Blocks<'s>,
    finals: &'s States<'s>,
    directions: Directions,
}

impl First<'_> {
    /// Writes a part of the state of a layer. Returns its exponent.
    #[inline(never)] // For the flash.
    fn write(&self, layer: usize, part: Part, scratch: &mut Scratch<'_>, out: &mut [i16]) -> i32 {
        match self.decoder.start {
            Start::Zero => part.least_exponent(),
            Start::Last | Start::Cells => self.last(layer, part, out),
            Start::Bridge | Start::Mean => self.bridge(layer, part, scratch, out),
        }
    }

    /// A part of the last states of both directions of a layer of the encoder, or twice the same.
    fn ends(&self, layer: usize, part: Part) -> [Block<'_>; 2] {
        let each = self.directions.count();
        let (first, next) = (layer.wrapping_mul(each), layer.wrapping_add(1).wrapping_mul(each));
        [self.finals.get(first, part), self.finals.get(next.wrapping_sub(1), part)]
    }

    /// The last state of a layer of the encoder, made as rows of the memory are.
    fn last(&self, layer: usize, part: Part, out: &mut [i16]) -> i32 {
        let [a, b] = self.ends(layer, part);
        let common = a.exponent.max(b.exponent);
        merge(self.directions, 0, a, common, out);
        merge(self.directions, 1, b, common, out)
    }

    /// A linear layer over the top layer's last states h, side by side, or over the mean of the
    /// memory's rows.
    fn bridge(&self, layer: usize, part: Part, scratch: &mut Scratch<'_>, out: &mut [i16]) -> i32 {
        let role = if part == Part::H { Role::Bridge } else { Role::BridgeCell };
        let linear = Linear::of(self.model, Stack::Decoder, layer, role);
        let exponent = if self.decoder.start == Start::Mean {
            let wide = first_mut(scratch.wide, self.memory.width());
            let exponent = mean(self.memory, wide);
            linear.input().narrow(wide, exponent, scratch.narrow)
        } else {
            let top = self.model.dims().encoder_layers.wrapping_sub(1);
            let [a, b] = self.ends(top, Part::H);
            let b = if self.directions == Directions::Forward { Block::NONE } else { b };
            linear.input().join([a, b, Block::NONE], scratch.narrow)
        };
        let wide = first_mut(scratch.wide, linear.rows());
        let x = block(first(scratch.narrow, linear.columns()), exponent);
        let exponent = apply_bent(&linear, x, self.decoder.bridge_tanh, wide);
        narrow(wide, exponent, 16, part.least_exponent(), out)
    }
}

/// A linear layer and, if asked for, tanh of what it makes. Returns the exponent of `out`.
#[inline(never)] // For the flash.
pub(crate) fn apply_bent(linear: &Linear<'_>, x: Block<'_>, tanh: bool, out: &mut [i32]) -> i32 {
    let exponent = linear.apply(x, out);
    if tanh {
        bend(out, exponent);
        return H_EXPONENT;
    }
    exponent
}

/// The mean of the rows. `out`: `[width]`. Returns its exponent.
fn mean(rows: &Blocks<'_>, out: &mut [i32]) -> i32 {
    const FRACTION: i32 = 4;
    let common = rows.common_exponent();
    out.fill(0);
    for position in 0..rows.len() {
        let row = rows.row(position);
        let down = common.wrapping_sub(row.exponent) as u32;
        for (out, &m) in out.iter_mut().zip(row.mantissas) {
            *out = out.wrapping_add(round_shift(m.into(), down));
        }
    }
    // Raised by 2²⁰ and lowered again: division of natural numbers rounds down. (At most 2¹⁰ rows.)
    let len = rows.len() as u32;
    for out in out.iter_mut() {
        let raised = (*out << FRACTION) as u32;
        let raised = raised.wrapping_add(len << 20).wrapping_add(len / 2);
        *out = raised.checked_div(len).unwrap_or(0).wrapping_sub(1 << 20) as i32;
    }
    common.wrapping_sub(FRACTION)
}
