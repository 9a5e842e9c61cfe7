use crate::bed::{
    VARIANTS, converted, fails, folder, golden, model, regard, regard_reading, stderr, stdout,
};
use safetensors::SafeTensors;
use serde_json::Value;
use std::fs;
use std::process::{Command, Stdio};

/// The first sentences of a variant's golden: source and target ids.
fn sentences(variant: &str) -> Vec<(Vec<u32>, Vec<u32>)> {
    let bytes = fs::read(golden(variant, "golden.safetensors")).expect("there");
    let file = SafeTensors::deserialize(&bytes).expect("well-formed");
    let ids = |name: String| {
        let tensor = file.tensor(&name).expect("there");
        tensor.data().as_chunks().0.iter().map(|b| u32::from_le_bytes(*b)).collect::<Vec<_>>()
    };
    (0..4).map(|k| (ids(format!("{k}.source")), ids(format!("{k}.target")))).collect()
}

fn spaced(ids: &[u32]) -> String {
    ids.iter().map(u32::to_string).collect::<Vec<_>>().join(" ")
}

fn json(output: &std::process::Output) -> Value {
    serde_json::from_str(&stdout(output))
        .unwrap_or_else(|cause| panic!("{cause}: {}", stderr(output)))
}

#[test]
fn float_answers_are_those_of_keras() {
    for variant in VARIANTS {
        let folder = converted(&format!("float-{variant}"), variant);
        for (source, target) in sentences(variant) {
            let answer = json(&regard(
                &folder,
                &["run", "m.rgd", "--float", "--json", "--ids", &spaced(&source)],
            ));
            assert_eq!(answer["source_ids"], serde_json::json!(source));
            assert_eq!(answer["ids"], serde_json::json!(target), "{variant}");
        }
    }
}

#[test]
fn json_has_a_row_for_each_word_and_logits_when_asked() {
    let folder = converted("json", "odd");
    let answer = json(&regard(&folder, &["run", "m.rgd", "s3 s9 s4", "--json", "--logits"]));
    let ids = answer["ids"].as_array().expect("ids");
    let rows = answer["alignment"].as_array().expect("rows");
    let logits = answer["logits"].as_array().expect("logits");
    assert_eq!((ids.len(), ids.len()), (rows.len(), logits.len()));
    assert_eq!(answer["source_words"], serde_json::json!(["s3", "s9", "s4", "<eos>"]));
    for row in rows {
        let sum: f64 = row.as_array().expect("a row").iter().filter_map(Value::as_f64).sum();
        assert!((sum - 1.0).abs() < 0.01, "{row}");
    }
    for (step, id) in logits.iter().zip(ids) {
        let numbers = |name: &str| step[name].as_array().expect("numbers").clone();
        let (integers, floats) = (numbers("integers"), numbers("floats"));
        let unit = step["exponent"].as_f64().expect("an exponent").exp2();
        for (integer, float) in integers.iter().zip(&floats) {
            let integer = integer.as_f64().expect("a number") * unit;
            assert!((integer - float.as_f64().expect("a number")).abs() <= 1e-6 * integer.abs());
        }
        let best = integers.iter().filter_map(Value::as_i64).max();
        assert_eq!(integers[id.as_u64().expect("an id") as usize].as_i64(), best);
    }
    assert!(answer["log_score"].as_f64().expect("a score") < 0.0);
    let short = json(&regard(&folder, &["run", "m.rgd", "s3 s9 s4", "--json"]));
    assert!(short["logits"].is_null());
}

#[test]
fn text_and_ids_say_the_same() {
    let folder = converted("ids", "pre-sinusoidal-relu-tied");
    let text = regard(&folder, &["run", "m.rgd", "S3 s9"]);
    assert!(text.status.success(), "{}", stderr(&text));
    assert_eq!(text.stdout, regard(&folder, &["run", "m.rgd", "--ids", "3 9 2"]).stdout);
}

#[test]
fn a_heat_map_in_a_pipe_is_plain() {
    let folder = converted("heat", "odd");
    let drawn = stdout(&regard(&folder, &["run", "m.rgd", "s3 s9 s4", "--attention"]));
    assert!(drawn.is_ascii(), "{drawn}");
    assert!(drawn.lines().nth(2).is_some_and(|line| line.contains("s3 s9 s4 <eos>")), "{drawn}");
}

#[test]
fn a_picture_has_a_cell_for_each_pair() {
    let folder = converted("png", "odd");
    let output = regard(&folder, &["run", "m.rgd", "s3 s9 s4", "--png", "a.png"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let picture = image::open(folder.join("a.png")).expect("a picture").to_luma8();
    assert!(picture.width() > 4 * 26 && picture.height() > 26);
    assert!(
        picture.pixels().any(|pixel| pixel.0[0] == 0)
            && picture.pixels().any(|pixel| pixel.0[0] == 255)
    );
    fails(&regard(&folder, &["run", "m.rgd", "s3", "--png", "m.rgd"]), 2, "m.rgd is an input");
}

#[test]
fn a_recurrent_model_that_looks_is_drawn_and_one_that_does_not_says_so() {
    let folder = folder("looks");
    let path = |name: &str| model(name, &format!("{name}.rgd")).to_str().expect("UTF-8").to_owned();
    let (looking, plain) = (path("eng-fra-additive"), path("eng-fra-plain"));
    let run = |args: &[&str]| regard(&folder, &[&["run"], args].concat());
    let drawn = stdout(&run(&[&looking, "I drink milk", "--attention"]));
    assert!(drawn.contains("i  drink milk <eos>") && drawn.contains('@'), "{drawn}");
    let output = run(&[&looking, "I drink milk", "--png", "a.png"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let picture = image::open(folder.join("a.png")).expect("a picture").to_luma8();
    assert!(picture.width() > 4 * 26 && picture.height() > 4 * 26);
    let message = "the model has no attention, so there is nothing";
    for args in [&["--attention"][..], &["--png", "b.png"], &["--json", "--png", "b.png"]] {
        let output = run(&[&[plain.as_str(), "I drink milk"], args].concat());
        fails(&output, 2, message);
        assert_eq!(stdout(&output), "", "nothing is said");
    }
    assert!(!folder.join("b.png").exists());
    assert!(run(&[&plain, "I drink milk"]).status.success());
}

#[test]
fn bad_sentences_are_one_sentence() {
    let folder = converted("sentences", "odd");
    let run = |text: &str| regard(&folder, &["run", "m.rgd", text]);
    fails(
        &run("s3 s44 s5"),
        1,
        "does not know the word \"s44\"; the nearest word it knows is \"s4\"",
    );
    fails(
        &run(&"s3 ".repeat(12)),
        1,
        "the sentence has 13 tokens, end mark included; the model takes at most 12",
    );
    fails(&run("  "), 1, "empty");
    let ids = |ids| regard(&folder, &["run", "m.rgd", "--ids", ids]);
    fails(&ids("3 x 2"), 2, "\"x\" is not a token id");
    fails(&ids("3 17 2"), 1, "17");
    fails(&ids(""), 1, "empty");
}

#[test]
fn lines_are_answered_in_order_and_bad_ones_named() {
    let folder = converted("lines", "odd");
    let good = regard_reading(&folder, &["run", "m.rgd"], "s3 s9\ns4\n");
    assert!(good.status.success(), "{}", stderr(&good));
    let one = |text| stdout(&regard(&folder, &["run", "m.rgd", text]));
    assert_eq!(stdout(&good), one("s3 s9") + &one("s4"));
    let mixed = regard_reading(&folder, &["run", "m.rgd"], "s3 s9\n\nnonsense\ns4\n");
    assert_eq!(mixed.status.code(), Some(1));
    assert_eq!(mixed.stdout, good.stdout);
    let message = stderr(&mixed);
    assert!(message.contains("line 2") && message.contains("line 3"), "{message}");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = converted("pipe", "odd");
    let lines = "s3 s9\n".repeat(3000);
    fs::write(folder.join("lines"), lines).expect("writable");
    let mut child = Command::new(env!("CARGO_BIN_EXE_regard"))
        .args(["run", "m.rgd", "--json", "--logits"])
        .current_dir(&folder)
        .stdin(fs::File::open(folder.join("lines")).expect("just written"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the command ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stderr(&output), "");
}
