//! What README.md promises of the command, done.

use crate::bed::{folder, model, regard, stderr};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Arguments as a shell takes them apart; nothing in the README is quoted but whole arguments.
fn arguments(command: &str) -> Vec<&str> {
    let parts = command.split('"').enumerate();
    parts
        .flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().collect(),
            _ => vec![part],
        })
        .collect()
}

#[test]
fn its_pictures_are_what_its_commands_draw() {
    let text = fs::read_to_string(root().join("README.md")).expect("there");
    let commands = text.split('`').filter_map(|code| code.strip_prefix("… -- "));
    let mut drawn = 0;
    for command in commands {
        let mut arguments = arguments(command);
        let picture = arguments.pop().expect("where to draw");
        let own = folder("readme").join("drawn.png");
        arguments.push(own.to_str().expect("UTF-8"));
        let output = regard(&root(), &arguments);
        assert!(output.status.success(), "{command}: {}", stderr(&output));
        let same = fs::read(&own).expect("drawn") == fs::read(root().join(picture)).expect("kept");
        assert!(same, "{picture} is not what is drawn by {command}");
        drawn += 1;
    }
    assert_eq!(drawn, 2);
}

#[test]
fn its_way_from_weights_to_words_can_be_gone() {
    let text = fs::read_to_string(root().join("README.md")).expect("there");
    let folder = folder("readme-weights");
    for file in ["weights.safetensors", "model.json"] {
        fs::copy(model("eng-fra-tiny", file), folder.join(file)).expect("copied");
    }
    let sentences = fs::read_to_string(model("eng-fra-tiny", "test.tsv")).expect("there");
    let few: Vec<&str> = sentences.lines().take(20).collect();
    fs::write(folder.join("dev.tsv"), few.join("\n")).expect("written");
    let commands = text.lines().filter_map(|line| line.strip_prefix("regard "));
    let mut gone = 0;
    for command in commands {
        let command = command.split_once('#').map_or(command, |(command, _)| command);
        let output = regard(&folder, &arguments(command));
        assert!(output.status.success(), "{command}: {}", stderr(&output));
        gone += 1;
    }
    assert_eq!(gone, 5);
}

#[test]
fn one_png_is_the_picture_of_the_firmware() {
    let picture = image::open(model("scenes", "one.png")).expect("a picture").to_rgb8();
    assert_eq!(picture.dimensions(), (64, 64));
    assert_eq!(picture.into_raw(), fs::read(model("scenes", "one.rgb")).expect("there"));
}
