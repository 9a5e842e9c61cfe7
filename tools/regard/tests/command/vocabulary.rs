//! Models that keep only the words of a corpus.

use crate::bed::{fails, folder, model, pictured, regard, regard_reading, stderr, stdout};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const NAME: &str = "eng-fra-tiny";

fn text(path: &Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}

/// A folder with the first lines of a test set as `home.tsv`, and the model of their words, `home.rgd`.
fn trimmed(test: &str, lines: usize) -> (PathBuf, String) {
    let folder = folder(test);
    let all = fs::read_to_string(model(NAME, "test.tsv")).expect("the test set");
    let corpus: String = all.lines().take(lines).map(|line| format!("{line}\n")).collect();
    fs::write(folder.join("home.tsv"), &corpus).expect("a file");
    let (weights, config) =
        (text(&model(NAME, "weights.safetensors")), text(&model(NAME, "model.json")));
    let args =
        ["convert", &weights, "--config", &config, "--vocabulary", "home.tsv", "-o", "home.rgd"];
    let output = regard(&folder, &args);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("vocabulary · "), "{}", stdout(&output));
    (folder, corpus)
}

#[test]
fn a_trimmed_model_is_smaller_and_says_of_its_corpus_what_the_whole_one_says() {
    let (folder, corpus) = trimmed("trimmed", 30);
    let whole = model(NAME, &format!("{NAME}.rgd"));
    let size = |path: &Path| fs::metadata(path).expect("a file").len();
    assert!(size(&folder.join("home.rgd")) < size(&whole) * 9 / 10);
    let pairs: Vec<_> = corpus.lines().filter_map(|line| line.split_once('\t')).collect();
    let sources: String = pairs.iter().map(|(source, _)| format!("{source}\n")).collect();
    let says = |model: &str| {
        let output = regard_reading(&folder, &["run", model], &sources);
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (before, after) = (says(&text(&whole)), says("home.rgd"));
    assert_eq!((before.len(), after.len()), (30, 30));
    // A wrong answer may have had words that no line of the corpus has.
    let plain = |text: &str| text.replace(' ', "");
    let mut compared = 0;
    for ((before, after), (_, reference)) in before.iter().zip(&after).zip(&pairs) {
        let reference = reference.split('\t').next().unwrap_or_default();
        if plain(before) == plain(reference) {
            assert_eq!(before, after);
            compared += 1;
        }
    }
    assert!(compared >= 25, "{compared}");
}

#[test]
fn check_compares_a_trimmed_model_with_float_weights_of_all_words() {
    let (folder, _) = trimmed("trimmed-check", 30);
    let (weights, config) =
        (text(&model(NAME, "weights.safetensors")), text(&model(NAME, "model.json")));
    let args = ["check", "home.rgd", "--data", "home.tsv", "--json", "--weights", &weights];
    let output = regard(&folder, &[&args[..], &["--config", &config]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(report["sentences"], 30);
    let same = report["same_token"]["percent"].as_f64().expect("a share");
    assert!(same > 99.0, "{report}");
}

#[test]
fn a_corpus_of_which_the_model_knows_nothing_is_refused_and_nothing_is_written() {
    let folder = folder("trimmed-foreign");
    fs::write(folder.join("x.tsv"), "qqq\tzzz\n").expect("a file");
    let (weights, config) =
        (text(&model(NAME, "weights.safetensors")), text(&model(NAME, "model.json")));
    let args = ["convert", &weights, "--config", &config, "--vocabulary", "x.tsv", "-o", "m.rgd"];
    fails(&regard(&folder, &args), 1, "the model knows no word of x.tsv");
    assert!(!folder.join("m.rgd").exists());
}

#[test]
fn words_that_the_model_does_not_know_are_passed_over_and_counted() {
    let folder = folder("trimmed-unknown");
    let all = fs::read_to_string(model(NAME, "test.tsv")).expect("the test set");
    let line = all.lines().next().expect("a line");
    fs::write(folder.join("x.tsv"), format!("{line}\nqqq\tzzz\n")).expect("a file");
    let (weights, config) =
        (text(&model(NAME, "weights.safetensors")), text(&model(NAME, "model.json")));
    let args = ["convert", &weights, "--config", &config, "--vocabulary", "x.tsv", "-o", "m.rgd"];
    let output = regard(&folder, &args);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("2 words of the corpus are unknown"), "{}", stdout(&output));
}

#[test]
fn captions_trim_a_model_of_pictures() {
    let folder = folder("trimmed-captions");
    let name = fs::read_dir(pictured("", "")).expect("goldens");
    let first = name.flatten().map(|entry| entry.file_name()).min().expect("a golden");
    let first = first.to_str().expect("UTF-8");
    let config = fs::read_to_string(pictured(first, "model.json")).expect("a description");
    let description: Value = serde_json::from_str(&config).expect("JSON");
    let words = description["target"]["words"].as_array().expect("words");
    let marks = ["pad", "bos", "eos"].map(|mark| description["target"][mark].as_u64());
    let word = (0..).zip(words).find(|(id, _)| !marks.contains(&Some(*id))).expect("a word").1;
    let caption = format!("0\t{}\n", word.as_str().expect("text"));
    fs::write(folder.join("x.tsv"), caption).expect("a file");
    let (weights, config) =
        (text(&pictured(first, "weights.safetensors")), text(&pictured(first, "model.json")));
    let args = ["convert", &weights, "--config", &config, "--vocabulary", "x.tsv", "-o", "m.rgd"];
    let output = regard(&folder, &args);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains(&format!("4 of {} target words", words.len())));
}
