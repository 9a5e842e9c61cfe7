//! Files of Keras that are broken, mean harm, or are of layers that the engine has not.

mod bed;

use bed::keras::{archive, changed, entry};
use bed::{Folder, golden, index, refused};
use import::Request;
use serde_json::{Value, json};
use std::fs;
use zip::CompressionMethod;

#[test]
fn a_packed_archive_is_read_as_a_stored_one() {
    let folder = Folder::new();
    let (config, weights) =
        (entry("gru-luong", "config.json"), entry("gru-luong", "model.weights.h5"));
    let entries = [("config.json", &config[..]), ("model.weights.h5", &weights[..])];
    let path = folder.file("my.keras", &archive(CompressionMethod::Deflated, &entries));
    let (description, weights) =
        import::open(&path, &Request::default()).unwrap().weights().unwrap();
    twin::Model::new(description, weights).unwrap();
}

#[test]
fn bombs_are_refused_with_both_numbers() {
    let folder = Folder::new();
    let config = entry("gru-luong", "config.json");
    let zeros = vec![0; 1 << 24];
    let entries = [("config.json", &config[..]), ("model.weights.h5", &zeros[..])];
    let path = folder.file("my.keras", &archive(CompressionMethod::Deflated, &entries));
    let message = refused(&path, &Request::default());
    assert!(message.contains("its model.weights.h5 claims 16777216 bytes; at most"), "{message}");
    let entries = [("config.json", &zeros[..]), ("model.weights.h5", &config[..])];
    let path = folder.file("my.keras", &archive(CompressionMethod::Deflated, &entries));
    let message = refused(&path, &Request::default());
    assert!(message.contains("its config.json claims 16777216 bytes; at most"), "{message}");
    let blanks = vec![b' '; (1 << 20) + 1];
    let entries = [("config.json", &blanks[..]), ("model.weights.h5", &config[..])];
    let path = folder.file("my.keras", &archive(CompressionMethod::Stored, &entries));
    let message = refused(&path, &Request::default());
    let expected = "its config.json claims 1048577 bytes; at most 1048576 are read";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn tensors_that_claim_more_than_the_file_are_refused() {
    let folder = Folder::new();
    let bytes = fs::read(golden("keras/lstm-bahdanau/model.weights.h5")).unwrap();
    // The shape of the table of 17 words, each of 8 numbers, as a dataspace has it: version, axes, flags.
    let mut shape = vec![1, 2, 1, 0, 0, 0, 0, 0];
    shape.extend([17u64, 8].iter().flat_map(|n| n.to_le_bytes()));
    let at = index(&bytes, &shape) + 8;
    let mut large = bytes;
    large[at..at + 8].copy_from_slice(&(1u64 << 30).to_le_bytes());
    let config = Some(golden("keras/lstm-bahdanau/model.json"));
    let request = Request { config, ..Request::default() };
    let message = refused(&folder.file("a.weights.h5", &large), &request);
    let expected = "its tensors claim over 4 times as many bytes as it has";
    assert!(
        message.contains("encoder/embedding/vars/0") && message.contains(expected),
        "{message}"
    );
}

#[test]
fn layers_that_the_engine_has_not_are_named() {
    let folder = Folder::new();
    for (name, layer, field, value, expected) in [
        ("gru-luong", "attention", "score_mode", json!("other"), "`score_mode` is \"other\""),
        (
            "gru-luong",
            "dense",
            "activation",
            json!("relu"),
            "layer `dense` (Dense): `activation` is \"relu\", and the engine has linear, tanh",
        ),
        (
            "gru-luong",
            "concatenate_1",
            "axis",
            json!(1),
            "layer `concatenate_1` (Concatenate): `axis` is 1",
        ),
        (
            "gru-luong",
            "bidirectional",
            "merge_mode",
            json!("mul"),
            "`merge_mode` is \"mul\", and the engine has concat, sum",
        ),
        ("gru-luong", "gru_1", "go_backwards", json!(true), "`go_backwards` is true"),
        (
            "gru-luong",
            "gru_1",
            "activation",
            json!("relu"),
            "layer `gru_1` (GRU): `activation` is \"relu\", and the engine has tanh",
        ),
        (
            "lstm-letters",
            "lstm_1",
            "recurrent_activation",
            json!("hard_sigmoid"),
            "\"hard_sigmoid\", and the engine has sigmoid",
        ),
        ("lstm-letters", "lstm_1", "return_sequences", json!(false), "`return_sequences` is false"),
    ] {
        let path = changed(&folder, name, |of, node| {
            if of == layer {
                node["config"][field] = value.clone();
            }
        });
        let message = refused(&path, &Request::default());
        assert!(message.contains(expected), "{layer}: {message}");
    }
    for (name, layer, class, expected) in [
        (
            "gru-luong",
            "dropout_1",
            "LayerNormalization",
            "layer `dropout_1` (LayerNormalization) stands where",
        ),
        (
            "gru-luong",
            "bidirectional",
            "ConvLSTM1D",
            "layer `bidirectional` (ConvLSTM1D) stands where",
        ),
    ] {
        let path = changed(&folder, name, |of, node| {
            if of == layer {
                node["class_name"] = json!(class);
            }
        });
        let message = refused(&path, &Request::default());
        assert!(message.contains(expected), "{layer}: {message}");
    }
}

#[test]
fn connections_in_a_circle_or_to_nowhere_are_refused() {
    let folder = Folder::new();
    for target in ["nowhere", "gru_1", "concatenate_1", "words"] {
        let history = json!([{"args": [{"config": {"keras_history": [target, 0, 0]}}]}]);
        for layer in ["gru_1", "concatenate_1", "dropout_1", "embedding_1"] {
            let path = changed(&folder, "gru-luong", |of, node| {
                if of == layer {
                    node["inbound_nodes"] = history.clone();
                }
            });
            refused(&path, &Request::default());
        }
    }
}

#[test]
fn names_of_layers_are_short_and_do_not_steer_a_terminal() {
    let folder = Folder::new();
    for (letters, expected) in [
        ("a".repeat(257), "a name of 257 bytes; at most 256 are read"),
        ("a\n\u{1b}[2J".into(), "layer `dropout_1` (a\\n\\u{1b}[2J) stands where"),
    ] {
        let path = changed(&folder, "gru-luong", |of, node| {
            if of == "dropout_1" {
                node["class_name"] = json!(letters);
            }
        });
        let message = refused(&path, &Request::default());
        assert!(message.contains(expected), "{message}");
    }
    let many: Vec<Value> = (0..1 << 16).map(|_| json!(["a", 0, 0])).collect();
    let path = changed(&folder, "gru-luong", |of, node| {
        if of == "dropout_1" {
            node["inbound_nodes"] = json!([{ "args": many }]);
        }
    });
    let message = refused(&path, &Request::default());
    assert!(message.contains("it has over 65536 connections"), "{message}");
}

#[test]
fn absurd_sizes_are_refused_before_anything_is_made_of_them() {
    let folder = Folder::new();
    for (name, layer, field) in [
        ("gru-luong", "gru_1", "units"),
        ("gru-luong", "embedding", "input_dim"),
        ("gru-luong", "embedding", "output_dim"),
        ("gru-luong", "dense", "units"),
        ("lstm-letters", "lstm", "units"),
    ] {
        for size in [json!(0), json!(1u64 << 62), json!(65_535), json!(-1), json!("9")] {
            let path = changed(&folder, name, |of, node| {
                if of == layer {
                    node["config"][field] = size.clone();
                }
            });
            refused(&path, &Request::default());
        }
    }
    let path = changed(&folder, "lstm-letters", |_, node| {
        if node["class_name"] == "InputLayer" {
            node["config"]["batch_shape"] = json!([null, null, 60_000]);
        }
    });
    let message = refused(&path, &Request::default());
    assert!(message.contains("60000 words, each an input of its own"), "{message}");
}

#[test]
fn models_that_do_not_say_what_they_compute_need_a_description() {
    let folder = Folder::new();
    let weights = entry("gru-luong", "model.weights.h5");
    for (config, expected) in [
        (json!({"class_name": "Translator", "config": {}}), "a class of its own, `Translator`"),
        (json!({"class_name": "Sequential", "config": {"layers": []}}), "is a Sequential"),
        (json!([]), "describe it with --config FILE"),
    ] {
        let config = config.to_string();
        let entries = [("config.json", config.as_bytes()), ("model.weights.h5", &weights[..])];
        let path = folder.file("my.keras", &archive(CompressionMethod::Stored, &entries));
        let message = refused(&path, &Request::default());
        assert!(message.contains(expected), "{message}");
    }
    let message = refused(&golden("keras/lstm-bahdanau/model.weights.h5"), &Request::default());
    assert!(message.contains("describe it with --config FILE"), "{message}");
}
