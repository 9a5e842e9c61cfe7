use crate::bed::{VARIANTS, converted, fails, regard, stderr, stdout};
use serde_json::Value;
use std::fs;

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
        let sites = report["sqnr_db"].as_object().expect("sites");
        assert!(sites.len() >= 9, "{sites:?}");
        for (site, sqnr) in sites {
            assert!(sqnr.as_f64().is_some_and(|sqnr| sqnr > 20.0), "{variant}: {site} {sqnr}");
        }
    }
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
