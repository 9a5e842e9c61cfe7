//! The pieces of a tokenizer as a word table: `vocab.json`, `tokenizer.json`, `vocab.txt`, T5's `spiece.model`.

use crate::{Error, words};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Largest file of words that is read, in bytes.
const MOST_BYTES: u64 = 1 << 25;

/// Of `tokenizer.json`, what names pieces.
#[derive(Deserialize)]
struct Tokenizer {
    model: Model,
    #[serde(default)]
    added_tokens: Vec<Added>,
}

#[derive(Deserialize)]
struct Model {
    vocab: Vocab,
}

/// Ids by piece, or pieces with their scores in the order of their ids.
#[derive(Deserialize)]
#[serde(untagged)]
enum Vocab {
    Ids(BTreeMap<String, u32>),
    Scores(Vec<(String, Value)>),
}

#[derive(Deserialize)]
struct Added {
    id: u32,
    content: String,
}

/// The words of one side, `size` of them. `files`: names that may be there, the likeliest first.
pub(super) fn read(
    folder: &Path,
    side: &str,
    size: usize,
    files: &[&str],
    remarks: &mut Vec<String>,
) -> Result<Vec<String>, Error> {
    words::possible(side, size)?;
    let mut nameless = |why: String| {
        remarks.push(format!(
            "{why}, so they are called after their ids, as <7>; give ids with `regard run --ids`"
        ));
        Ok(words::numbered((0..size).map(|_| None)))
    };
    let Some(path) = files.iter().map(|file| folder.join(file)).find(|path| path.is_file()) else {
        let files = files.join(", ");
        return nameless(format!("the folder has no words of the {side} that are read ({files})"));
    };
    let named = match pieces(&path) {
        // What the engine does not split texts into.
        Err(error @ Error::Tokenizer(_)) => {
            return nameless(format!("the words of the {side} are not read ({error})"));
        }
        named => named?,
    };
    let mut list = vec![None; size];
    let mut beyond = 0;
    for (id, piece) in named {
        match list.get_mut(id as usize) {
            Some(place) => *place = Some(piece),
            None => beyond += 1,
        }
    }
    if beyond > 0 {
        let why =
            format!("has {beyond} words whose ids are not below {size}, the words of the model");
        return Err(Error::Model { path, why });
    }
    let unnamed = list.iter().filter(|word| word.is_none()).count();
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    if unnamed > 0 {
        remarks.push(format!(
            "{file} has no word for {unnamed} ids of the {side}; they are called as <7>"
        ));
    }
    Ok(words::distinct(words::numbered(list.into_iter()), side, remarks))
}

/// Ids and pieces of a file.
fn pieces(path: &Path) -> Result<Vec<(u32, String)>, Error> {
    let text = twin::file::read(path, MOST_BYTES)?;
    let json = |cause| Error::Json { path: path.into(), cause };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.ends_with(".txt") {
        let text = String::from_utf8_lossy(&text);
        return Ok((0..).zip(text.lines().map(str::to_owned)).collect());
    }
    if name.ends_with(".model") {
        let file = |what| tokenizer::Error::File { path: path.into(), what: Box::new(what) };
        let found = tokenizer::Found::of_sentencepiece(&text).map_err(file)?;
        return Ok((0..).zip(found.words).collect());
    }
    if name != "tokenizer.json" {
        let ids: BTreeMap<String, u32> = serde_json::from_slice(&text).map_err(json)?;
        return Ok(ids.into_iter().map(|(piece, id)| (id, piece)).collect());
    }
    let Tokenizer { model, added_tokens } = serde_json::from_slice(&text).map_err(json)?;
    let mut all: Vec<(u32, String)> = match model.vocab {
        Vocab::Ids(ids) => ids.into_iter().map(|(piece, id)| (id, piece)).collect(),
        Vocab::Scores(list) => (0..).zip(list.into_iter().map(|(piece, _)| piece)).collect(),
    };
    all.extend(added_tokens.into_iter().map(|added| (added.id, added.content)));
    Ok(all)
}
