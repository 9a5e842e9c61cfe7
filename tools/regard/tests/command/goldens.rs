//! Every kind of recurrent model, of Keras and of PyTorch, and Transformers of Hugging Face, in integers.

use crate::bed::{self, recurrent, regard, stderr, stdout};
use crate::limits::{Limits, USUAL};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Sources of all lengths that the models take, without the end mark.
const SOURCES: [&str; 4] = ["3", "8 4", "5 6 7 3", "3 8 4 7 5 6 3"];
/// Most words of a reference: the models say at most 10, the end mark included.
const WORDS: usize = 9;

/// What a command prints as JSON.
fn json(bed: &Path, golden: &str, words: &[&str]) -> Value {
    let files = [format!("{golden}/weights.safetensors"), format!("{golden}/model.json")];
    let float = ["--json", "--weights", &files[0], "--config", &files[1]];
    let output = regard(bed, &[words, &float].concat());
    assert!(output.status.success(), "{golden}: {}", stderr(&output));
    serde_json::from_str(&stdout(&output)).expect("JSON")
}

/// A line of data: a source, and what the float model says to it.
fn line(bed: &Path, golden: &str, source: &str) -> String {
    let report = json(bed, golden, &["run", "m.rgd", "--ids", source, "--float"]);
    let words = |field: &str| -> Vec<String> {
        let words = report[field].as_array().expect("words").iter().filter_map(Value::as_str);
        words.filter(|word| *word != "<eos>").map(str::to_owned).collect()
    };
    let (source, mut target) = (words("source_words"), words("words"));
    target.truncate(WORDS);
    format!("{}\t{}\n", source.join(" "), target.join(" "))
}

/// Cells without gates forget nothing: what one step rounds, random weights amplify in all later
/// ones. Where energies are so large that attention is a choice, its weights are all but exact;
/// noise would not show that they are wrong.
fn limits(golden: &str) -> Limits {
    match golden {
        // Found: 6 words, 18.4 dB.
        "keras-rnn-2-layers-sum" => Limits { words: 7, sqnr: 17.5, ..USUAL },
        // Found: 3 words, 26.8 dB.
        "keras-rnn-additive" => Limits { words: 4, sqnr: 26.0, ..USUAL },
        // Found: 20.8 dB, 0.18.
        "torch-rnn-additive" => Limits { sqnr: 20.0, alignment: 0.2, ..USUAL },
        // Found: 0.005; 0.006 and more with energies of three quarters.
        "keras-lstm-luong-dot"
        | "keras-lstm-sum-mean"
        | "torch-gru-luong-dot"
        | "torch-lstm-to-gru" => Limits { alignment: 0.006, ..USUAL },
        _ => USUAL,
    }
}

/// Compares all models of a folder of `tests/golden`. Returns their number.
fn judge(folder: &str, limits: fn(&str) -> Limits) -> usize {
    let bed = bed::folder(folder);
    let models = recurrent("..", folder);
    let mut models: Vec<_> = fs::read_dir(models).expect("goldens").flatten().collect();
    models.sort_by_key(fs::DirEntry::path);
    for model in &models {
        let name = model.file_name().into_string().expect("UTF-8");
        let golden = model.path().to_str().expect("UTF-8").to_owned();
        let weights = format!("{golden}/weights.safetensors");
        let config = format!("{golden}/model.json");
        let output = regard(&bed, &["convert", &weights, "--config", &config, "-o", "m.rgd"]);
        assert!(output.status.success(), "{golden}: {}", stderr(&output));
        let description: Value =
            serde_json::from_str(&fs::read_to_string(config).expect("readable")).expect("JSON");
        let end = &description["source"]["eos"];
        let lines: String =
            SOURCES.iter().map(|source| line(&bed, &golden, &format!("{source} {end}"))).collect();
        fs::write(bed.join("data.tsv"), lines).expect("written");
        let report = json(&bed, &golden, &["check", "m.rgd", "--data", "data.tsv"]);
        limits(&name).judge(&name, &report);
    }
    models.len()
}

#[test]
fn every_golden_in_integers_is_near_itself_in_float() {
    assert_eq!(judge("recurrent", limits), 31);
}

/// A gate multiplies, and so adds the noise of two matrices.
fn gated_limits(golden: &str) -> Limits {
    match golden {
        // Found: 4 words, 25.5 dB.
        "t5-v1_1" => Limits { words: 5, sqnr: 25.0, ..USUAL },
        _ => USUAL,
    }
}

#[test]
fn transformers_of_hugging_face_in_integers_are_near_themselves_in_float() {
    assert_eq!(judge("hf", gated_limits), 5);
}
