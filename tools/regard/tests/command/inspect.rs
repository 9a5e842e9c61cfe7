//! What `regard inspect` says of a model of each family.

use crate::bed::{converted, converted_from, pictured, recurrent, regard, stderr, stdout};
use serde_json::Value;
use std::path::Path;

/// The dims of a folder's model as JSON, whose lines of text are the same.
fn dims(folder: &Path) -> Value {
    let output = regard(folder, &["inspect", "m.rgd", "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let text = stdout(&regard(folder, &["inspect", "m.rgd"]));
    for (name, value) in report["dims"].as_object().expect("dims") {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        assert!(text.contains(&format!("\n{name:18} {value}\n")) || name == "encoder", "{text}");
    }
    report["dims"].clone()
}

fn says(dims: &Value, fields: &[(&str, Value)], not: &[&str]) {
    for (name, value) in fields {
        assert_eq!(&dims[name], value, "{name}: {dims}");
    }
    for name in not {
        assert!(dims.get(name).is_none(), "{name}: {dims}");
    }
}

#[test]
fn a_transformer_is_its_widths_and_heads() {
    let dims = dims(&converted("inspect-transformer", "odd"));
    let fields = [
        ("encoder", "transformer".into()),
        ("decoder", "transformer".into()),
        ("d_model", 30.into()),
        ("max_source_len", 12.into()),
        ("source_vocabulary", 17.into()),
    ];
    says(&dims, &fields, &["attention", "d_embedding", "picture", "decoder_cell"]);
}

#[test]
fn a_recurrent_model_is_its_cells_and_its_attention() {
    let name = "torch-gru-additive";
    let dims = dims(&converted_from("inspect-recurrent", |file| recurrent(name, file)));
    let described = std::fs::read(recurrent(name, "model.json")).expect("there");
    let described: Value = serde_json::from_slice(&described).expect("JSON");
    let fields = [
        ("encoder", "recurrent".into()),
        ("encoder_cell", "gru, reset after".into()),
        ("encoder_hidden", described["encoder"]["hidden"].clone()),
        ("decoder_cell", "gru, reset after".into()),
        ("decoder_hidden", described["decoder"]["hidden"].clone()),
        ("attention", "additive, tanh".into()),
        ("d_attention", described["decoder"]["attention"]["d_attention"].clone()),
        ("d_embedding", described["d_embedding"].clone()),
    ];
    says(&dims, &fields, &["d_model", "n_heads", "norm", "alignment_layer", "picture"]);
}

#[test]
fn a_captioner_is_its_picture_its_places_and_its_decoder() {
    let name = "torch-residual";
    let dims = dims(&converted_from("inspect-pictures", |file| pictured(name, file)));
    let fields = [
        ("encoder", "convolutional".into()),
        ("picture", "20 × 13 × 3".into()),
        ("places", "4 × 3".into()),
        ("max_source_len", 12.into()),
        ("memory_width", 9.into()),
        ("decoder", "recurrent".into()),
        ("decoder_cell", "lstm".into()),
        ("decoder_hidden", 10.into()),
        ("start", "mean".into()),
        ("attention", "additive, relu".into()),
        ("d_attention", 6.into()),
        ("context_gate", "vector".into()),
        ("cell_reads", "embedding, context".into()),
        ("output_reads", "state, context".into()),
        ("readout", 7.into()),
    ];
    says(&dims, &fields, &["d_model", "source_vocabulary", "lowercase", "encoder_cell"]);
}

#[test]
fn a_captioner_with_a_transformer_has_the_widths_of_that() {
    let bed = converted_from("inspect-mixed", |file| pictured("keras-to-transformer", file));
    let fields = [
        ("encoder", "convolutional".into()),
        ("decoder", "transformer".into()),
        ("decoder_layers", 2.into()),
        ("alignment_layer", 1.into()),
        ("d_model", 12.into()),
    ];
    says(&dims(&bed), &fields, &["d_embedding", "attention"]);
}
