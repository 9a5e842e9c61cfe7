//! Archives of Keras: golden ones, and those with something changed in them.

use super::{Folder, golden};
use serde_json::Value;
use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::PathBuf;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// An entry of a golden archive.
pub(crate) fn entry(name: &str, file: &str) -> Vec<u8> {
    let bytes = fs::read(golden(&format!("keras/{name}/model.keras"))).unwrap();
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = Vec::new();
    zip.by_name(file).unwrap().read_to_end(&mut text).unwrap();
    text
}

/// A zip archive of these entries.
pub(crate) fn archive(method: CompressionMethod, entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in entries {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A golden archive whose configuration was changed: for each layer by its name.
pub(crate) fn changed(folder: &Folder, name: &str, change: impl Fn(&str, &mut Value)) -> PathBuf {
    let mut config: Value = serde_json::from_slice(&entry(name, "config.json")).unwrap();
    for layer in config["config"]["layers"].as_array_mut().unwrap() {
        let of = layer["name"].as_str().unwrap().to_owned();
        change(&of, layer);
    }
    let before: Value = serde_json::from_slice(&entry(name, "config.json")).unwrap();
    assert_ne!(config, before, "{name} has no such layer");
    let (config, weights) = (config.to_string(), entry(name, "model.weights.h5"));
    let entries = [("config.json", config.as_bytes()), ("model.weights.h5", &weights[..])];
    folder.file("my.keras", &archive(CompressionMethod::Stored, &entries))
}
