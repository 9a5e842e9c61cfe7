//! GPT-2's two files are what `tokenizer.json` says of the same pieces.

mod common;

use common::golden;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use tokenizer::Found;

/// A folder with both files; where its merges are.
fn folder(name: &str, vocab: &Value, merges: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    // What an earlier run left.
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("vocab.json"), vocab.to_string()).unwrap();
    fs::write(folder.join("merges.txt"), merges).unwrap();
    folder.join("merges.txt")
}

/// The pieces and merges of the golden file.
fn parts() -> (Value, String) {
    let bytes = fs::read(golden("bpe-bytes.json")).unwrap();
    let file: Value = serde_json::from_slice(&bytes).unwrap();
    let pair =
        |merge: &Value| format!("{} {}\n", merge[0].as_str().unwrap(), merge[1].as_str().unwrap());
    let merges: String = file["model"]["merges"].as_array().unwrap().iter().map(pair).collect();
    (file["model"]["vocab"].clone(), format!("#version: 0.2\n{merges}"))
}

#[test]
fn both_files_are_what_tokenizer_json_says() {
    let (vocab, merges) = parts();
    let path = folder("gpt2", &vocab, &merges);
    let json = Found::read(&golden("bpe-bytes.json")).unwrap();
    assert_eq!(Found::read(&path).unwrap(), json);
    fs::write(path.with_file_name("tokenizer_config.json"), r#"{"add_prefix_space": true}"#)
        .unwrap();
    let found = Found::read(&path).unwrap();
    assert_ne!(found.tokenizer.blanks, json.tokenizer.blanks);
    assert_eq!(found.words, json.words);
}

#[test]
fn others_are_refused() {
    let (vocab, merges) = parts();
    let refused = |path: PathBuf| Found::read(&path).unwrap_err().to_string();
    let message = refused(folder("suffix", &vocab, "t h\nth e</w>\n"));
    assert!(message.contains("merges.txt: end of words \"</w>\" is not supported"), "{message}");
    let message = refused(folder("unknown", &vocab, &format!("{merges}qq zz\n")));
    assert!(message.contains("has \"qq\", which is no token"), "{message}");
    let message = refused(folder("list", &json!(["a"]), &merges));
    assert!(message.contains("vocab.json has no <s> or </s>"), "{message}");
    let path = folder("alone", &vocab, &merges);
    fs::remove_file(path.with_file_name("vocab.json")).unwrap();
    let message = refused(path);
    assert!(message.contains("vocab.json: No such file"), "{message}");
}
