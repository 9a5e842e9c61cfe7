//! How text becomes the pieces that a word table lists.
//!
//! ```text
//! tokenizer.json, spiece.model ───────► tokens in the order of their ids ┐
//! source.spm, target.spm (Marian) ────► pieces with scores               ├─► by their text ─► ids of the table
//! merges.txt and vocab.json (BART) ───► pieces in bytes                  ┘
//! ```
//! A tokenizer that the engine does not have is no reason to refuse a model: its tokens can be given as ids.

use crate::Error;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use tokenizer::{Found, Tokenizer};

/// The tokenizer of a side, whose tokens are `words`: `given`, or the likeliest of the folder.
pub(super) fn read(
    folder: &Path,
    given: Option<&PathBuf>,
    files: &[&str],
    words: &[String],
    remarks: &mut Vec<String>,
) -> Result<Option<Tokenizer>, Error> {
    let beside = files.iter().map(|file| folder.join(file)).find(|path| path.is_file());
    let Some(path) = given.cloned().or(beside) else {
        if let Some(piece) = words.iter().find(|word| word.starts_with(['▁', 'Ġ'])) {
            remarks.push(format!(
                "the folder has words such as {piece:?}, but nothing that says how text is split into them ({}); \
                 so give ids with `regard run --ids`",
                files.join(", ")
            ));
        }
        return Ok(None);
    };
    let found = match Found::read(&path) {
        Ok(found) => found,
        Err(error) if given.is_some() => return Err(error.into()),
        Err(error) => {
            remarks.push(format!("{error}; so give ids with `regard run --ids`"));
            return Ok(None);
        }
    };
    let ids: HashMap<&str, u32> = words.iter().map(String::as_str).zip(0..).collect();
    let id = |old: u32| ids.get(found.words.get(old as usize)?.as_str()).copied();
    let lost = (0..found.words.len() as u32).filter(|&old| id(old).is_none()).count();
    if lost == found.words.len() {
        let why = "has no piece that is a word of the model";
        if given.is_some() {
            return Err(Error::Model { path, why: why.into() });
        }
        remarks.push(format!("{} {why}; so give ids with `regard run --ids`", path.display()));
        return Ok(None);
    }
    if lost > 0 {
        remarks.push(format!(
            "{lost} pieces of {} are no words of the model; text is split without them",
            path.display()
        ));
    }
    Ok(Some(found.tokenizer.clone().renumbered(words.len(), id)))
}
