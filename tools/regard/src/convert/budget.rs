//! Which matrices become int4, so that the model file fits into a budget.
//!
//! Each matrix that may is tried alone: what its int4 adds to the noise of the logits, and what it
//! saves. Those that harm least for a byte come first, until enough is saved; then those go back to
//! int8 for which there is room after all, the most harmful first. Noises of different matrices are
//! taken to add up, which small ones do.

use super::samples::Samples;
use super::section::Entry;
use super::{Draft, emitted};
use crate::problem::Problem;
use crate::progress;
use crate::quantise::Form;
use regard::format::emit::section_bytes;
use regard::kernel::Layout;
use std::path::Path;

/// int4 for one matrix.
struct Candidate {
    /// Which section.
    index: usize,
    entry: Entry,
    /// Bytes of the file.
    saved: usize,
    /// Noise of the logits.
    harm: f64,
}

/// A file that fits, and a sentence on how. `data`: what the harm is measured on.
pub(super) fn meet(
    draft: &mut Draft<'_>,
    (twin, data): (&twin::Model, Option<&Path>),
    budget: usize,
    most_bits: u32,
) -> Result<(Vec<u32>, String), Problem> {
    let mut words = draft.finished()?;
    let samples = Samples::new(twin, &words, data)?;
    if words.len() * 4 <= budget {
        return Ok((words, "\nall weights are int8: the file fits as it is".into()));
    }
    let whole = samples.power(&words)?;
    let candidates = candidates(draft, most_bits, (&samples, whole.noise()))?;
    let int8: Vec<Entry> = draft.entries.iter().map(|(_, entry)| entry.clone()).collect();
    let most: usize = candidates.iter().map(|candidate| candidate.saved).sum();
    let least = words.len() * 4 - most;
    let mut need = words.len() * 4 - budget;
    // What the model answers to its self-test may become a little longer.
    let chosen = loop {
        let chosen = choose(&candidates, need).ok_or(Problem::Flash { budget, least })?;
        for ((_, entry), int8) in draft.entries.iter_mut().zip(&int8) {
            entry.clone_from(int8);
        }
        for candidate in &chosen {
            draft.entries[candidate.index].1.clone_from(&candidate.entry);
        }
        words = draft.finished()?;
        match (words.len() * 4).saturating_sub(budget) {
            0 => break chosen.len(),
            over => need += over,
        }
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
    draft: &Draft<'_>,
    most_bits: u32,
    (samples, noise): (&Samples, f64),
) -> Result<Vec<Candidate>, Problem> {
    let bar = progress::bar(draft.entries.len() as u64, "matrices");
    let mut candidates = Vec::new();
    let mut entries = draft.entries.clone();
    for (index, (slot, int8)) in draft.entries.iter().enumerate() {
        bar.inc(1);
        if int8.facts.is_none() || !draft.dims.takes(slot, Layout::Fours) {
            continue;
        }
        let entry = int8.formed(Form { layout: Layout::Fours, most_bits });
        let padded = |entry: &Entry| section_bytes(entry.content.bytes());
        let saved = padded(int8).saturating_sub(padded(&entry));
        entries[index].1.clone_from(&entry);
        let harm = samples.power(&emitted(draft.dims, &entries)?)?.noise() - noise;
        entries[index].1.clone_from(int8);
        candidates.push(Candidate { index, entry, saved, harm: harm.max(0.0) });
    }
    bar.finish_and_clear();
    candidates.retain(|candidate| candidate.saved > 0);
    let per_byte = |candidate: &Candidate| candidate.harm / candidate.saved as f64;
    candidates.sort_by(|a, b| per_byte(a).total_cmp(&per_byte(b)));
    Ok(candidates)
}

/// Those that save `need` bytes; none if all together do not. `candidates`: in their order.
fn choose(candidates: &[Candidate], need: usize) -> Option<Vec<&Candidate>> {
    let mut saved = 0;
    let enough = |candidate: &&Candidate| {
        let more = saved < need;
        saved += if more { candidate.saved } else { 0 };
        more
    };
    let mut chosen: Vec<&Candidate> = candidates.iter().take_while(enough).collect();
    if saved < need {
        return None;
    }
    chosen.sort_by(|a, b| b.harm.total_cmp(&a.harm));
    chosen.retain(|candidate| {
        let spare = saved - need >= candidate.saved;
        saved -= if spare { candidate.saved } else { 0 };
        !spare
    });
    Some(chosen)
}
