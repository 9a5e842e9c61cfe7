//! Which boards a model fits, as `regard inspect` lists them.

use crate::bed::{folder, model, regard, stderr, stdout};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn report(model: &str) -> Value {
    let output = regard(&folder("boards"), &["inspect", model, "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_str(&stdout(&output)).expect("JSON")
}

fn demo(name: &str) -> String {
    model(name, &format!("{name}.rgd")).to_str().expect("UTF-8").to_owned()
}

/// What is said of a board.
fn on<'r>(report: &'r Value, board: &str) -> &'r Value {
    let boards = report["boards"].as_array().expect("boards");
    boards.iter().find(|row| row["name"] == board).expect("known")
}

/// The table as it lies among the boards.
fn table() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../boards/boards.json");
    serde_json::from_slice(&fs::read(file).expect("there")).expect("JSON")
}

#[test]
fn every_model_fits_the_boards_that_run_it() {
    let table = table();
    let mut pairs = 0;
    for board in table["boards"].as_array().expect("boards") {
        for (program, name) in board["programs"].as_object().expect("programs") {
            let report = report(&demo(name.as_str().expect("a name")));
            let row = on(&report, board["name"].as_str().expect("a name"));
            assert_eq!(row["fits"], true, "{program} with {name}: {row}");
            pairs += 1;
        }
    }
    assert!(pairs > 40, "{pairs}");
}

#[test]
fn what_is_left_is_the_boards_memory_less_all_that_is_stated() {
    let (report, table) = (report(&demo("eng-fra-tiny")), table());
    let of = |value: &Value| value.as_i64().expect("a number");
    for board in table["boards"].as_array().expect("boards") {
        let row = on(&report, board["name"].as_str().expect("a name"));
        let flash = of(&report["flash_bytes"]) + of(&report["firmware_bytes"]);
        assert_eq!(of(&row["flash_left"]), of(&board["flash"]["bytes"]) - flash, "{row}");
        let ram = of(&report["arena_bytes"]) + of(&report["statics_bytes"]);
        let ram = ram + of(&row["stack_bytes"]);
        assert_eq!(of(&row["ram_left"]), of(&board["ram"]["bytes"]) - ram, "{row}");
    }
}

#[test]
fn what_does_not_fit_says_how_much_is_missing() {
    let report = report(&demo("eng-fra"));
    let row = on(&report, "microbit");
    assert_eq!(row["fits"], false);
    let missing = -row["flash_left"].as_i64().expect("a number");
    assert!(missing > 400_000, "{missing}");
    let text = stdout(&regard(&folder("boards-text"), &["inspect", &demo("eng-fra")]));
    let line = text.lines().find(|line| line.starts_with("microbit ")).expect("a row");
    assert_eq!(line.matches("lacks ").count(), 2, "{line}");
    assert!(text.contains("nucleo-h743zi") && text.contains("built"), "{text}");
}

#[test]
fn a_picture_that_is_sent_takes_ram_too() {
    let (scenes, table) = (report(&demo("scenes")), table());
    let number = |value: &Value| value.as_i64().expect("a number");
    let row = on(&scenes, "rpi-pico");
    let board = table["boards"].as_array().expect("boards").iter();
    let ram = board.clone().find(|board| board["name"] == "rpi-pico").expect("known");
    let beside = number(&scenes["statics_bytes"]) + number(&row["stack_bytes"]);
    let left = number(&ram["ram"]["bytes"]) - number(&scenes["arena_bytes"]) - beside;
    assert_eq!(number(&row["ram_left"]), left - 64 * 64 * 3);
}
