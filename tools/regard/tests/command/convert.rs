use crate::bed::{VARIANTS, converted, fails, folder, golden, regard, stdout};
use std::fs;

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
    fails(&convert("model.json", "model.json"), 1, "model.json is not a safetensors file");
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
