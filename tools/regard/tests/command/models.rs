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

/// The measures that the project states, in percent: integers alone, and against float.
struct Floors {
    /// Sentences of the test set, from its start.
    sentences: u32,
    /// Least of exact answers.
    exact: f64,
    /// Most of wrong tokens.
    token_errors: f64,
    /// Most of exact answers that integers lose.
    loss: f64,
    /// Least of tokens preferred by both.
    same_token: f64,
    /// Least of answers given by both.
    same_answer: f64,
}

const AS_FLOAT: Floors = Floors {
    sentences: u32::MAX,
    exact: 0.0,
    token_errors: 100.0,
    loss: 0.2,
    same_token: 99.7,
    same_answer: 99.0,
};

/// Integers against float over held-out sentences.
fn keeps(name: &str, data: &str, floors: &Floors) {
    let path = |name: &str, file: &str| model(name, file).to_str().expect("UTF-8").to_owned();
    let (file, data) = (path(name, &format!("{name}.rgd")), path(data, "test.tsv"));
    let limit = floors.sentences.to_string();
    let arguments = ["check", &file, "--data", &data, "--limit", &limit, "--json"];
    let output = regard(&folder(&format!("check-{name}")), &arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let percent = |value: &Value| value["percent"].as_f64().expect("a share");
    let (float, integer) =
        (percent(&report["exact"]["float"]), percent(&report["exact"]["integer"]));
    assert!(integer >= floors.exact, "{name}: {integer} % exact");
    assert!(float - integer <= floors.loss, "{name}: {float} % in float, {integer} % in integers");
    let errors = &report["token_errors"]["integer"];
    assert!(percent(errors) <= floors.token_errors, "{name}: {errors}");
    for (what, least) in [("same_token", floors.same_token), ("same_answer", floors.same_answer)] {
        assert!(percent(&report[what]) >= least, "{name}: {what} {}", report[what]);
    }
}

#[test]
fn eng_fra_in_integers_is_as_good_as_in_float() {
    keeps("eng-fra", "eng-fra", &Floors { exact: 98.5, token_errors: 0.2, ..AS_FLOAT });
}

#[test]
fn eng_fra_tiny_in_integers_is_as_good_as_in_float() {
    keeps("eng-fra-tiny", "eng-fra-tiny", &Floors { exact: 97.5, token_errors: 0.5, ..AS_FLOAT });
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
    for name in ["eng-fra-additive", "eng-fra-plain", "g2p", "g2p-tiny", "act"] {
        is_converted(name);
    }
}

#[test]
fn eng_fra_additive_in_integers_is_as_good_as_in_float() {
    keeps("eng-fra-additive", "eng-fra", &Floors { exact: 99.5, token_errors: 0.1, ..AS_FLOAT });
}

/// Without attention, most answers to long sentences are wrong in float already, and any word may
/// tip over.
#[test]
fn eng_fra_plain_in_integers_is_as_good_as_in_float() {
    let floors = Floors {
        sentences: 300,
        exact: 40.0,
        token_errors: 60.0,
        loss: 2.0,
        same_token: 97.0,
        same_answer: 55.0,
    };
    keeps("eng-fra-plain", "eng-fra", &floors);
}

#[test]
fn act_turns_sentences_into_commands() {
    assert_eq!(says("act", "Turn the red light on and the blue one off"), "red on ; blue off");
    assert_eq!(says("act", "switch everything off except green"), "all but green off");
    assert_eq!(says("act", "turn the radio on"), "unknown");
}

#[test]
fn act_in_integers_is_as_good_as_in_float() {
    keeps("act", "act", &Floors { exact: 99.0, token_errors: 0.5, ..AS_FLOAT });
}

#[test]
fn g2p_in_integers_is_as_good_as_in_float() {
    keeps("g2p", "g2p", &Floors { exact: 72.5, token_errors: 6.6, ..AS_FLOAT });
}

#[test]
fn g2p_tiny_in_integers_is_as_good_as_in_float() {
    let floors = Floors {
        sentences: 2000,
        exact: 54.0,
        token_errors: 12.0,
        loss: 0.5,
        same_answer: 98.0,
        ..AS_FLOAT
    };
    keeps("g2p-tiny", "g2p", &floors);
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
    assert!(integer >= 75.0, "only {integer} % of the captions are right");
    let (float, integer) = both("pointing");
    assert!((float - integer).abs() <= 1.0, "points {float} % in float, {integer} % in integers");
    assert!(integer >= 85.0, "only {integer} % of the nouns are pointed at");
}
