//! The sections of recurrent encoders and decoders.
//!
//! The engine wants the rows of a cell unit after unit (all gates of unit 0, of unit 1, …), the
//! twin has them gate after gate. log₂e is folded into what makes energies: its softmax counts in
//! octaves.

use super::section::{Float, Part, linear, matrix, table};
use ndarray::Axis;
use regard::format::emit::Content;
use regard::format::{Role, Slot};
use std::f64::consts::LOG2_E;
use twin::Linear;
use twin::recurrent::{Attention, Bridge, Cell, CellWeights, DecoderWeights, EncoderWeights};
use twin::recurrent::{Energy, Reset, Start};

/// Of an encoder: the directions of a layer follow each other.
pub(super) fn of_encoder(slot: &Slot, encoder: &EncoderWeights) -> Part {
    let directions = encoder
        .layers
        .iter()
        .flat_map(|layer| std::iter::once(&layer.forward).chain(layer.backward.as_ref()));
    directions.into_iter().nth(slot.layer).map_or_else(nothing, |cell| in_cell(slot.role, cell))
}

/// Of a decoder.
pub(super) fn of_decoder(slot: &Slot, decoder: &DecoderWeights) -> Part {
    let bridge: Option<&Bridge> = match &decoder.start {
        Start::Zero | Start::Last | Start::Cells => None,
        Start::Bridge(layers) | Start::Mean(layers) => layers.get(slot.layer),
    };
    let maybe = |part: Option<&Linear>| part.map_or_else(nothing, linear);
    match slot.role {
        Role::Bridge => maybe(bridge.map(|bridge| &bridge.hidden)),
        Role::BridgeCell => maybe(bridge.and_then(|bridge| bridge.cell.as_ref())),
        Role::ContextGate => maybe(decoder.context_gate.as_ref()),
        Role::Readout => maybe(decoder.readout.as_ref()),
        Role::AttentionQuery | Role::AttentionKey | Role::AttentionEnergy => {
            decoder.attention.as_ref().map_or_else(nothing, |of| in_attention(slot.role, of))
        }
        role => in_cell(role, &decoder.cells[slot.layer]),
    }
}

fn nothing() -> Part {
    table(Content::default())
}

fn in_attention(role: Role, attention: &Attention) -> Part {
    match (role, &attention.energy) {
        (Role::AttentionQuery, Energy::Additive { query, .. }) => linear(query),
        (Role::AttentionKey, Energy::Additive { key, .. }) => matrix(key, None, 1.0),
        (Role::AttentionKey, Energy::General { key }) => matrix(key, None, LOG2_E),
        (_, Energy::Additive { energy, .. }) => {
            matrix(&energy.clone().insert_axis(Axis(0)).into_shared(), None, LOG2_E)
        }
        _ => nothing(),
    }
}

fn in_cell(role: Role, weights: &CellWeights) -> Part {
    let gates = weights.cell.gates();
    let hidden = weights.recurrent.weight.ncols();
    let before = weights.cell == Cell::Gru(Reset::Before);
    match role {
        Role::CellInput => by_unit(&weights.input, hidden, 0..gates),
        Role::CellState if before => by_unit(&weights.recurrent, hidden, 0..2),
        Role::CellState => by_unit(&weights.recurrent, hidden, 0..gates),
        _ => by_unit(&weights.recurrent, hidden, 2..3),
    }
}

/// Some gates of every unit.
fn by_unit(linear: &Linear, hidden: usize, gates: std::ops::Range<usize>) -> Part {
    let gates = &gates;
    let rows =
        (0..hidden).flat_map(|unit| gates.clone().map(move |gate| gate * hidden + unit)).collect();
    let (weight, bias) = (linear.weight.clone(), linear.bias.clone());
    Part::Matrix(Float { weight, bias, factor: 1.0, rows: Some(rows) })
}
