//! Which files an import may read: nothing that is written may take the name of one of them.

use crate::container::beside;
use std::path::{Path, PathBuf};

/// Folders of parts that are looked into, beside the one that was given.
const PARTS: [&str; 2] = ["", "onnx"];
/// Ends of files that commands here write, and no reader takes.
const WRITTEN: [&str; 2] = ["rgd", "html"];
/// How files of JSON begin that are read out of a folder; any other is the report of an earlier run.
const JSON: [&str; 7] = [
    "config.",
    "generation_config.",
    "model.",
    "pytorch_model.",
    "vocab",
    "target_vocab",
    "tokenizer",
];

/// The files that [`open`](crate::open) may read of a path: of a file those too that it names, of a folder
/// all that may be of a model.
#[must_use]
pub fn files(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return [vec![path.into()], beside(path)].concat();
    }
    let entries = PARTS.iter().filter_map(|part| path.join(part).read_dir().ok());
    let paths = entries.flatten().flatten().map(|entry| entry.path());
    paths.filter(|path| may_be_read(path)).collect()
}

fn may_be_read(path: &Path) -> bool {
    let end = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    !WRITTEN.contains(&end.as_str())
        && (end != "json" || JSON.iter().any(|start| name.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::may_be_read;
    use std::path::Path;

    #[test]
    fn reports_of_earlier_runs_are_no_inputs() {
        for (name, read) in [
            ("config.json", true),
            ("model.json", true),
            ("tokenizer_config.json", true),
            ("model.safetensors.index.json", true),
            ("model.onnx_data", true),
            ("source.spm", true),
            ("m.rgd", false),
            ("m.html", false),
            ("m.json", false),
        ] {
            assert_eq!(may_be_read(Path::new(name)), read, "{name}");
        }
    }
}
