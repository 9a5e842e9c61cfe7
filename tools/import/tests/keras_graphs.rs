//! Graphs of Keras that look like a model of the engine and compute something else.

mod bed;

use bed::keras::changed;
use bed::{Folder, golden, refused};
use import::Request;
use serde_json::{Value, json};

/// Letters of source and target of the model of letters.
const LETTERS: [usize; 2] = [17, 19];

/// One use of a layer that reads these outputs.
fn reads(all: &[(&str, usize, usize)], kwargs: &Value) -> Value {
    let tensor = |(layer, call, output): &(&str, usize, usize)| json!({"class_name": "__keras_tensor__", "config": {"keras_history": [layer, call, output]}});
    let all: Vec<Value> = all.iter().map(tensor).collect();
    let args = if all.len() == 1 { all } else { vec![Value::Array(all)] };
    json!([{"args": args, "kwargs": kwargs}])
}

/// What a golden archive is refused with where a layer reads otherwise.
fn with(name: &str, layer: &str, nodes: &Value) -> String {
    let folder = Folder::new();
    let path = changed(&folder, name, |of, node| {
        if of == layer {
            node["inbound_nodes"] = nodes.clone();
        }
    });
    refused(&path, &Request::default())
}

#[test]
fn an_encoder_starts_from_zeros() {
    let state = reads(&[("lstm_1", 0, 1)], &json!({}))[0]["args"].clone();
    let nodes = reads(&[("input_layer_2", 0, 0)], &json!({ "initial_state": state }));
    let message = with("lstm-letters", "lstm", &nodes);
    assert!(message.contains("layer `lstm` (LSTM): it has an `initial_state`"), "{message}");
    let nodes = reads(&[("input_layer_2", 0, 0), ("lstm_1", 0, 1)], &json!({}));
    let message = with("lstm-letters", "lstm", &nodes);
    assert!(message.contains("layer `lstm` (LSTM): it has an `initial_state`"), "{message}");
}

#[test]
fn a_softmax_stands_behind_the_output_alone() {
    let folder = Folder::new();
    let path = changed(&folder, "gru-luong", |of, node| {
        if of == "dropout" {
            node["class_name"] = json!("Activation");
            node["config"] = json!({"activation": "softmax"});
        }
    });
    let message = refused(&path, &Request::default());
    assert!(message.contains("layer `dropout` (Activation) stands where"), "{message}");
}

#[test]
fn the_output_reads_the_embedding_of_the_decoder() {
    for (call, taken) in [(2, true), (0, false)] {
        let parts = [("gru_3", 0, 0), ("additive_attention", 0, 0), ("embedding_4", call, 0)];
        let nodes = reads(&parts, &json!({"training": false, "axis": null}));
        if taken {
            let folder = Folder::new();
            let path = changed(&folder, "gru-additive-trained", |of, node| {
                if of == "concatenate_1" {
                    node["inbound_nodes"] = nodes.clone();
                }
            });
            import::open(&path, &Request::default()).unwrap();
        } else {
            let message = with("gru-additive-trained", "concatenate_1", &nodes);
            assert!(message.contains("the decoder's cells read another"), "{message}");
        }
    }
}

#[test]
fn both_sides_read_an_input_of_their_own() {
    let nodes = reads(&[("input_layer", 0, 0)], &json!({}));
    let message = with("gru-luong", "embedding_1", &nodes);
    assert!(message.contains("layer `input_layer` (InputLayer): both sides read it"), "{message}");
}

#[test]
fn arguments_that_are_not_read_are_named() {
    let looks = [("gru_1", 0, 0), ("bidirectional", 0, 0)];
    for (kwargs, expected) in [
        (
            json!({"use_causal_mask": true}),
            "it is called with `use_causal_mask`, which is not read",
        ),
        (json!({"mask": [[true]]}), "it is called with `mask`, which is not read"),
        (json!({"training": true}), "it is called with `training`, which is not read"),
        (
            json!({"mask": reads(&[("dropout", 0, 0)], &json!({}))}),
            "layer `attention` (Attention): its `mask` is not that of padding",
        ),
    ] {
        let message = with("gru-luong", "attention", &reads(&looks, &kwargs));
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn an_input_of_numbers_is_taken_for_words_aloud() {
    let path = golden("keras/lstm-letters/model.keras");
    let import = import::open(&path, &Request::default()).unwrap();
    let said = |side: &str| {
        let said = format!("the {side} has an input of ");
        import.remarks.iter().filter(|remark| remark.starts_with(&said)).count()
    };
    assert_eq!((said("source"), said("target")), (1, 1), "{:?}", import.remarks);
}

/// A golden archive with a list of this beginning on both sides.
fn listed(name: &str, sizes: [usize; 2], first: &[&str]) -> Result<import::Import, import::Error> {
    let folder = Folder::new();
    let [source, target] = [("source", sizes[0]), ("target", sizes[1])].map(|(side, size)| {
        let words = first.iter().map(|word| (*word).to_owned());
        let words: Vec<String> =
            words.chain((first.len()..size).map(|n| format!("w{n}"))).collect();
        Some(folder.file(&format!("{side}.json"), json!(words).to_string().as_bytes()))
    });
    let request = Request { source_words: source, target_words: target, ..Request::default() };
    import::open(&golden(&format!("keras/{name}/model.keras")), &request)
}

#[test]
fn marks_are_found_as_the_list_has_them() {
    // As keras.io's model of letters has them, whose first letters are its marks.
    let import = listed("lstm-letters", LETTERS, &["\t", "\n", " "]).unwrap();
    assert_eq!((import.description.target.bos, import.description.target.eos), (0, 1));
    let import = listed("lstm-letters", LETTERS, &["", "a", "b", "[START]"]).unwrap();
    assert_eq!((import.description.target.bos, import.description.target.eos), (3, 2));
    let said = "no mark as [end]; 2 is taken for the last of a sentence";
    let said = import.remarks.iter().filter(|remark| remark.contains(said)).count();
    assert_eq!(said, 1, "{:?}", import.remarks);
    let Err(cause) = listed("lstm-letters", LETTERS, &["", "[END]"]) else {
        panic!("one word is both marks")
    };
    assert!(cause.to_string().contains("has 1 for both marks of a sentence"), "{cause}");
}
