//! Budgets, int4 and narrow inputs.

use crate::bed::{fails, folder, golden, model, pictured, recurrent, regard, stderr, stdout};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder with the float files of a model.
fn bed(test: &str, of: impl Fn(&str) -> PathBuf) -> PathBuf {
    let folder = folder(test);
    for file in ["weights.safetensors", "model.json"] {
        fs::copy(of(file), folder.join(file)).expect("the model is there");
    }
    folder
}

/// What `regard convert` with more options says, and the bytes of the file.
fn convert(folder: &Path, options: &[&str]) -> (String, Vec<u8>) {
    let plain = ["convert", "weights.safetensors", "--config", "model.json", "-o", "m.rgd"];
    let output = regard(folder, &[&plain[..], options].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    (stdout(&output), fs::read(folder.join("m.rgd")).expect("written"))
}

/// The kinds of weights in the folder's model, each once.
fn weights(folder: &Path) -> Vec<String> {
    let report = stdout(&regard(folder, &["inspect", "m.rgd", "--json"]));
    let report: Value = serde_json::from_str(&report).expect("JSON");
    let sections = report["sections"].as_array().expect("sections");
    let mut kinds: Vec<String> =
        sections.iter().filter_map(|section| Some(section["weights"].as_str()?.into())).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// Percent of tokens that float and integers agree on over sentences of the test set.
fn same_token(folder: &Path, data: &Path, limit: &str) -> f64 {
    let data = data.to_str().expect("UTF-8");
    let arguments = ["check", "m.rgd", "--data", data, "--limit", limit, "--json"];
    let output = regard(folder, &arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    report["same_token"]["percent"].as_f64().expect("a share")
}

#[test]
fn eng_fra_fits_a_budget_and_agrees_with_float() {
    let folder = bed("budget", |file| model("eng-fra", file));
    let (data, test) = (model("eng-fra", "dev.tsv"), model("eng-fra", "test.tsv"));
    let data = data.to_str().expect("UTF-8");
    for (options, budget, least) in [
        (&["--flash", "560K"][..], 560 << 10, 98.0),
        (&["--flash", "450K", "--data", data], 450 << 10, 95.0),
    ] {
        let (report, bytes) = convert(&folder, options);
        assert!(bytes.len() <= budget, "{} of {budget}", bytes.len());
        assert!(bytes.len() > budget - (40 << 10), "{} of {budget}: too much", bytes.len());
        assert!(report.contains("int4 in ") && report.contains("logits: "), "{report}");
        assert_eq!(weights(&folder), ["int4", "int8"]);
        let same = same_token(&folder, &test, "60");
        assert!(same >= least, "{budget}: {same} %");
    }
}

#[test]
fn a_budget_that_cannot_be_met_is_refused_with_both_numbers() {
    let folder = bed("no-budget", |file| golden("odd", file));
    let (_, whole) = convert(&folder, &[]);
    let (report, same) = convert(&folder, &["--flash", "1M"]);
    assert!(same == whole && report.contains("the file fits as it is"), "{report}");
    fs::remove_file(folder.join("m.rgd")).expect("there");
    let plain = ["convert", "weights.safetensors", "--config", "model.json", "-o", "m.rgd"];
    let refused = regard(&folder, &[&plain[..], &["--flash", "4K"]].concat());
    fails(&refused, 1, "with every matrix as int4 that can be, more than the 4096 of --flash");
    assert!(!folder.join("m.rgd").exists());
    // What it names can be reached.
    let message = stderr(&refused);
    let least = message.split_whitespace().find(|word| word.parse::<usize>().is_ok());
    let least = least.expect("a number");
    let (_, small) = convert(&folder, &["--flash", least]);
    assert!(small.len() <= least.parse().expect("a number"));
    for wrong in [&["--flash", "many"][..], &["--data", "x.tsv"], &["--activations", "7"]] {
        assert_eq!(regard(&folder, &[&plain[..], wrong].concat()).status.code(), Some(2));
    }
}

#[test]
fn every_family_can_be_int4_or_bytes() {
    for test in ["lstm", "depthwise", "gru"] {
        let folder = bed(&format!("int4-{test}"), |file| match test {
            "lstm" => recurrent("torch-lstm-plain", file),
            "gru" => recurrent("torch-gru-additive", file),
            _ => pictured("torch-residual", file),
        });
        let (_, whole) = convert(&folder, &[]);
        let (report, small) = convert(&folder, &["--flash", &(whole.len() - 400).to_string()]);
        assert!(small.len() <= whole.len() - 400 && report.contains("int4"), "{report}");
        assert_eq!(weights(&folder).len(), 2, "{test}: int8 and int4");
        let (_, narrow) = convert(&folder, &["--activations", "8"]);
        assert!(weights(&folder).contains(&"int8, bytes".into()), "{test}");
        assert_ne!(narrow, whole);
    }
}

#[test]
fn eng_fra_with_inputs_of_eight_bits_agrees_with_float() {
    let folder = bed("activations", |file| model("eng-fra", file));
    convert(&folder, &["--activations", "8"]);
    assert_eq!(weights(&folder), ["int8, bytes"]);
    let same = same_token(&folder, &model("eng-fra", "test.tsv"), "60");
    assert!(same >= 98.0, "{same} %");
}
