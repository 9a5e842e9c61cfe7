//! Several files as one: `model.safetensors.index.json` or `pytorch_model.bin.index.json` names the
//! file of each tensor, and each lies beside it.

use super::{Found, open_file};
use crate::Error;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Largest index that is read, in bytes.
const MOST_BYTES: u64 = 1 << 23;
/// Most files of an index.
const MOST_FILES: usize = 64;

#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

/// Whether a file is called as one.
pub(super) fn is_one(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".index.json"))
}

fn read(path: &Path) -> Result<Index, Error> {
    let text = twin::file::read(path, MOST_BYTES)?;
    serde_json::from_slice(&text)
        .map_err(|cause| Error::container(path, "index", &cause.to_string()))
}

/// The files that an index names; none if it cannot be read.
pub(super) fn names(path: &Path) -> BTreeSet<String> {
    read(path).map_or_else(|_| BTreeSet::new(), |index| index.weight_map.into_values().collect())
}

/// The tensors of all files, each from the file that the index names.
pub(super) fn open(path: &Path) -> Result<Vec<(String, Found)>, Error> {
    let wrong = |why: String| Error::container(path, "index", &why);
    let Index { weight_map } = read(path)?;
    let files: BTreeSet<&String> = weight_map.values().collect();
    if files.len() > MOST_FILES {
        return Err(wrong(format!(
            "it names {} files; at most {MOST_FILES} are read",
            files.len()
        )));
    }
    let mut found = Vec::new();
    for file in files {
        // A name alone: no other folder is looked into.
        if Path::new(file).file_name().is_none_or(|name| name != file.as_str()) {
            return Err(wrong(format!("it names {file:?}, which is not a file beside it")));
        }
        for (name, tensor) in open_file(&path.with_file_name(file))?.0 {
            if weight_map.get(&name).is_some_and(|other| other == file) {
                found.push((name, tensor));
            }
        }
    }
    let names: BTreeSet<&String> = found.iter().map(|(name, _)| name).collect();
    match weight_map.iter().find(|(name, _)| !names.contains(name)) {
        Some((name, file)) => {
            Err(wrong(format!("tensor `{name}` should be in {file}, which has none of that name")))
        }
        None => Ok(found),
    }
}
