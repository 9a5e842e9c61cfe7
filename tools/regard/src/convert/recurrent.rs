//! The sections of recurrent encoders and decoders.
//!
//! The engine wants the rows of a cell unit after unit (all gates of unit 0, of unit 1, …), the
//! twin has them gate after gate. log₂e is folded into what makes energies: its softmax counts in
//! octaves.

use super::section::{Entry, linear, matrix, table};
use ndarray::{Array1, Array2, Axis};
use regard::format::emit::Content;
use regard::format::{Role, Slot};
use std::f64::consts::LOG2_E;
use twin::Linear;
use twin::recurrent::{Attention, Bridge, Cell, CellWeights, DecoderWeights, EncoderWeights};
use twin::recurrent::{Energy, Reset, Start};

/// Of an encoder: the directions of a layer follow each other.
pub(super) fn of_encoder(slot: &Slot, encoder: &EncoderWeights) -> Entry {
    let directions = encoder
        .layers
        .iter()
        .flat_map(|layer| std::iter::once(&layer.forward).chain(layer.backward.as_ref()));
    directions.into_iter().nth(slot.layer).map_or_else(nothing, |cell| in_cell(slot.role, cell))
}

/// Of a decoder.
pub(super) fn of_decoder(slot: &Slot, decoder: &DecoderWeights) -> Entry {
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

fn nothing() -> Entry {
    table(Content::default())
}

fn in_attention(role: Role, attention: &Attention) -> Entry {
    match (role, &attention.energy) {
        (Role::AttentionQuery, Energy::Additive { query, .. }) => linear(query),
        (Role::AttentionKey, Energy::Additive { key, .. }) => matrix(key, None, 1.0),
        (Role::AttentionKey, Energy::General { key }) => matrix(key, None, LOG2_E),
        (_, Energy::Additive { energy, .. }) => {
            matrix(&energy.clone().insert_axis(Axis(0)), None, LOG2_E)
        }
        _ => nothing(),
    }
}

fn in_cell(role: Role, weights: &CellWeights) -> Entry {
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
fn by_unit(linear: &Linear, hidden: usize, gates: std::ops::Range<usize>) -> Entry {
    let gates = &gates;
    let rows: Vec<usize> =
        (0..hidden).flat_map(|unit| gates.clone().map(move |gate| gate * hidden + unit)).collect();
    let weight: Array2<f32> = linear.weight.select(Axis(0), &rows);
    let bias: Option<Array1<f32>> = linear.bias.as_ref().map(|bias| bias.select(Axis(0), &rows));
    matrix(&weight, bias.as_ref(), 1.0)
}
