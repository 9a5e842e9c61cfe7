//! The weights that a model file has against those of the float twin.

use super::section::{self, Float, Part};
use super::smooth;
use crate::quantise::Form;
use crate::report::Error;
use regard::Model;
use regard::format::{Kind, Section, Slot};

/// Of each section; no numbers of what is no matrix, or of another shape than the twin's. A file that was
/// smoothed is nearest to the twin's weights smoothed alike, and compared with those.
pub(crate) fn compared(model: &Model<'_>, twin: &twin::Model) -> Vec<Error> {
    let matrices = model.sections().filter(|(slot, _)| slot.kind() == Kind::Matrix);
    let widest = matrices.map(|(_, section)| section.bits).max().unwrap_or(0);
    let smoothed = [Form::INT8.most_bits, widest].map(|most_bits| {
        let mut twin = twin.clone();
        let done = smooth::smooth(&mut twin, Form { most_bits, ..Form::INT8 }).any();
        done.then(|| against(model, &twin))
    });
    let all = std::iter::once(against(model, twin)).chain(smoothed.into_iter().flatten());
    let nearness = |errors: &Vec<Error>| errors.iter().filter_map(|error| error.sqnr).sum::<f64>();
    all.max_by(|a, b| nearness(a).total_cmp(&nearness(b))).unwrap_or_default()
}

fn against(model: &Model<'_>, twin: &twin::Model) -> Vec<Error> {
    let error = |(slot, section): (Slot, Section<'_>)| match slot.kind() {
        Kind::Matrix => of_matrix(&slot, &section, twin).unwrap_or_default(),
        _ => Error::default(),
    };
    model.sections().map(error).collect()
}

fn of_matrix(slot: &Slot, section: &Section<'_>, twin: &twin::Model) -> Option<Error> {
    let Part::Matrix(float) = section::of(slot, twin) else { return None };
    let Float { weight, factor, .. } = float.rows();
    if weight.dim() != (slot.rows, slot.columns) {
        return None;
    }
    let (matrix, unit) = (section.matrix(), f64::from(section.scale_exponent).exp2());
    let (mut signal, mut noise, mut largest) = (0.0, 0.0, 0.0_f64);
    for ((row, column), &weight) in weight.indexed_iter() {
        let scale = f64::from(matrix.multiplier(row) >> 16) * unit;
        let weight = f64::from(weight) * factor;
        let error = (weight - f64::from(matrix.weight(row, column)) * scale).abs();
        signal += weight * weight;
        noise += error * error;
        largest = largest.max(error);
    }
    let sqnr = (noise > 0.0).then(|| 10.0 * (signal / noise).log10());
    Some(Error { sqnr, largest: Some(largest / factor) })
}
