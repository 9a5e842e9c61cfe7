use crate::bed::{VARIANTS, converted, converted_from, fails, recurrent, regard, stderr, stdout};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// A model without attention, whose answers end.
fn plain(test: &str) -> PathBuf {
    converted_from(test, |file| recurrent("torch-lstm-plain", file))
}

#[test]
fn integers_follow_the_float_twin() {
    for variant in VARIANTS {
        let folder = converted(&format!("check-{variant}"), variant);
        fs::write(folder.join("data.tsv"), "s3 s4\tt5 t6\t0-0 1-1\ns9\tt3\t0-0\n")
            .expect("writable");
        let output = regard(&folder, &["check", "m.rgd", "--data", "data.tsv", "--json"]);
        assert!(output.status.success(), "{}", stderr(&output));
        let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        assert_eq!(report["same_token"]["all"], 5, "two words, one word, and their ends");
        for model in ["float", "integer"] {
            let links = &report["alignment_errors"][model];
            assert_eq!((&links["said"], &links["gold"]), (&json!(3), &json!(3)), "{variant}");
            assert_eq!(links["right"], report["aligned"][model]["right"], "{variant}");
        }
        let sites = report["sqnr_db"].as_object().expect("sites");
        assert!(sites.len() >= 9, "{sites:?}");
        for (site, sqnr) in sites {
            assert!(sqnr.as_f64().is_some_and(|sqnr| sqnr > 20.0), "{variant}: {site} {sqnr}");
        }
    }
}

#[test]
fn any_of_several_references_is_exact_and_the_nearest_is_counted() {
    let folder = plain("references");
    let says = |source| stdout(&regard(&folder, &["run", "m.rgd", source]));
    assert_eq!((says("s4").trim(), says("s3 s9").trim()), ("t9 t5", "t9 t9 t9 t5"));
    fs::write(folder.join("data.tsv"), "s4\tt9\ns4\tt9 t5\t\ns3 s9\tt9 t5 t5\n").expect("writable");
    let output =
        regard(&folder, &["check", "m.rgd", "--data", "data.tsv", "--json", "--by-length"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(report["sentences"], 2);
    assert_eq!(report["same_token"]["all"], 2 + 4, "the first reference of each");
    assert_eq!(report["same_answer"]["all"], 2);
    let half = json!({ "right": 1, "all": 2, "percent": 50.0 });
    assert_eq!(report["exact"], json!({ "float": half, "integer": half }));
    let lengths = json!([{ "from": 1, "to": 5, "float": half, "integer": half }]);
    assert_eq!(report["by_length"], lengths);
    let errors = json!({ "wrong": 2, "all": 5, "percent": 40.0 });
    assert_eq!(report["token_errors"], json!({ "float": errors, "integer": errors }));
}

#[test]
fn a_model_without_attention_has_no_alignment() {
    let folder = plain("unaligned");
    fs::write(folder.join("data.tsv"), "s4\tt9 t5\t0-0 0-1\n").expect("writable");
    let check = ["check", "m.rgd", "--data", "data.tsv"];
    let text = stdout(&regard(&folder, &check));
    assert!(text.contains("token errors") && !text.contains("align"), "{text}");
    let json = stdout(&regard(&folder, &[&check[..], &["--json"]].concat()));
    assert!(json.contains("token_errors") && !json.contains("align"), "{json}");
}

#[test]
fn sites_that_the_engine_does_not_keep_are_left_out() {
    let folder = converted_from("unkept", |file| recurrent("keras-gru-before-plain", file));
    fs::write(folder.join("data.tsv"), "s4\tt9 t5\n").expect("writable");
    let output = regard(&folder, &["check", "m.rgd", "--data", "data.tsv", "--json"]);
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let sites = report["sqnr_db"].as_object().expect("sites");
    assert!(sites.contains_key("decoder 0 state") && !sites.contains_key("memory"), "{sites:?}");
}

#[test]
fn bad_data_names_its_line() {
    let folder = converted("data", "odd");
    let check = |text: &str| {
        fs::write(folder.join("data.tsv"), text).expect("writable");
        regard(&folder, &["check", "m.rgd", "--data", "data.tsv"])
    };
    fails(&check("s3\tt3\ns4\n"), 1, "data.tsv:2: a line needs a source, a tab and a target");
    fails(&check("s3\tt3\ns4\tu5\n"), 1, "data.tsv:2: the model does not know the word \"u5\"");
    fails(&check("s3\tt3\ns3\tu5\n"), 1, "data.tsv:2: the model does not know the word \"u5\"");
    fails(&check(""), 1, "data.tsv:1: the file has no sentences");
}

#[test]
fn inspect_names_dims_tensors_and_ram() {
    let folder = converted("inspect", "odd");
    let output = regard(&folder, &["inspect", "m.rgd"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let report = stdout(&output);
    for words in ["d_model", "30", "RAM"] {
        assert!(report.contains(words), "{report}");
    }
}
