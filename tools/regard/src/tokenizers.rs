//! The description of a model, with the words and tokenizers of files beside it.

use crate::cli::Tokenizers;
use crate::problem::Problem;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tokenizer::{Found, Host, Marks, Tokenizer};
use twin::{Description, TargetTable};

impl Tokenizers {
    /// The files that are read.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = &PathBuf> {
        [&self.tokenizer, &self.source_tokenizer, &self.target_tokenizer].into_iter().flatten()
    }

    /// Reads a description, whose sides have the words of these files.
    pub(crate) fn describe(&self, config: &Path) -> Result<Description, Problem> {
        let read = |own: &Option<PathBuf>| {
            own.as_ref().or(self.tokenizer.as_ref()).map(|path| Found::read(path)).transpose()
        };
        let sides =
            [("source", read(&self.source_tokenizer)?), ("target", read(&self.target_tokenizer)?)];
        if sides.iter().all(|(_, found)| found.is_none()) {
            return Ok(Description::read(config)?);
        }
        Ok(Description::read_with(config, |value| {
            for (side, found) in sides {
                if let Some(found) = found {
                    place(&mut value[side], found);
                }
            }
            if let Some(object) = value.as_object_mut() {
                object.entry("lowercase").or_insert(Value::Bool(false));
            }
        })?)
    }
}

/// Words and tokenizer go to a side; marks too, if it does not say them itself.
fn place(side: &mut Value, found: Found) {
    if side.is_null() {
        *side = json!({});
    }
    let Some(side) = side.as_object_mut() else { return };
    let Marks { pad, bos, eos } = found.marks;
    for (name, mark) in [("pad", pad), ("bos", bos), ("eos", eos)] {
        if let (false, Some(mark)) = (side.contains_key(name), mark) {
            side.insert(name.to_owned(), json!(mark));
        }
    }
    side.insert("words".to_owned(), json!(found.words));
    side.insert("tokenizer".to_owned(), json!(found.tokenizer));
}

/// The engine's tokenizer for texts of the target, if those are pieces of words.
pub(crate) fn of_target(target: &TargetTable) -> Result<Option<Host>, Problem> {
    let Some(tokenizer) = &target.tokenizer else { return Ok(None) };
    // What goes before a source does not go before a target.
    let tokenizer = Tokenizer { start: None, ..tokenizer.clone() };
    let marks = Marks { pad: Some(target.pad), bos: Some(target.bos), eos: Some(target.eos) };
    Ok(Some(Host::new(&tokenizer, &target.words, marks)?))
}
