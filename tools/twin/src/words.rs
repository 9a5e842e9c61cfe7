//! The word tables of `model.json`.

use crate::Error;
use crate::description::{MOST, wrong};
use crate::tokenizer::Tokenizer;
use serde::Deserialize;
use std::collections::HashSet;

/// The words of the source side.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceTable {
    /// Word of each id.
    pub words: Vec<String>,
    /// Fills batches; no attention looks at it.
    pub pad: u32,
    /// Part of the table; not used by sources.
    pub bos: Option<u32>,
    /// Appended to each sentence when present.
    pub eos: Option<u32>,
    /// Whether text is split into letters, not into words.
    #[serde(default)]
    pub letters: bool,
    /// How text becomes pieces of words, if they are no whole words.
    pub tokenizer: Option<Tokenizer>,
}

/// The words of the target side.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetTable {
    /// Word of each id.
    pub words: Vec<String>,
    /// Fills batches; never said.
    pub pad: u32,
    /// The first token fed to the decoder; some models have no mark of its own for it, and take
    /// `pad` or `eos`.
    pub bos: u32,
    /// Ends a sentence.
    pub eos: u32,
    /// How pieces of words become text, if they are no whole words.
    pub tokenizer: Option<Tokenizer>,
}

impl SourceTable {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let marks = [Some(self.pad), self.bos, self.eos];
        let words = (self.words.as_slice(), self.tokenizer.is_some());
        check_table("source", words, marks.into_iter().flatten())
    }
}

impl TargetTable {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let own = self.bos != self.pad && self.bos != self.eos;
        let marks = [Some(self.pad), own.then_some(self.bos), Some(self.eos)];
        let words = (self.words.as_slice(), self.tokenizer.is_some());
        check_table("target", words, marks.into_iter().flatten())
    }
}

/// `marks`: those of pad, bos and eos that must differ. `pieces`: they are no whole words, and may have
/// blanks in them.
fn check_table(
    field: &str,
    (words, pieces): (&[String], bool),
    marks: impl IntoIterator<Item = u32>,
) -> Result<(), Error> {
    if !(1..=MOST).contains(&words.len()) {
        return wrong(field, format!("has {} words; it must have 1 to {MOST}", words.len()));
    }
    let mut seen = HashSet::new();
    for (id, word) in words.iter().enumerate() {
        if word.is_empty() || !pieces && word.chars().any(char::is_whitespace) {
            return wrong(
                field,
                format!("word {id} is {word:?}; a word has no spaces and is not empty"),
            );
        }
        if !seen.insert(word) {
            return wrong(field, format!("lists the word {word:?} twice"));
        }
    }
    let mut taken = HashSet::new();
    for id in marks {
        if id as usize >= words.len() {
            let why = format!("gives a mark the id {id}, but has {} words", words.len());
            return wrong(field, why);
        }
        if !taken.insert(id) {
            return wrong(field, format!("gives two of pad, bos and eos the id {id}"));
        }
    }
    Ok(())
}
