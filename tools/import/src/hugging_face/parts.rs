//! Encoder and decoder in two files, as optimum exports them to ONNX: beside `config.json`, or in the folder
//! `onnx` there.
//!
//! A file has the names of the module that was exported: the encoder alone (`layers.0.fc1.weight`), or the
//! whole model in which the decoder ran (`model.decoder.layers.0.fc1.weight`).

use super::Head;
use crate::Error;
use crate::container::Store;
use std::path::{Path, PathBuf};

pub(super) const ENCODER: &str = "encoder_model.onnx";
/// The likeliest first: the merged one has two graphs, with and without a cache, over the same weights.
pub(super) const DECODERS: [&str; 2] = ["decoder_model.onnx", "decoder_model_merged.onnx"];
/// Parts of the whole model that are of no side.
const OUTSIDE: [&str; 2] = ["lm_head.", "final_logits_bias"];
/// Parts of what BART and its like call `model`.
const INSIDE: [&str; 3] = ["encoder.", "decoder.", "shared."];

/// Both files, if a folder has them.
pub(super) fn files(path: &Path) -> Option<[PathBuf; 2]> {
    [path.to_owned(), path.join("onnx")].into_iter().find_map(|folder| {
        let decoder = DECODERS.iter().map(|file| folder.join(file)).find(|path| path.is_file())?;
        Some([folder.join(ENCODER), decoder]).filter(|[encoder, _]| encoder.is_file())
    })
}

/// The tensors of both under the names of the whole model.
pub(super) fn open(path: &Path, files: &[PathBuf; 2], head: Head) -> Result<Store, Error> {
    Store::open_parts(path, files, |part, name| whole(part, name, head))
}

fn whole(part: usize, name: &str, head: Head) -> String {
    let name = name.strip_prefix("model.").unwrap_or(name);
    if OUTSIDE.iter().any(|outside| name.starts_with(outside)) {
        return name.to_owned();
    }
    let model = if matches!(head, Head::Bart(_)) { "model." } else { "" };
    match INSIDE.iter().any(|inside| name.starts_with(inside)) {
        true => format!("{model}{name}"),
        false => format!("{model}{}.{name}", ["encoder", "decoder"][part.min(1)]),
    }
}
