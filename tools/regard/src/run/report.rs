//! One answer as JSON.

use super::{Answer, Speaker};
use crate::answer;
use crate::cli::RunArgs;
use crate::given::Given;
use serde::Serialize;
use std::path::Path;

/// What was asked, and what was said.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ids: Option<&'a [u32]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_words: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<&'a Path>,
    /// Rows and columns of the places that alignments are of.
    #[serde(skip_serializing_if = "Option::is_none")]
    places: Option<[usize; 2]>,
    ids: Vec<u32>,
    words: Vec<String>,
    text: String,
    log_score: f64,
    /// `[target_len × source_len]`
    alignment: Vec<&'a [f32]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logits: Option<Vec<&'a answer::Logits>>,
}

impl<'a> Report<'a> {
    pub(super) fn new(speaker: &Speaker, args: &'a RunArgs, answer: &'a Answer) -> Self {
        let (engine, steps) = (&speaker.engine, &answer.steps);
        let source_ids = match &answer.given {
            Given::Tokens(ids) => Some(ids.as_slice()),
            Given::Picture(_) => None,
        };
        let word = |&id: &u32| engine.source_word(id);
        Self {
            source_ids,
            source_words: source_ids.map(|ids| ids.iter().map(word).collect()),
            picture: args.picture.as_deref(),
            places: engine.places(),
            ids: steps.iter().map(|step| step.token).collect(),
            words: steps.iter().map(|step| engine.target_word(step.token)).collect(),
            text: speaker.text(answer),
            log_score: answer::log_score(steps),
            alignment: steps.iter().map(|step| step.alignment.as_slice()).collect(),
            logits: args.logits.then(|| steps.iter().map(|step| &step.logits).collect()),
        }
    }
}
