//! `Dense` layers of a recurrent decoder under our names, and its attention.
//!
//! A layer `decoder.attention.query` is the one whose path ends in `attention/query` or
//! `attention_query`; the i-th of `decoder.bridge.{i}` ends in `bridge_{i}`, or is `bridge/dense_{i}` of a
//! list, without a number if it is the first.

use super::layers::{bias, dense, matrix, var};
use super::named::modules;
use crate::Error;
use crate::taken::Taken;
use ndarray::{Axis, Ix1};
use twin::recurrent::{Cell, DecoderConfig, EnergyKind, GateKind, StartKind};

/// `Dense` layers of a recurrent decoder under our names.
pub(super) fn take(
    taken: &mut Taken,
    c: &DecoderConfig,
    memory: usize,
    ends: usize,
) -> Result<(), Error> {
    let mut all: Vec<(String, [usize; 2])> = Vec::new();
    let start = match c.start {
        StartKind::Bridge(_) => Some(ends),
        StartKind::Mean(_) => Some(memory),
        StartKind::Zero | StartKind::Last | StartKind::Cells => None,
    };
    for (i, width) in (0..c.layers).filter_map(|i| Some((i, start?))) {
        all.push((format!("bridge.{i}"), [c.hidden, width]));
        if c.cell == Cell::Lstm {
            all.push((format!("bridge_cell.{i}"), [c.hidden, width]));
        }
    }
    if let Some(kind) = c.context_gate {
        let rows = if kind == GateKind::Scalar { 1 } else { memory };
        all.push(("context_gate".into(), [rows, c.hidden]));
    }
    if let Some(rows) = c.readout {
        all.push(("readout".into(), [rows, c.width_of(&c.output_reads, memory)]));
    }
    match c.attention.as_ref().map(|attention| attention.energy) {
        Some(EnergyKind::Additive { d_attention, .. }) => {
            all.push(("attention.query".into(), [d_attention, c.hidden]));
            all.push(("attention.key".into(), [d_attention, memory]));
            energy(taken, d_attention)?;
        }
        Some(EnergyKind::General) => {
            let (weight, theirs) = ("decoder.attention.key.weight", linear(taken, "attention.key"));
            let key = matrix(taken, &theirs, [c.hidden, memory])?;
            taken.put(weight, key);
            // It adds the same to all energies.
            bias(taken, &theirs, c.hidden)?;
        }
        _ => {}
    }
    for (name, shape) in all {
        let theirs = linear(taken, &name);
        dense(taken, &theirs, &format!("decoder.{name}"), shape)?;
    }
    Ok(())
}

/// The path of a `Dense` of the decoder: `decoder/attention/query`, `decoder/bridge`, which is the only
/// one, `decoder/bridge_1`, or `decoder/bridge/dense_1` of a list.
fn linear(taken: &mut Taken, name: &str) -> String {
    let path = name.replace('.', "/");
    let all = modules(taken, |_, _| true);
    let number =
        name.rsplit_once('.').and_then(|(module, i)| Some((module, i.parse::<usize>().ok()?)));
    let mut ends = vec![format!("/{path}"), format!("/{}", name.replace('.', "_"))];
    if let Some((module, i)) = number {
        let end = if i == 0 { String::new() } else { format!("_{i}") };
        ends.extend([format!("/{module}{end}"), format!("/{module}/dense{end}")]);
    }
    let found = all.iter().find(|path| ends.iter().any(|end| format!("/{path}").ends_with(end)));
    found.cloned().unwrap_or_else(|| format!("decoder/{path}"))
}

/// v of additive attention: a `Dense` of one unit, whose bias adds the same to all energies, or the
/// scale of an `AdditiveAttention`.
fn energy(taken: &mut Taken, d_attention: usize) -> Result<(), Error> {
    let ours = "decoder.attention.energy.weight";
    let mut theirs = linear(taken, "attention.energy");
    if !taken.store().has(&var(&theirs, 0)) {
        let scales = modules(taken, |path, shape| shape.len() == 1 && path.ends_with("attention"));
        theirs = scales.first().cloned().unwrap_or(theirs);
    }
    if taken.store().shape(&var(&theirs, 0)).is_some_and(|shape| shape.len() == 1) {
        let scale = taken.store().take::<Ix1>(&var(&theirs, 0), &[d_attention])?;
        taken.put(ours, scale.insert_axis(Axis(0)));
        return Ok(());
    }
    let weight = matrix(taken, &theirs, [1, d_attention])?;
    taken.put(ours, weight);
    bias(taken, &theirs, 1)?;
    Ok(())
}
