//! Firmware projects outside this one. That they build and run is `cargo xtask boards`' to say.

use crate::bed::{
    converted_from, fails, folder, model, pictured, recurrent, regard, stderr, stdout,
};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("there")
}

fn demo(name: &str) -> String {
    model(name, &format!("{name}.rgd")).to_str().expect("UTF-8").to_owned()
}

/// A project called `greeter`; where it is, and what was said.
fn made(test: &str, board: &str, model: &str) -> (PathBuf, String) {
    let bed = folder(test);
    let output = regard(&bed, &["new", "greeter", "--board", board, "--model", model]);
    assert!(output.status.success(), "{board}: {}", stderr(&output));
    let names = bed.read_dir().expect("there").count();
    assert_eq!(names, 1, "nothing is left beside it");
    (bed.join("greeter"), stdout(&output))
}

fn text(project: &Path, file: &str) -> String {
    fs::read_to_string(project.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn toml(project: &Path, file: &str) -> toml_edit::DocumentMut {
    text(project, file).parse().expect("TOML")
}

/// All files of a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in folder.read_dir().expect("there") {
        let path = entry.expect("readable").path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

#[test]
fn a_project_is_the_boards_folder_with_a_name_a_model_and_one_program() {
    let (project, said) = made("new", "an500", &demo("eng-fra"));
    assert!(said.contains("cargo run --release    # emulated"), "{said}");
    let manifest = toml(&project, "Cargo.toml");
    assert_eq!(manifest["package"]["name"].as_str(), Some("greeter"));
    assert_eq!(manifest["lib"]["name"].as_str(), Some("board"));
    assert!(manifest.get("bin").is_none(), "src/main.rs is the one program");
    let features: Vec<_> =
        manifest["features"]["default"].as_array().expect("features").iter().collect();
    assert_eq!(features.iter().filter_map(|f| f.as_str()).collect::<Vec<_>>(), ["an500"]);
    for (package, place) in [("regard", root()), ("app", root().join("boards/app"))] {
        assert_eq!(manifest["dependencies"][package]["path"].as_str(), place.to_str());
    }
    let config = toml(&project, ".cargo/config.toml");
    assert_eq!(config["build"]["target"].as_str(), Some("thumbv7em-none-eabihf"));
    let targets = config["target"].as_table().expect("targets");
    assert_eq!(targets.len(), 1);
    let runner = targets["thumbv7em-none-eabihf"]["runner"].as_str().expect("a runner");
    assert!(runner.starts_with("qemu-system-arm -M mps2-an500 "), "{runner}");
    for file in ["build.rs", "src/lib.rs", "src/serial.rs"] {
        let own = text(&root().join("boards/qemu-mps2"), file);
        assert_eq!(text(&project, file), own, "{file}");
    }
    assert!(text(&project, "Cargo.lock").contains("name = \"greeter\""));
    assert!(!project.join("src/bin").exists() && !project.join("src/no_panic.rs").exists());
    let same = fs::read(project.join("model.rgd")).expect("there");
    assert_eq!(same, fs::read(demo("eng-fra")).expect("there"));
}

#[test]
fn the_program_is_the_one_for_the_models_kind() {
    for (name, engine, source) in [
        ("eng-fra-tiny", "Transformer::new(", "&mut Text"),
        ("g2p-tiny", "Recurrent::new(", "&mut Text"),
        ("scenes", "Captioner::new(", "Arena<{ 64 * 64 * 3 }>"),
    ] {
        let (project, _) = made("new-kind", "an386", &demo(name));
        let main = text(&project, "src/main.rs");
        assert!(main.contains(engine) && main.contains(source), "{main}");
        assert!(main.contains("include_model!(\"../model.rgd\")"), "{main}");
    }
}

#[test]
fn a_later_transformer_brings_its_feature() {
    let bed = converted_from("new-variants", |file| recurrent("../hf/t5", file));
    let output = regard(&bed, &["new", "t5", "--board", "rv32", "--model", "m.rgd"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let features = &toml(&bed.join("t5"), "Cargo.toml")["features"];
    let default = features["default"].as_array().expect("features");
    let names: Vec<_> = default.iter().filter_map(|name| name.as_str()).collect();
    assert_eq!(names, ["virt", "variants"]);
    let inspected = stdout(&regard(&bed, &["inspect", "m.rgd"]));
    for line in ["norm_kind          rms", "positions          relative", "relative_buckets   8"] {
        assert!(inspected.contains(line), "{inspected}");
    }
    assert!(inspected.contains("the engine's feature variants"), "{inspected}");
}

#[test]
fn weights_of_another_kind_bring_their_feature() {
    let bed = folder("new-int4");
    for file in ["weights.safetensors", "model.json"] {
        fs::copy(pictured("keras-to-transformer", file), bed.join(file)).expect("copied");
    }
    let convert = ["convert", "weights.safetensors", "--config", "model.json", "-o", "m.rgd"];
    let narrow = regard(&bed, &[&convert[..], &["--activations", "8"]].concat());
    assert!(narrow.status.success(), "{}", stderr(&narrow));
    let output = regard(&bed, &["new", "m55", "--board", "an547", "--model", "m.rgd"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let default = |project: &str| {
        let manifest = toml(&bed.join(project), "Cargo.toml");
        let names = manifest["features"]["default"].as_array().expect("features").clone();
        names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(default("m55"), ["an547"], "which has the feature anyway");
    let output = regard(&bed, &["new", "riscv", "--board", "rv32", "--model", "m.rgd"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(default("riscv"), ["virt", "bytes"]);
    let features = &toml(&bed.join("riscv"), "Cargo.toml")["features"]["bytes"];
    let parts: Vec<_> = features.as_array().expect("it is made").iter().collect();
    assert_eq!(
        parts.iter().filter_map(|f| f.as_str()).collect::<Vec<_>>(),
        ["regard/bytes", "app/bytes"]
    );
    assert!(text(&bed.join("riscv"), "src/main.rs").contains("Seq2Seq::<Any>::new("));
}

#[test]
fn every_board_with_a_folder_has_a_project_that_stands_alone() {
    let table: Value = serde_json::from_str(&text(&root(), "boards/boards.json")).expect("JSON");
    let mut seen = 0;
    for board in table["boards"].as_array().expect("boards") {
        let [name, folder] = ["name", "folder"].map(|key| board[key].as_str().expect("a name"));
        let models = board["programs"].as_object().expect("programs").values();
        let small = models.min_by_key(|name| *name != "eng-fra-tiny").expect("a model");
        if !root().join("boards").join(folder).exists() {
            continue;
        }
        let test = format!("new-{name}");
        let (project, _) = made(&test, name, &demo(small.as_str().expect("a name")));
        for file in files(&project).iter().filter(|file| !file.ends_with("model.rgd")) {
            let text = fs::read_to_string(file).expect("text");
            let outside = ["\"../", " ../"].iter().any(|outside| text.contains(outside))
                && !text.contains("include_model!(\"../model.rgd\")");
            assert!(!outside, "{name}: {} points outside", file.display());
        }
        assert!(project.join("src/lib.rs").exists() && project.join("build.rs").exists(), "{name}");
        let config = toml(&project, ".cargo/config.toml");
        assert_eq!(config["build"]["target"].as_str(), board["target"].as_str(), "{name}");
        seen += 1;
    }
    assert!(seen >= 7, "{seen}");
}

/// One sentence, and nothing new in the folder.
fn refused(bed: &Path, options: &[&str], code: i32, words: &str) {
    let before = files(bed);
    fails(&regard(bed, &[&["new"], options].concat()), code, words);
    assert_eq!(files(bed), before, "{words}");
}

#[test]
fn what_cannot_be_made_is_refused_and_leaves_nothing() {
    let bed = folder("new-refused");
    let (large, tiny) = (demo("eng-fra"), demo("eng-fra-tiny"));
    let an386 = ["--board", "an386", "--model", &tiny];
    let of = |name: &'static str| [&[name], &an386[..]].concat();
    refused(&bed, &["p", "--board", "pico", "--model", &tiny], 2, "there are microbit, an385");
    let unfit = ["p", "--board", "microbit", "--model", &large];
    refused(&bed, &unfit, 1, "bytes of flash and");
    refused(&bed, &["p", "--board", "an386", "--model", "none.rgd"], 1, "none.rgd");
    let mut broken = fs::read(&tiny).expect("there");
    broken[9000] ^= 4;
    fs::write(bed.join("broken.rgd"), broken).expect("written");
    refused(&bed, &["p", "--board", "an386", "--model", "broken.rgd"], 1, "broken.rgd: ");
    for name in ["app", "9lives", "no name", "..", "board"] {
        refused(&bed, &of(name), 2, "a package cannot be called");
    }
    fs::create_dir(bed.join("full")).expect("created");
    fs::write(bed.join("full/notes"), b"mine").expect("written");
    refused(&bed, &of("full"), 2, "full is there already");
    refused(&bed, &of("broken-file/p"), 1, "broken-file/p");
    fs::write(bed.join("taken"), b"mine").expect("written");
    refused(&bed, &of("taken"), 2, "taken is there already");
    let elsewhere = [&of("p")[..], &["--engine", "full"]].concat();
    refused(&bed, &elsewhere, 1, "has no boards/qemu-mps2");
    let nowhere = [&of("p")[..], &["--engine", "nowhere"]].concat();
    refused(&bed, &nowhere, 1, "nowhere");
}

#[test]
fn an_empty_folder_is_filled_and_force_leaves_the_fit_to_the_linker() {
    let bed = folder("new-force");
    fs::create_dir(bed.join("greeter")).expect("created");
    let large = demo("eng-fra");
    let new = ["new", "greeter", "--board", "microbit", "--model", &large, "--force"];
    let output = regard(&bed, &new);
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stdout(&output);
    assert!(said.contains("the linker will say"), "{said}");
    assert!(said.contains("cargo run --release --features emulator"), "{said}");
    assert!(bed.join("greeter/model.rgd").exists());
}
