//! How text becomes the pieces that a word table lists.
//!
//! ```text
//! tokenizer.json, spiece.model ───────► tokens in the order of their ids ┐
//! source.spm, target.spm (Marian) ────► pieces with scores               ├─► by their text ─► ids of the table
//! ```
//! A tokenizer that the engine does not have is no reason to refuse a model: its tokens can be given as ids.

use std::collections::HashMap;
use std::path::Path;
use tokenizer::{Found, Tokenizer};

/// The tokenizer of a side, whose tokens are `words`. `files`: names that may be there, the likeliest first.
pub(super) fn read(
    folder: &Path,
    files: &[&str],
    words: &[String],
    remarks: &mut Vec<String>,
) -> Option<Tokenizer> {
    let file = files.iter().find(|file| folder.join(file).is_file())?;
    let found = match Found::read(&folder.join(file)) {
        Ok(found) => found,
        Err(error) => {
            remarks.push(format!("{error}; so give ids with `regard run --ids`"));
            return None;
        }
    };
    let ids: HashMap<&str, u32> = words.iter().map(String::as_str).zip(0..).collect();
    let id = |old: u32| ids.get(found.words.get(old as usize)?.as_str()).copied();
    let lost = (0..found.words.len() as u32).filter(|&old| id(old).is_none()).count();
    if lost > 0 {
        remarks.push(format!(
            "{lost} pieces of {file} are no words of the model; text is split without them"
        ));
    }
    Some(found.tokenizer.clone().renumbered(words.len(), id))
}
