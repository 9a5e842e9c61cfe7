//! Word lists that lie beside the weights, in the order of their ids.
//!
//! A list is text, a word a line; or JSON: `["SOS", "EOS", …]`, `{"SOS": 0, …}` or `{"0": "SOS", …}`.

use crate::{Error, Request, words};
use serde_json::Value;
use std::path::Path;

/// Largest list that is read, in bytes.
const MOST_BYTES: u64 = 1 << 24;

/// The words of both sides.
pub(crate) struct Lists {
    pub(crate) source: Vec<String>,
    pub(crate) target: Vec<String>,
    /// The same as the lists have them, where words may be empty, twice there or blanks.
    pub(crate) given: [Vec<String>; 2],
}

impl Lists {
    /// `sizes`: of both embeddings · `marks`: the first words, where no list says them.
    pub(crate) fn read(
        request: &Request,
        sizes: [usize; 2],
        marks: &[&str],
        remarks: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let lists = [(&request.source_words, "source"), (&request.target_words, "target")];
        let mut read = lists.into_iter().zip(sizes).map(|((path, side), size)| {
            words::possible(side, size)?;
            match path {
                Some(path) => {
                    let list = list(path)?;
                    let (have, why) = (list.len(), "the embedding has as many rows as words");
                    if have != size {
                        let why = format!("has {have} words, but the {side} needs {size}: {why}");
                        return Err(Error::Model { path: path.clone(), why });
                    }
                    Ok((words::distinct(list.clone(), side, remarks), list))
                }
                None => {
                    remarks.push(format!(
                        "the file has no words of the {side}: give a list with --{side}-words, or ids \
                         with `regard run --ids`"
                    ));
                    let marks = marks.iter().map(|mark| Some((*mark).to_owned()));
                    let list =
                        words::numbered(marks.chain(std::iter::repeat(None)).take(size));
                    Ok((list.clone(), list))
                }
            }
        });
        let (source, target) = (read.next().transpose()?, read.next().transpose()?);
        let ((source, one), (target, other)) =
            (source.unwrap_or_default(), target.unwrap_or_default());
        Ok(Self { source, target, given: [one, other] })
    }
}

fn list(path: &Path) -> Result<Vec<String>, Error> {
    let wrong = |why: &str| Error::Model { path: path.into(), why: why.into() };
    let bytes = twin::file::read(path, MOST_BYTES)?;
    let text = String::from_utf8(bytes).map_err(|_| wrong("is not UTF-8"))?;
    if !is_json(&text) {
        return Ok(text.lines().map(str::to_owned).collect());
    }
    let value =
        serde_json::from_str(&text).map_err(|cause| Error::Json { path: path.into(), cause })?;
    let all: Option<Vec<(usize, String)>> = match value {
        Value::Array(list) => {
            list.into_iter().enumerate().map(|(id, word)| pair(id, word)).collect()
        }
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| match value.as_u64() {
                Some(id) => Some((usize::try_from(id).ok()?, key)),
                None => pair(key.parse().ok()?, value),
            })
            .collect(),
        _ => None,
    };
    let mut all =
        all.ok_or_else(|| wrong("is neither a list of words nor a map of words and ids"))?;
    all.sort();
    if all.iter().enumerate().any(|(place, (id, _))| place != *id) {
        return Err(wrong("does not give each id from 0 on once"));
    }
    Ok(all.into_iter().map(|(_, word)| word).collect())
}

/// Whether a text begins as a list or a map of texts does: a word may be `[UNK]`.
fn is_json(text: &str) -> bool {
    let inside = text.trim_start().strip_prefix(['[', '{']);
    inside.is_some_and(|text| text.trim_start().starts_with(['"', ']', '}']))
}

fn pair(id: usize, word: Value) -> Option<(usize, String)> {
    if let Value::String(word) = word { Some((id, word)) } else { None }
}
