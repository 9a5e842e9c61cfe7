//! The demo models, as they are committed.

use crate::bed::{folder, model, regard, stderr, stdout};
use std::fs;

fn says(name: &str, sentence: &str) -> String {
    let file = model(name, &format!("{name}.rgd"));
    let output = regard(&folder(&format!("says-{name}")), &["run", file.to_str().expect("UTF-8"), sentence]);
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output).trim().to_owned()
}

/// The committed file is what the converter makes of the committed weights.
fn is_converted(name: &str) {
    let folder = folder(&format!("model-{name}"));
    let path = |file: &str| model(name, file).to_str().expect("UTF-8").to_owned();
    let (weights, config) = (path("weights.safetensors"), path("model.json"));
    let output = regard(&folder, &["convert", &weights, "--config", &config, "-o", "m.rgd"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let committed = fs::read(path(&format!("{name}.rgd"))).expect("the model file is committed");
    let made = fs::read(folder.join("m.rgd")).expect("written");
    assert!(made == committed, "{name}.rgd is stale: run `regard convert` again");
}

#[test]
fn eng_fra_says_je_bois_du_lait() {
    assert_eq!(says("eng-fra", "I drink milk"), "je bois du lait");
}

#[test]
fn eng_fra_is_what_convert_makes() {
    is_converted("eng-fra");
}
