//! Every wrong file is one sentence that says what and where.

mod scratch;

use safetensors::tensor::{Dtype, TensorView, serialize};
use scratch::file;
use std::path::{Path, PathBuf};
use twin::{Description, Error, Model, Weights};

const VARIANT: &str = "../../tests/golden/transformer/odd";

fn variant(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(VARIANT).join(file)
}

/// A safetensors file with one tensor.
fn one(name: &str, dtype: Dtype, shape: &[usize], data: &[u8]) -> Result<Weights, Error> {
    let view = TensorView::new(dtype, shape.to_vec(), data).unwrap();
    Weights::read(&file(&serialize([(name, view)], None).unwrap()))
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn described(from: &str, to: &str) -> String {
    let text = std::fs::read_to_string(variant("model.json")).unwrap();
    assert!(text.contains(from), "{from}");
    let path = file(text.replacen(from, to, 1).as_bytes());
    Description::read(&path).unwrap_err().to_string()
}

#[test]
fn a_missing_tensor_is_named_with_its_nearest() {
    let mut weights = one("encoder.norm.weigth", Dtype::F32, &[2], &floats(&[1.0, 2.0])).unwrap();
    let message = weights.vector("encoder.norm.weight", 2).unwrap_err().to_string();
    let expected = "tensor `encoder.norm.weight` is missing; \
                    the nearest name in the file is `encoder.norm.weigth`";
    assert_eq!(message, expected);
}

#[test]
fn a_wrong_shape_names_both_shapes() {
    let data = floats(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let mut weights = one("w", Dtype::F32, &[2, 3], &data).unwrap();
    let message = weights.matrix("w", [3, 2]).unwrap_err().to_string();
    assert_eq!(message, "tensor `w` has shape [2, 3], but the description needs [3, 2]");
}

#[test]
fn not_a_number_is_named_with_its_index() {
    let data = floats(&[1.0, 2.0, 3.0, 4.0, f32::NAN, 6.0]);
    let message = one("w", Dtype::F32, &[2, 3], &data).unwrap_err().to_string();
    assert_eq!(message, "tensor `w` holds NaN at index [1, 1]");
}

#[test]
fn half_precision_is_read() {
    let mut weights = one("w", Dtype::F16, &[2], &[0x00, 0x3C, 0x00, 0xC0]).unwrap();
    assert_eq!(weights.vector("w", 2).unwrap().to_vec(), [1.0, -2.0]);
    let mut weights = one("w", Dtype::BF16, &[2], &[0x80, 0x3F, 0x00, 0xC0]).unwrap();
    assert_eq!(weights.vector("w", 2).unwrap().to_vec(), [1.0, -2.0]);
}

#[test]
fn other_element_types_are_refused() {
    let message = one("w", Dtype::I8, &[1], &[3]).unwrap_err().to_string();
    assert_eq!(message, "tensor `w` holds I8 elements; F32, F16 and BF16 are read");
}

#[test]
fn unused_tensors_are_named() {
    let weights = one("extra", Dtype::F32, &[1], &floats(&[1.0])).unwrap();
    let message = weights.finish().unwrap_err().to_string();
    assert_eq!(message, "the description has no use for tensor `extra`");
}

#[test]
fn every_truncation_of_a_weight_file_is_an_error() {
    let bytes = std::fs::read(variant("weights.safetensors")).unwrap();
    for length in (0..bytes.len()).step_by(997).chain([bytes.len() - 1]) {
        let path = file(&bytes[..length]);
        assert!(matches!(Weights::read(&path), Err(Error::Safetensors { .. })), "{length}");
    }
}

#[test]
fn impossible_descriptions_say_which_field() {
    for (from, to, expected) in [
        ("\"d_ff\": 27", "\"d_ff\": 0", "`d_ff` is 0; it must be 1 to 65535"),
        ("\"d_ff\": 27", "\"dff\": 27", "unknown field `dff`"),
        (
            "\"norm\": \"pre\"",
            "\"norm\": \"middle\"",
            "unknown variant `middle`, expected `pre` or `post`",
        ),
        ("\"alignment_layer\": 1", "\"alignment_layer\": 2", "`alignment_layer` is 2"),
        (
            "\"norm\": \"pre\"",
            "\"norm\": \"pre\", \"relative_buckets\": 32",
            "`relative_buckets` is given, but only `positions` of \"relative\" read it",
        ),
        (
            "\"positions\": \"sinusoidal\"",
            "\"positions\": \"relative\", \"relative_buckets\": 32",
            "`relative_distance` is missing; a relative side needs it",
        ),
        (
            "\"positions\": \"sinusoidal\"",
            "\"positions\": \"relative\", \"relative_buckets\": 7, \"relative_distance\": 9",
            "`relative_buckets` is 7; it must be an even number from 4 on",
        ),
        (
            "\"positions\": \"sinusoidal\"",
            "\"positions\": \"relative\", \"relative_buckets\": 8, \"relative_distance\": 4",
            "`relative_distance` is 4; of 8 buckets it must be more than 4",
        ),
        (
            "\"norm\": \"pre\"",
            "\"norm\": \"pre\", \"attention_scale\": 0",
            "`attention_scale` is 0; it must be a positive number",
        ),
        ("\"s16\"", "\"s15\"", "`source` lists the word \"s15\" twice"),
        ("\"s16\"", "\"s 6\"", "`source` word 16 is \"s 6\""),
        ("\"eos\": 2", "\"eos\": 17", "`source` gives a mark the id 17, but has 17 words"),
    ] {
        let message = described(from, to);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_target_may_start_with_its_padding_or_its_end_and_nothing_else_shares_a_mark() {
    let text = std::fs::read_to_string(variant("model.json")).unwrap();
    let (source, target) = text.split_at(text.find("\"target\"").unwrap());
    let read = |source: &str, from: &str, to: &str| {
        assert!(target.contains(from));
        let path = file((source.to_owned() + &target.replacen(from, to, 1)).as_bytes());
        Description::read(&path).map_err(|error| error.to_string())
    };
    assert_eq!(read(source, "\"bos\": 1", "\"bos\": 0").unwrap().target.bos, 0);
    assert_eq!(read(source, "\"bos\": 1", "\"bos\": 2").unwrap().target.bos, 2);
    let message = read(source, "\"eos\": 2", "\"eos\": 0").unwrap_err();
    assert!(message.contains("`target` gives two of pad, bos and eos the id 0"), "{message}");
    let source = source.replacen("\"bos\": 1", "\"bos\": 0", 1);
    let message = read(&source, "\"bos\": 1", "\"bos\": 0").unwrap_err();
    assert!(message.contains("`source` gives two of pad, bos and eos the id 0"), "{message}");
}

#[test]
fn impossible_sentences_are_refused() {
    let description = Description::read(&variant("model.json")).unwrap();
    let weights = Weights::read(&variant("weights.safetensors")).unwrap();
    let model = Model::new(description, weights).unwrap();
    let message = |ids: &[u32]| model.greedy(ids, &mut ()).unwrap_err().to_string();
    assert_eq!(message(&[]), "the source has 0 tokens; the model takes 1 to 12");
    assert_eq!(message(&[3; 13]), "the source has 13 tokens; the model takes 1 to 12");
    assert_eq!(message(&[17, 2]), "token id 17 is outside the word table of 17 words");
}

#[test]
fn padding_changes_nothing() {
    let description = Description::read(&variant("model.json")).unwrap();
    let weights = Weights::read(&variant("weights.safetensors")).unwrap();
    let model = Model::new(description, weights).unwrap();
    let plain = model.greedy(&[5, 9, 2], &mut ()).unwrap();
    let padded = model.greedy(&[5, 9, 2, 0, 0], &mut ()).unwrap();
    assert_eq!(plain.len(), padded.len());
    for (plain, padded) in plain.iter().zip(&padded) {
        assert!((&plain.logits - &padded.logits).iter().all(|error| error.abs() < 1e-5));
        assert_eq!(padded.alignment.to_vec()[3..], [0.0, 0.0]);
    }
}
