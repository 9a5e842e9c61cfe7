//! What people have becomes the very file that our own layout becomes.

use crate::bed::{fails, folder, regard, stderr, stdout};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn golden(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(path)
}

/// A copy of a golden folder, with the words that its description has.
fn copy_of(test: &str, name: &str) -> PathBuf {
    let bed = folder(test);
    for entry in fs::read_dir(golden(name)).expect("goldens").flatten() {
        fs::copy(entry.path(), bed.join(entry.file_name())).expect("copied");
    }
    let text = fs::read(bed.join("model.json")).unwrap_or_else(|_| b"{}".to_vec());
    let fields: Value = serde_json::from_slice(&text).expect("JSON");
    if let Some(words) = fields["source"]["words"].as_array() {
        let words = words.iter().zip(0..);
        let ids: Map<String, Value> =
            words.map(|(word, id)| (word.as_str().unwrap_or_default().into(), json!(id))).collect();
        fs::write(bed.join("vocab.json"), Value::Object(ids).to_string()).expect("written");
    }
    bed
}

/// Of a trained model, converted with `more` arguments: right answers of `data.tsv` that integers
/// choose as floats do are at least 99 in 100, teacher-forced, of more than `least` tokens.
#[track_caller]
fn integers_choose_what_floats_do(bed: &Path, weights: &str, more: &[&str], least: u64) {
    let convert = [&["convert", weights, "-o", "m.rgd"], more].concat();
    let output = regard(bed, &convert);
    assert!(output.status.success(), "{}", stderr(&output));
    let check = ["check", "m.rgd", "--json", "--data", "data.tsv", "--weights", weights];
    let output = regard(bed, &check);
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let [same, all] = ["right", "all"].map(|field| report["same_token"][field].as_u64());
    let (same, all) = (same.unwrap_or(0), all.unwrap_or(0));
    println!("{}: {same} of {all} tokens", bed.display());
    assert!(all > least && same * 100 >= all * 99, "{same} of {all} tokens");
}

#[test]
fn a_folder_of_hugging_face_becomes_the_file_of_our_own_layout() {
    for name in ["marian", "bart", "mbart", "t5", "t5-v1_1"] {
        let bed = copy_of(&format!("hf-{name}"), &format!("hf/{name}"));
        let lengths = ["--max-source", "14", "--max-target", "10", "--selftest", "w7 w9 w8"];
        let theirs = regard(&bed, &[&["convert", ".", "-o", "theirs.rgd"], &lengths[..]].concat());
        assert!(theirs.status.success(), "{name}: {}", stderr(&theirs));
        let ours = ["convert", "weights.safetensors", "--config", "model.json", "-o", "ours.rgd"];
        let ours = regard(&bed, &ours);
        assert!(ours.status.success(), "{name}: {}", stderr(&ours));
        let read = |file| fs::read(bed.join(file)).expect("written");
        assert!(read("theirs.rgd") == read("ours.rgd"), "{name}");
    }
}

#[test]
fn float_is_answered_from_a_folder_too() {
    let bed = copy_of("hf-float", "hf/marian");
    let convert = ["convert", ".", "-o", "m.rgd", "--max-source", "14", "--max-target", "10"];
    assert!(regard(&bed, &convert).status.success());
    let run = ["run", "m.rgd", "--ids", "7 9 8 0", "--float"];
    let folder = regard(&bed, &[&run[..], &["--weights", "."]].concat());
    assert!(folder.status.success(), "{}", stderr(&folder));
    let ours = regard(&bed, &run);
    assert_eq!(stdout(&folder), stdout(&ours));
}

#[test]
fn a_folder_needs_no_argument_but_a_place() {
    let bed = copy_of("hf-plain", "hf/t5");
    fs::remove_file(bed.join("vocab.json")).expect("there");
    let report = stdout(&regard(&bed, &["convert", ".", "-o", "m.rgd"]));
    assert!(report.contains("sentences up to 64 → 64 tokens"), "{report}");
    assert!(report.contains("note: the folder has no words of the source"), "{report}");
    let answer = regard(&bed, &["run", "m.rgd", "--ids", "7 9 8 1"]);
    assert!(answer.status.success(), "{}", stderr(&answer));
}

#[test]
fn the_tutorial_becomes_a_file_with_the_words_of_its_lists() {
    let bed = copy_of("tutorial", "torch/tutorial-attention");
    let words = |n: usize| -> String { (2..n).map(|id| format!("w{id}\n")).collect() };
    fs::write(bed.join("eng.txt"), format!("SOS\nEOS\n{}", words(17))).expect("written");
    fs::write(bed.join("fra.txt"), format!("SOS\nEOS\n{}", words(19))).expect("written");
    let lists = ["--source-words", "eng.txt", "--target-words", "fra.txt"];
    let convert = ["convert", "model.pt", "-o", "m.rgd"];
    let report = regard(&bed, &[&convert[..], &lists].concat());
    assert!(report.status.success(), "{}", stderr(&report));
    let float = ["run", "m.rgd", "w3 w4", "--float", "--weights", "model.pt", "--config", "none"];
    fails(&regard(&bed, &float), 1, "cannot read none");
    let answer = regard(&bed, &float[..6]);
    assert!(answer.status.success(), "{}", stderr(&answer));
    // Of random weights some words are nearly alike: whole answers, of which two may differ.
    let sources = ["w5", "w3 w4", "w2 w9 w7", "w8 w8 w3 w16", "w10 w11", "w4 w6 w12 w13", "w14"];
    let sources = sources.iter().chain(&["w15 w3", "w16 w2", "w7 w6 w5"]);
    let same = sources.filter(|source| {
        let [integer, float] = [&[][..], &float[3..6]]
            .map(|more| stdout(&regard(&bed, &[&["run", "m.rgd", source][..], more].concat())));
        integer == float
    });
    assert!(same.count() >= 8);
    fs::write(bed.join("fra.txt"), "SOS\nEOS\n").expect("written");
    let output = regard(&bed, &[&convert[..], &lists].concat());
    fails(&output, 1, "fra.txt: has 2 words, but the target needs 19");
}

/// Trained to say digits backwards.
#[test]
fn a_trained_chatbot_keeps_its_words_in_integers() {
    let bed = copy_of("chatbot", "torch/chatbot-trained");
    integers_choose_what_floats_do(&bed, "model.pt", &[], 1000);
    assert_eq!(stdout(&regard(&bed, &["run", "m.rgd", "1 2 3 4 5"])).trim(), "5 4 3 2 1");
}

#[test]
fn a_transformer_of_pytorch_needs_its_description() {
    let bed = copy_of("torch-transformer", "torch/transformer-post");
    fails(&regard(&bed, &["convert", "model.pt", "-o", "m.rgd"]), 1, "describe it with --config");
    let convert = ["convert", "model.pt", "--config", "model.json", "-o", "m.rgd"];
    let output = regard(&bed, &convert);
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn a_file_of_a_folder_is_never_overwritten() {
    let bed = copy_of("hf-over", "hf/t5");
    let before = fs::read(bed.join("config.json")).expect("there");
    fails(&regard(&bed, &["convert", ".", "-o", "config.json"]), 2, "is an input");
    assert_eq!(fs::read(bed.join("config.json")).expect("there"), before);
    fs::write(bed.join("config.json"), "{}").expect("written");
    fails(&regard(&bed, &["convert", ".", "-o", "m.rgd"]), 1, "`model_type` is missing");
    assert!(!bed.join("m.rgd").exists());
}

#[test]
fn a_file_beside_a_tokenizer_is_never_overwritten() {
    let bed = copy_of("hf-over-beside", "hf/t5");
    fs::create_dir_all(bed.join("gpt")).expect("made");
    fs::write(bed.join("gpt/merges.txt"), "#version: 0.2\n").expect("written");
    for name in ["merges.txt", "vocab.json", "tokenizer_config.json", "added_tokens.json"] {
        let output = format!("gpt/{name}");
        fs::write(bed.join(&output), "{}").expect("written");
        let convert = ["convert", ".", "--tokenizer", "gpt/merges.txt", "-o", &output];
        fails(&regard(&bed, &convert), 2, "is an input");
        assert_eq!(fs::read(bed.join(&output)).expect("there"), b"{}");
    }
}

/// Digits, and the same backwards: what the trained models of Keras say.
fn backwards(count: usize) -> String {
    let line = |n: usize| {
        let digits: Vec<String> =
            (0..2 + n % 8).map(|i| ((n * (7 * i + 3) + i * i) % 10).to_string()).collect();
        let turned: Vec<String> = digits.iter().rev().cloned().collect();
        format!("{}\t{}\n", digits.join(" "), turned.join(" "))
    };
    (0..count).map(line).collect()
}

#[test]
fn trained_models_of_keras_say_in_integers_what_they_say_in_float() {
    for name in ["gru-additive-trained", "transformer-trained"] {
        let bed = copy_of(&format!("keras-{name}"), &format!("keras/{name}"));
        fs::write(bed.join("data.tsv"), backwards(60)).expect("written");
        let lists = ["--source-words", "source.txt", "--target-words", "target.txt"];
        let lengths = ["--max-source", "10", "--max-target", "10"];
        integers_choose_what_floats_do(&bed, "model.keras", &[lists, lengths].concat(), 300);
    }
}

/// Trained to say numbers in French, as those of Hugging Face.
#[test]
fn trained_models_of_pytorch_say_in_integers_what_they_say_in_float() {
    let lists = ["--source-words", "words.txt", "--target-words", "words.txt"];
    let tutorial = [&lists[..], &["--max-source", "7", "--max-target", "14"]].concat();
    let config = &["--config", "model.json"][..];
    for (name, more) in [("tutorial", &tutorial[..]), ("transformer", config), ("lstm", config)] {
        let bed = copy_of(&format!("torch-{name}-trained"), &format!("torch/{name}-trained"));
        fs::copy(golden("numbers.tsv"), bed.join("data.tsv")).expect("copied");
        integers_choose_what_floats_do(&bed, "model.pt", more, 1000);
        let answer = stdout(&regard(&bed, &["run", "m.rgd", "2 1 0 8 0"]));
        assert_eq!(answer.trim(), "vingt et un mille quatre vingts", "{name}");
    }
}

/// Trained to say numbers in French; asked those that they never learned.
#[test]
fn trained_models_of_hugging_face_say_in_integers_what_they_say_in_float() {
    for name in ["marian", "bart", "t5", "t5-v1_1"] {
        let bed = copy_of(&format!("hf-{name}-trained"), &format!("hf-trained/{name}"));
        fs::copy(golden("numbers.tsv"), bed.join("data.tsv")).expect("copied");
        let lengths = ["--max-source", "7", "--max-target", "14"];
        integers_choose_what_floats_do(&bed, ".", &lengths, 1000);
        let answer = stdout(&regard(&bed, &["run", "m.rgd", "2 1 0 8 0"]));
        assert_eq!(answer.trim(), "vingt et un mille quatre vingts", "{name}");
    }
}
