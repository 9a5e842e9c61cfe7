//! The object that describes a recurrent side.

use crate::Error;
use crate::description::wrong;
use crate::recurrent::{
    AttentionConfig, Cell, DecoderConfig, Directions, EncoderConfig, EnergyFunction, EnergyKind,
    Function, GateKind, Merge, Part, Query, Reset, StartKind,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EncoderFields {
    cell: CellName,
    reset: Option<Reset>,
    hidden: usize,
    layers: usize,
    #[serde(default)]
    directions: DirectionsName,
    merge: Option<Merge>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DecoderFields {
    cell: CellName,
    reset: Option<Reset>,
    hidden: usize,
    layers: usize,
    start: StartName,
    bridge_activation: Option<Function>,
    attention: Option<AttentionFields>,
    context_gate: Option<GateKind>,
    cell_reads: Vec<Part>,
    output_reads: Vec<Part>,
    readout: Option<usize>,
    readout_activation: Option<Function>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttentionFields {
    kind: EnergyName,
    d_attention: Option<usize>,
    activation: Option<EnergyFunction>,
    #[serde(default)]
    query: Query,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum CellName {
    Rnn,
    Gru,
    Lstm,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DirectionsName {
    #[default]
    Forward,
    Both,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StartName {
    Zero,
    Last,
    Bridge,
    Mean,
    Cells,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum EnergyName {
    Additive,
    Dot,
    General,
    Scaled,
}

impl EncoderFields {
    pub(super) fn config(self, d_embedding: usize) -> Result<EncoderConfig, Error> {
        let directions = match (self.directions, self.merge) {
            (DirectionsName::Forward, None) => Directions::Forward,
            (DirectionsName::Both, merge) => Directions::Both(merge.unwrap_or_default()),
            (DirectionsName::Forward, Some(_)) => {
                return wrong("encoder.merge", "is given, but there is one direction".into());
            }
        };
        Ok(EncoderConfig {
            d_embedding,
            cell: cell("encoder.reset", self.cell, self.reset)?,
            hidden: self.hidden,
            layers: self.layers,
            directions,
        })
    }
}

impl DecoderFields {
    pub(super) fn config(self, d_embedding: usize) -> Result<DecoderConfig, Error> {
        if self.readout.is_none() && self.readout_activation.is_some() {
            let why = "is given, but there is no readout".into();
            return wrong("decoder.readout_activation", why);
        }
        Ok(DecoderConfig {
            d_embedding,
            cell: cell("decoder.reset", self.cell, self.reset)?,
            hidden: self.hidden,
            layers: self.layers,
            start: start(self.start, self.bridge_activation)?,
            attention: self.attention.map(attention).transpose()?,
            context_gate: self.context_gate,
            cell_reads: self.cell_reads,
            output_reads: self.output_reads,
            readout: self.readout,
            readout_function: self.readout_activation.unwrap_or_default(),
        })
    }
}

fn cell(field: &str, name: CellName, reset: Option<Reset>) -> Result<Cell, Error> {
    match (name, reset) {
        (CellName::Gru, reset) => Ok(Cell::Gru(reset.unwrap_or_default())),
        (CellName::Rnn, None) => Ok(Cell::Rnn),
        (CellName::Lstm, None) => Ok(Cell::Lstm),
        (_, Some(_)) => wrong(field, "is given, but only a GRU has a reset gate".into()),
    }
}

fn start(name: StartName, function: Option<Function>) -> Result<StartKind, Error> {
    match (name, function) {
        (StartName::Bridge, function) => Ok(StartKind::Bridge(function.unwrap_or_default())),
        (StartName::Mean, function) => Ok(StartKind::Mean(function.unwrap_or_default())),
        (StartName::Zero, None) => Ok(StartKind::Zero),
        (StartName::Last, None) => Ok(StartKind::Last),
        (StartName::Cells, None) => Ok(StartKind::Cells),
        (_, Some(_)) => {
            let why = "is given, but only the starts \"bridge\" and \"mean\" have a bridge";
            wrong("decoder.bridge_activation", why.into())
        }
    }
}

fn attention(fields: AttentionFields) -> Result<AttentionConfig, Error> {
    let field = "decoder.attention.d_attention";
    if fields.activation.is_some() && !matches!(fields.kind, EnergyName::Additive) {
        let why = "is given, but only additive attention has it".into();
        return wrong("decoder.attention.activation", why);
    }
    let energy = match (fields.kind, fields.d_attention) {
        (EnergyName::Additive, Some(d_attention)) => {
            let function = fields.activation.unwrap_or_default();
            EnergyKind::Additive { d_attention, function }
        }
        (EnergyName::Dot, None) => EnergyKind::Dot,
        (EnergyName::General, None) => EnergyKind::General,
        (EnergyName::Scaled, None) => EnergyKind::Scaled,
        (EnergyName::Additive, None) => {
            return wrong(field, "is missing; additive attention needs it".into());
        }
        (_, Some(_)) => return wrong(field, "is given, but only additive attention has it".into()),
    };
    Ok(AttentionConfig { energy, query: fields.query })
}
