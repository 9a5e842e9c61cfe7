//! Which matrices become int4, so that the model file fits into a budget.
//!
//! Each matrix that may is tried alone: what its int4 adds to the noise of the logits, and what it
//! saves. Those that harm least for a byte come first, until enough is saved; then those go back to
//! int8 for which there is room after all, the most harmful first. Noises of different matrices are
//! taken to add up, which small ones do.

use super::samples::Samples;
use super::section::{Entry, Part};
use super::{Draft, emitted};
use crate::problem::Problem;
use crate::progress;
use crate::quantise::Form;
use regard::format::Slot;
use regard::format::emit::section_bytes;
use regard::kernel::Layout;
use std::mem::swap;
use std::path::Path;

/// int4 for one matrix.
struct Candidate {
    /// Which section.
    index: usize,
    /// What it is not now: int4, or int8 if it was chosen.
    other: Entry,
    /// Bytes of the file.
    saved: usize,
    /// Noise of the logits.
    harm: f64,
}

/// A file that fits, and a sentence on how. `parts`: of the draft; those that nobody else has are forgotten
/// one by one · `data`: what the harm is measured on.
pub(super) fn meet(
    (draft, parts): (&mut Draft<'_>, Vec<(Slot, Part)>),
    (twin, data): (twin::Model, Option<&Path>),
    budget: usize,
    most_bits: u32,
) -> Result<(Vec<u32>, String), Problem> {
    let words = draft.finished()?;
    let samples = Samples::new(&twin, &words, data)?;
    drop(twin);
    if words.len() * 4 <= budget {
        return Ok((words, "\nall weights are int8: the file fits as it is".into()));
    }
    let whole = samples.power(&words)?;
    let bytes = words.len() * 4;
    drop(words);
    let mut candidates = candidates((draft, parts), most_bits, (&samples, whole.noise()))?;
    let most: usize = candidates.iter().map(|candidate| candidate.saved).sum();
    let (least, mut need) = (bytes - most, bytes - budget);
    // What the model answers to its self-test may become a little longer.
    let (chosen, words) = loop {
        let chosen = choose(&candidates, need).ok_or(Problem::Flash { budget, least })?;
        let mut exchange = |draft: &mut Draft<'_>| {
            for &place in &chosen {
                let candidate = &mut candidates[place];
                swap(&mut draft.entries[candidate.index].1, &mut candidate.other);
            }
        };
        exchange(draft);
        let words = draft.finished()?;
        match (words.len() * 4).saturating_sub(budget) {
            0 => break (chosen.len(), words),
            over => need += over,
        }
        exchange(draft);
    };
    let sqnr = samples.power(&words)?.sqnr();
    let all = draft.entries.iter().filter(|(_, entry)| entry.facts.is_some()).count();
    let remark = format!(
        "\nint4 in {chosen} of {all} matrices; logits: {:.1} dB above their noise as int8, {sqnr:.1} dB \
         so ({samples})",
        whole.sqnr()
    );
    Ok((words, remark))
}

/// Every matrix that int4 makes smaller, the least harmful for a byte first. `noise`: with none.
fn candidates(
    (draft, parts): (&mut Draft<'_>, Vec<(Slot, Part)>),
    most_bits: u32,
    (samples, noise): (&Samples, f64),
) -> Result<Vec<Candidate>, Problem> {
    let bar = progress::bar(parts.len() as u64, "matrices");
    let mut candidates = Vec::new();
    for (index, (slot, part)) in parts.into_iter().enumerate() {
        bar.inc(1);
        if !matches!(part, Part::Matrix(_)) || !draft.dims.takes(&slot, Layout::Fours) {
            continue;
        }
        let mut other = part.entry(Form { layout: Layout::Fours, most_bits });
        let padded = |entry: &Entry| section_bytes(entry.content.bytes());
        let saved = padded(&draft.entries[index].1).saturating_sub(padded(&other));
        swap(&mut draft.entries[index].1, &mut other);
        let harm = samples.power(&emitted(draft.dims, &draft.entries)?)?.noise() - noise;
        swap(&mut draft.entries[index].1, &mut other);
        candidates.push(Candidate { index, other, saved, harm: harm.max(0.0) });
    }
    bar.finish_and_clear();
    candidates.retain(|candidate| candidate.saved > 0);
    let per_byte = |candidate: &Candidate| candidate.harm / candidate.saved as f64;
    candidates.sort_by(|a, b| per_byte(a).total_cmp(&per_byte(b)));
    Ok(candidates)
}

/// The places of those that save `need` bytes; none if all together do not. `candidates`: in their order.
fn choose(candidates: &[Candidate], need: usize) -> Option<Vec<usize>> {
    let mut saved = 0;
    let enough = |&place: &usize| {
        let more = saved < need;
        saved += if more { candidates[place].saved } else { 0 };
        more
    };
    let mut chosen: Vec<usize> = (0..candidates.len()).take_while(enough).collect();
    if saved < need {
        return None;
    }
    chosen.sort_by(|&a, &b| candidates[b].harm.total_cmp(&candidates[a].harm));
    chosen.retain(|&place| {
        let spare = saved - need >= candidates[place].saved;
        saved -= if spare { candidates[place].saved } else { 0 };
        !spare
    });
    Some(chosen)
}
