use crate::bed::{
    VARIANTS, converted, converted_from, fails, folder, golden, recurrent, regard, stdout,
};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;

#[test]
fn converting_twice_gives_equal_bytes() {
    for variant in VARIANTS {
        let folder = converted(&format!("twice-{variant}"), variant);
        let again = ["convert", "weights.safetensors", "--config", "model.json", "-o", "again.rgd"];
        assert!(regard(&folder, &again).status.success());
        let read = |name| fs::read(folder.join(name)).expect("written");
        assert_eq!(read("m.rgd"), read("again.rgd"), "{variant}");
    }
}

#[test]
fn the_report_names_every_tensor_and_the_totals() {
    let folder = converted("report", "odd");
    let again = ["convert", "weights.safetensors", "--config", "model.json", "-o", "m.rgd"];
    let report = stdout(&regard(&folder, &again));
    for words in [
        "encoder.layers.0.self_attention.query",
        "decoder.layers.1.cross_attention.output",
        "flash",
        "RAM",
    ] {
        assert!(report.contains(words), "{report}");
    }
}

#[test]
fn a_missing_tensor_is_named_and_nothing_is_written() {
    let folder = folder("missing");
    // The separate-output model has no `norm` of the pre-norm one.
    let weights = golden("post-learned-gelu-separate", "weights.safetensors");
    let config = golden("pre-learned-gelu-separate", "model.json");
    let args = [
        "convert",
        weights.to_str().expect("UTF-8"),
        "--config",
        config.to_str().expect("UTF-8"),
        "-o",
        "m.rgd",
    ];
    fails(&regard(&folder, &args), 1, "tensor `encoder.norm.weight` is missing; the nearest name");
    assert_eq!(fs::read_dir(&folder).expect("readable").count(), 0);
}

#[test]
fn a_wrong_shape_names_both_shapes() {
    let folder = folder("shape");
    let weights = golden("odd", "weights.safetensors");
    let config = golden("pre-sinusoidal-relu-tied", "model.json");
    let args = [
        "convert",
        weights.to_str().expect("UTF-8"),
        "--config",
        config.to_str().expect("UTF-8"),
        "-o",
        "m.rgd",
    ];
    fails(&regard(&folder, &args), 1, "has shape [17, 30], but the description needs [19, 32]");
}

/// A folder's description with one field set, beside weights of other sizes: those are not asked for.
fn convert_with(bed: &Path, path: &str, value: Value) -> Output {
    let text = fs::read(bed.join("model.json")).expect("there");
    let mut fields: Value = serde_json::from_slice(&text).expect("JSON");
    let (parent, field) = path.rsplit_once('/').expect("a path");
    fields.pointer_mut(parent).expect("there")[field] = value;
    fields["tied_output"] = false.into(); // A tie would be what does not fit.
    fs::write(bed.join("large.json"), fields.to_string()).expect("written");
    regard(bed, &["convert", "weights.safetensors", "--config", "large.json", "-o", "x.rgd"])
}

#[test]
fn sizes_beyond_the_engine_are_named_before_weights_are_read() {
    let transformer = converted("limits-transformer", "odd");
    let of = |file: &str| recurrent("torch-gru-additive", file);
    let cells = converted_from("limits-recurrent", of);
    for (bed, path, value, message) in [
        (&transformer, "/d_model", 1025, "`d_model` is 1025; the engine takes at most 1024"),
        (&transformer, "/n_heads", 65, "`n_heads` is 65; the engine takes at most 64"),
        (&transformer, "/d_head", 257, "`d_head` is 257; the engine takes at most 256"),
        (&transformer, "/d_ff", 4097, "`d_ff` is 4097; the engine takes at most 4096"),
        (
            &transformer,
            "/encoder_layers",
            33,
            "`encoder_layers` is 33; the engine takes at most 32",
        ),
        (&transformer, "/max_source_len", 1025, "`max_source_len` is 1025; the engine takes at"),
        (&transformer, "/max_target_len", 2000, "`max_target_len` is 2000; the engine takes at"),
        (&cells, "/d_embedding", 1025, "`d_embedding` is 1025; the engine takes at most 1024"),
        (
            &cells,
            "/encoder/hidden",
            1025,
            "`encoder.hidden` is 1025; the engine takes at most 1024",
        ),
        (&cells, "/encoder/layers", 33, "`encoder.layers` is 33; the engine takes at most"),
        (&cells, "/decoder/hidden", 2048, "`decoder.hidden` is 2048; the engine takes at most"),
        (&cells, "/decoder/layers", 33, "`decoder.layers` is 33; the engine takes at most 32"),
        (
            &cells,
            "/decoder/attention/d_attention",
            1025,
            "`decoder.attention.d_attention` is 1025;",
        ),
        (&cells, "/decoder/readout", 1025, "`decoder.readout` is 1025; the engine takes at most"),
    ] {
        fails(&convert_with(bed, path, value.into()), 1, message);
    }
    // What the engine takes is not refused: now the weights are asked.
    fails(&convert_with(&cells, "/encoder/hidden", 1024.into()), 1, "has shape");
}

#[test]
fn an_input_is_never_overwritten() {
    let folder = converted("overwrite", "odd");
    let before = fs::read(folder.join("weights.safetensors")).expect("there");
    for output in ["weights.safetensors", "./model.json"] {
        let args = ["convert", "weights.safetensors", "--config", "model.json", "-o", output];
        fails(&regard(&folder, &args), 2, "is an input; choose another name");
    }
    assert_eq!(fs::read(folder.join("weights.safetensors")).expect("there"), before);
}

#[test]
fn wrong_files_are_one_sentence() {
    let folder = converted("wrong", "odd");
    let convert =
        |weights, config| regard(&folder, &["convert", weights, "--config", config, "-o", "x.rgd"]);
    fails(&convert("model.json", "model.json"), 1, "model.json is neither a safetensors file");
    fails(&convert("weights.safetensors", "m.rgd"), 1, "m.rgd is not a model description");
    fails(&convert("none", "model.json"), 1, "cannot read none");
    fails(&regard(&folder, &["run", "model.json", "s3"]), 1, "model.json");
    fails(&regard(&folder, &["run", "none.rgd", "s3"]), 1, "cannot read none.rgd");
    assert!(!folder.join("x.rgd").exists());
    let nowhere =
        ["convert", "weights.safetensors", "--config", "model.json", "-o", "nowhere/x.rgd"];
    fails(&regard(&folder, &nowhere), 1, "cannot write nowhere/x.rgd: entity not found");
}

#[test]
fn wrong_usage_is_exit_code_two() {
    let folder = folder("usage");
    for args in [&["translate"][..], &["run"], &["convert", "w"], &["run", "m", "--logits"]] {
        assert_eq!(regard(&folder, args).status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn every_cut_of_a_model_file_is_an_error() {
    let folder = converted("cut", "odd");
    let bytes = fs::read(folder.join("m.rgd")).expect("converted");
    for length in [0, 3, 63, bytes.len() / 2, bytes.len() - 1] {
        fs::write(folder.join("cut.rgd"), &bytes[..length]).expect("writable");
        fails(&regard(&folder, &["run", "cut.rgd", "s3"]), 1, "cut.rgd");
    }
}
