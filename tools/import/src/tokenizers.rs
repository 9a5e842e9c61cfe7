//! A description of ours, with the words and tokenizers of files beside it.

use crate::{Error, Request};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tokenizer::{Found, Marks};
use twin::Description;

/// Reads a description, whose sides have the words of the tokenizers that are asked for.
pub(crate) fn describe(config: &Path, request: &Request) -> Result<Description, Error> {
    let read = |path: &Option<PathBuf>| path.as_ref().map(|path| Found::read(path)).transpose();
    let sides = [
        ("source", read(&request.source_tokenizer)?),
        ("target", read(&request.target_tokenizer)?),
    ];
    if sides.iter().all(|(_, found)| found.is_none()) {
        return Ok(Description::read(config)?);
    }
    Ok(Description::read_with(config, |value| {
        // What is no object is refused when it is read.
        let Some(object) = value.as_object_mut() else { return };
        for (side, found) in sides {
            if let Some(found) = found {
                place(object.entry(side).or_insert_with(|| json!({})), found);
            }
        }
        object.entry("lowercase").or_insert(Value::Bool(false));
    })?)
}

/// Words and tokenizer go to a side; marks too, if it does not say them itself.
fn place(side: &mut Value, found: Found) {
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
