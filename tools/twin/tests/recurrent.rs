//! Recurrent models: every wrong description or weight file is one sentence, padding changes nothing,
//! and an observer sees every layer.

mod scratch;

use safetensors::SafeTensors;
use safetensors::tensor::{TensorView, serialize};
use scratch::file;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use twin::{Description, Error, Model, Weights};

fn golden(folder: &str, file: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/recurrent");
    root.join(folder).join(file)
}

/// The description of a golden model with one field set, or taken out: `path` is `decoder/start`.
fn edited(folder: &str, path: &str, value: Option<Value>) -> Result<Description, Error> {
    let text = std::fs::read_to_string(golden(folder, "model.json")).unwrap();
    let mut fields: Value = serde_json::from_str(&text).unwrap();
    let (parent, field) = path.rsplit_once('/').unwrap_or(("", path));
    let object = match parent {
        "" => &mut fields,
        parent => fields.pointer_mut(&format!("/{parent}")).unwrap(),
    };
    let object = object.as_object_mut().unwrap();
    match value {
        Some(value) => object.insert(field.into(), value),
        None => object.remove(field),
    };
    Description::read(&file(fields.to_string().as_bytes()))
}

fn read(folder: &str) -> Description {
    Description::read(&golden(folder, "model.json")).unwrap()
}

/// The weights of a golden model with tensors renamed (to nothing: taken out).
fn renamed(folder: &str, rename: impl Fn(&str) -> Option<String>) -> Weights {
    let bytes = std::fs::read(golden(folder, "weights.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let kept: Vec<(String, TensorView<'_>)> =
        tensors.iter().filter_map(|(name, view)| Some((rename(name)?, view))).collect();
    Weights::read(&file(&serialize(kept, None).unwrap())).unwrap()
}

#[test]
fn fields_that_cannot_be_say_which() {
    let gru = "torch-gru-additive"; // 6 + 6 wide rows, states of 9, readout and embedding of 7
    for (path, value, expected) in [
        (
            "encoder",
            json!("lstm"),
            "`encoder` is \"lstm\"; it must be \"transformer\" or an object",
        ),
        ("encoder/kind", json!("dense"), "`encoder` cannot be understood: unknown variant `dense`"),
        ("encoder/merg", json!("sum"), "`encoder` cannot be understood: unknown field `merg`"),
        ("encoder/cell", json!("gur"), "`encoder` cannot be understood: unknown variant `gur`"),
        ("encoder/hidden", json!(0), "`encoder.hidden` is 0; it must be 1 to 65535"),
        ("encoder/layers", json!(65536), "`encoder.layers` is 65536; it must be 1 to 65535"),
        ("encoder/cell", json!("lstm"), "`encoder.reset` is given, but only a GRU"),
        ("encoder/directions", json!("forward"), "`encoder.merge` is given, but there is one"),
        ("decoder/hidden", json!(0), "`decoder.hidden` is 0"),
        ("decoder/readout", json!(0), "`decoder.readout` is 0"),
        ("decoder/start", json!("zero"), "`decoder.bridge_activation` is given, but only"),
        ("decoder/cell_reads", json!(["context", "embedding"]), "`decoder.cell_reads` must be"),
        ("decoder/cell_reads", json!(["state"]), "`decoder.cell_reads` must be [\"embedding\"]"),
        ("decoder/output_reads", json!([]), "`decoder.output_reads` must have some of \"state\""),
        ("decoder/output_reads", json!(["context", "state"]), "in this order"),
        ("decoder/output_reads", json!(["state", "state"]), "in this order"),
        (
            "decoder/attention",
            json!(null),
            "`decoder.cell_reads` has \"context\", but there is no attention",
        ),
        (
            "decoder/attention",
            json!({"kind": "dot"}),
            "`decoder.attention.kind` is \"dot\", which needs states as wide as rows of the \
             memory, but they have width 9 and 12",
        ),
        ("decoder/attention", json!({"kind": "scaled"}), "but they have width 9 and 12"),
        ("decoder/attention", json!({"kind": "additive"}), "d_attention` is missing"),
        ("decoder/attention/kind", json!("general"), "d_attention` is given, but only additive"),
        ("decoder/attention/d_attention", json!(0), "`decoder.attention.d_attention` is 0"),
        (
            "decoder/readout",
            json!(8),
            "`tied_output` is true, but the output layer reads 8 numbers and the target embedding \
             has width 7",
        ),
        ("decoder/readout", json!(null), "the output layer reads 21 numbers"),
        ("d_embedding", json!(0), "`d_embedding` is 0"),
        ("d_model", json!(12), "`d_model` is given, but only a Transformer side reads it"),
        ("encoder_layers", json!(1), "`encoder_layers` is given, but only a Transformer side"),
    ] {
        let message = edited(gru, path, Some(value)).unwrap_err().to_string();
        assert!(message.contains(expected), "{path}: {message}");
    }
}

#[test]
fn fields_that_a_side_needs_are_named() {
    for (folder, path, expected) in [
        ("torch-gru-additive", "d_embedding", "`d_embedding` is missing; a recurrent side"),
        ("torch-gru-additive", "encoder/hidden", "`encoder` cannot be understood: missing field"),
        ("torch-gru-additive", "decoder/kind", "missing field `kind`"),
        ("torch-gru-additive", "max_source_len", "missing field `max_source_len`"),
        ("keras-gru-to-transformer", "d_ff", "`d_ff` is missing; a Transformer side needs it"),
        ("keras-gru-to-transformer", "alignment_layer", "`alignment_layer` is missing"),
        ("keras-gru-to-transformer", "decoder_layers", "`decoder_layers` is missing"),
        ("keras-transformer-to-gru", "encoder_layers", "`encoder_layers` is missing"),
    ] {
        let message = edited(folder, path, None).unwrap_err().to_string();
        assert!(message.contains(expected), "{path}: {message}");
    }
}

#[test]
fn the_start_must_suit_both_sides() {
    let start =
        |folder, name| edited(folder, "decoder/start", Some(json!(name))).unwrap_err().to_string();
    let message = start("torch-lstm-to-gru", "last");
    let expected = "`decoder.start` is \"last\", which copies states: the encoder leaves 2 layers \
                    of lstm with states of width 12, but the decoder has 2 layers of gru with \
                    states of width 12";
    assert!(message.contains(expected), "{message}");
    let message = start("keras-transformer-to-gru", "bridge");
    assert!(message.contains("a Transformer encoder has no final state"), "{message}");
    let message = edited("torch-lstm-cells", "decoder/layers", Some(json!(5))).unwrap_err();
    let expected = "`decoder.start` is \"cells\", which copies states: the encoder has 4 cells of lstm \
                    with states of width 7, but the decoder 5 of lstm and width 7";
    assert!(message.to_string().contains(expected), "{message}");
    let message = edited("torch-lstm-plain", "decoder/layers", Some(json!(1))).unwrap_err();
    assert!(message.to_string().contains("2 layers of lstm"), "{message}");
}

#[test]
fn defaults_are_those_of_the_page() {
    use twin::recurrent::{Cell, Query, Reset};
    let description = edited("torch-gru-additive", "encoder/merge", None).unwrap();
    assert_eq!(description, read("torch-gru-additive"));
    let description = edited("torch-gru-additive", "decoder/bridge_activation", None).unwrap();
    assert_eq!(description, read("torch-gru-additive"));
    let twin::DecoderKind::Recurrent(decoder) = description.decoder else { panic!() };
    assert_eq!(decoder.cell, Cell::Gru(Reset::After));
    let attention = json!({"kind": "additive", "d_attention": 8});
    let description = edited("torch-gru-additive", "decoder/attention", Some(attention)).unwrap();
    let twin::DecoderKind::Recurrent(decoder) = description.decoder else { panic!() };
    assert_eq!(decoder.attention.unwrap().query, Query::Previous);
}

#[test]
fn biases_come_in_pairs_or_not_at_all() {
    let gru = "torch-gru-additive";
    let without =
        |missing: &'static str| move |name: &str| (name != missing).then(|| name.to_owned());
    let weights = renamed(gru, without("encoder.rnn.bias_hh_l0"));
    let message = Model::new(read(gru), weights).unwrap_err().to_string();
    assert!(message.contains("tensor `encoder.rnn.bias_hh_l0` is missing"), "{message}");
    let weights = renamed(gru, |name| (!name.contains("rnn.bias_")).then(|| name.to_owned()));
    Model::new(read(gru), weights).unwrap();
}

#[test]
fn a_bias_of_the_energy_is_refused() {
    let gru = "torch-gru-additive";
    let misplaced = |name: &str| match name {
        "decoder.attention.query.bias" => Some("decoder.attention.energy.bias".to_owned()),
        name => Some(name.to_owned()),
    };
    let message = Model::new(read(gru), renamed(gru, misplaced)).unwrap_err().to_string();
    let expected = "tensor `decoder.attention.energy.bias` adds the same to every energy";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn names_of_pytorch_mean_a_reset_behind_the_product() {
    let gru = "torch-gru-additive";
    let description = edited(gru, "encoder/reset", Some(json!("before"))).unwrap();
    let weights = Weights::read(&golden(gru, "weights.safetensors")).unwrap();
    let message = Model::new(description, weights).unwrap_err().to_string();
    let expected = "`encoder.reset` is \"before\", but the weights have the names of PyTorch";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn a_misspelled_tensor_of_keras_is_named() {
    let gru = "keras-gru-after-additive";
    let misspelled = |name: &str| match name {
        "encoder.rnn.kernel_l0" => Some("encoder.rnn.kernal_l0".to_owned()),
        name => Some(name.to_owned()),
    };
    let message = Model::new(read(gru), renamed(gru, misspelled)).unwrap_err().to_string();
    let expected = "tensor `encoder.rnn.kernel_l0` is missing; \
                    the nearest name in the file is `encoder.rnn.kernal_l0`";
    assert_eq!(message, expected);
}

#[test]
fn padding_changes_nothing() {
    for folder in ["keras-gru-before-both-sum", "torch-lstm-context-before", "torch-gru-sum-mean"] {
        let weights = Weights::read(&golden(folder, "weights.safetensors")).unwrap();
        let model = Model::new(read(folder), weights).unwrap();
        let plain = model.greedy(&[5, 9, 2], &mut ()).unwrap();
        let padded = model.greedy(&[5, 9, 2, 0, 0], &mut ()).unwrap();
        assert_eq!(plain.len(), padded.len());
        for (plain, padded) in plain.iter().zip(&padded) {
            assert!((&plain.logits - &padded.logits).iter().all(|error| error.abs() < 1e-5));
            assert_eq!(padded.alignment.to_vec()[3..], [0.0, 0.0]);
        }
    }
}

#[test]
fn sites_come_in_the_order_of_the_data_flow() {
    use twin::Site::*;
    let folder = "torch-gru-additive";
    let weights = Weights::read(&golden(folder, "weights.safetensors")).unwrap();
    let model = Model::new(read(folder), weights).unwrap();
    let mut seen = Vec::new();
    let mut note = |site: twin::Site, position: usize, values: &[f32]| {
        if position == 0 {
            seen.push((site, values.len()));
        }
    };
    model.greedy(&[5, 9, 2], &mut note).unwrap();
    let expected = [
        (SourceEmbedding, 7),
        (EncoderLayer(0), 12),
        (Memory, 12),
        (TargetEmbedding, 7),
        (Context, 12),
        (DecoderState(0), 9),
        (Readout, 7),
        (DecoderOutput, 7),
        (Logits, 19),
    ];
    assert_eq!(seen, expected);
    assert!(expected.is_sorted(), "so is the enum");
}
