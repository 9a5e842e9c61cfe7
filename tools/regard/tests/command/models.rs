//! The demo models, as they are committed.

use crate::bed::{folder, model, regard, stderr, stdout};
use serde_json::Value;
use std::fs;

fn says(name: &str, sentence: &str) -> String {
    let file = model(name, &format!("{name}.rgd"));
    let output =
        regard(&folder(&format!("says-{name}")), &["run", file.to_str().expect("UTF-8"), sentence]);
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

/// Integers against float over all held-out sentences: the measures that the project states.
fn keeps_its_measures(name: &str, data: &str) {
    let path = |name: &str, file: &str| model(name, file).to_str().expect("UTF-8").to_owned();
    let (file, data) = (path(name, &format!("{name}.rgd")), path(data, "test.tsv"));
    let output =
        regard(&folder(&format!("check-{name}")), &["check", &file, "--data", &data, "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let percent = |value: &Value| value["percent"].as_f64().expect("a share");
    let (float, integer) =
        (percent(&report["exact"]["float"]), percent(&report["exact"]["integer"]));
    assert!(float - integer <= 0.2, "{name}: {float} % exact in float, {integer} % in integers");
    assert!(percent(&report["same_token"]) >= 99.7, "{name}: {}", report["same_token"]);
    assert!(percent(&report["same_answer"]) >= 99.0, "{name}: {}", report["same_answer"]);
}

#[test]
fn eng_fra_in_integers_is_as_good_as_in_float() {
    keeps_its_measures("eng-fra", "eng-fra");
}

#[test]
fn eng_fra_tiny_in_integers_is_as_good_as_in_float() {
    keeps_its_measures("eng-fra-tiny", "eng-fra-tiny");
}

#[test]
fn eng_fra_tiny_is_what_convert_makes() {
    is_converted("eng-fra-tiny");
}

#[test]
fn eng_fra_additive_says_je_bois_du_lait() {
    assert_eq!(says("eng-fra-additive", "I drink milk"), "je bois du lait");
}

#[test]
fn g2p_says_how_milk_sounds() {
    assert_eq!(says("g2p", "Milk"), "m ih l k");
}

#[test]
fn recurrent_models_are_what_convert_makes() {
    for name in ["eng-fra-additive", "eng-fra-plain", "g2p"] {
        is_converted(name);
    }
}

#[test]
fn eng_fra_additive_in_integers_is_as_good_as_in_float() {
    keeps_its_measures("eng-fra-additive", "eng-fra");
}

#[test]
fn g2p_in_integers_is_as_good_as_in_float() {
    keeps_its_measures("g2p", "g2p");
}

#[test]
fn scenes_is_what_convert_makes_and_small() {
    is_converted("scenes");
    let bytes = fs::read(model("scenes", "scenes.rgd")).expect("committed");
    // The sixth word of the header: bytes of arena.
    let arena = u32::from_le_bytes([bytes[24], bytes[25], bytes[26], bytes[27]]);
    assert!(arena <= 48 * 1024, "the captioner takes {arena} bytes of RAM");
}

#[test]
fn scenes_in_integers_means_and_looks_as_in_float() {
    let path = |file: &str| model("scenes", file).to_str().expect("UTF-8").to_owned();
    let (file, data) = (path("scenes.rgd"), path("test.tsv"));
    let output = regard(&folder("check-scenes"), &["check", &file, "--data", &data, "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let both = |what: &str| {
        let of = |side: &str| report[what][side]["percent"].as_f64().expect("a share");
        (of("float"), of("integer"))
    };
    let (float, integer) = both("exact");
    assert!(float - integer <= 0.5, "{float} % right in float, {integer} % in integers");
    let (float, integer) = both("pointing");
    assert!((float - integer).abs() <= 1.0, "points {float} % in float, {integer} % in integers");
    assert!(integer >= 85.0, "only {integer} % of the nouns are pointed at");
}
