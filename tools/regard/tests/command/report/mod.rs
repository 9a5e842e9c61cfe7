//! Reports: a page and data that say what the terminal says, and advice that is true.

mod advice;
mod hostile;

use crate::bed::{converted, fails, folder, model, regard, stderr, stdout};
use roxmltree::{Document, Node, ParsingOptions};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder with the files of a demo model and the first lines of its data.
fn demo(test: &str, name: &str, lines: usize) -> PathBuf {
    let folder = folder(test);
    for file in ["weights.safetensors", "model.json"] {
        fs::copy(model(name, file), folder.join(file)).expect("copied");
    }
    fs::copy(model(name, &format!("{name}.rgd")), folder.join("m.rgd")).expect("copied");
    let data = fs::read_to_string(model(name, "test.tsv")).expect("there");
    let few: Vec<&str> = data.lines().take(lines).collect();
    fs::write(folder.join("data.tsv"), few.join("\n")).expect("written");
    folder
}

/// What the command prints when it succeeds.
fn says(folder: &Path, args: &[&str]) -> String {
    let output = regard(folder, args);
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output)
}

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("written")
}

fn data(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&text(folder, name)).expect("JSON")
}

/// The page as a tree: it is XML as well as HTML, and has nothing from elsewhere and nothing that runs.
fn tree(page: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let tree = Document::parse_with_options(page, options).expect("a tree");
    for node in tree.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        assert!(!["script", "link", "image", "iframe", "a", "use"].contains(&name), "{name}");
        for attribute in node.attributes() {
            let name = attribute.name();
            let is_here = attribute.value().starts_with("data:image/png;base64,");
            assert!(name != "src" || is_here, "{}", attribute.value());
            assert!(!name.starts_with("on") && name != "href", "{name}");
        }
    }
    tree
}

/// Rows of all tables, cell by cell.
fn rows(tree: &Document<'_>) -> Vec<Vec<String>> {
    let rows = tree.descendants().filter(|node| node.has_tag_name("tr"));
    rows.map(|row| row.children().filter(Node::is_element).map(words).collect()).collect()
}

fn words(node: Node<'_, '_>) -> String {
    node.descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

const CONVERT: [&str; 6] =
    ["convert", "weights.safetensors", "--config", "model.json", "-o", "new.rgd"];
const CHECK: [&str; 4] = ["check", "m.rgd", "--data", "data.tsv"];

#[test]
fn page_data_and_terminal_say_the_same_numbers() {
    let folder = demo("report-numbers", "eng-fra-tiny", 6);
    let reports = ["--report", "r.html", "--report", "r.json"];
    let terminal = says(&folder, &[&CHECK[..], &reports].concat());
    let (page, data) = (text(&folder, "r.html"), data(&folder, "r.json"));
    let tree = tree(&page);
    let rows = rows(&tree);
    let row = |name: &str| {
        let mut rows = rows.iter().filter(|row| row.first().is_some_and(|first| first == name));
        rows.next().unwrap_or_else(|| panic!("{name}: {rows:?}")).clone()
    };
    let line = |name: &str| {
        let line = terminal.lines().find(|line| line.starts_with(name));
        line.unwrap_or_else(|| panic!("{name}: {terminal}")).to_owned()
    };
    let sites = data["sites"].as_array().expect("sites");
    assert!(sites.len() > 8);
    for site in sites {
        let name = site["site"].as_str().expect("a name");
        let sqnr = format!("{:.1}", number(&site["sqnr_db"]));
        assert_eq!(row(name).last(), Some(&sqnr), "{name}");
        assert!(line(name).ends_with(&sqnr), "{name}");
        assert_eq!(site["sqnr_db"], data["sqnr_db"][name]);
    }
    for (measure, field) in [("BLEU", "bleu"), ("chrF2", "chrf2")] {
        let [float, integer] =
            ["float", "integer"].map(|side| format!("{:.2}", number(&data[field][side])));
        assert_eq!(row(measure)[1..], [float.clone(), integer.clone()]);
        assert!(line(measure).contains(&float) && line(measure).ends_with(&integer));
    }
    let all = data["same_token"]["all"].to_string();
    assert!(page.contains(&format!("of {all}, float and integers")));
    // What `--json` prints is in the file, field by field.
    let json = says(&folder, &[&CHECK[..], &["--json"]].concat());
    let json: Value = serde_json::from_str(&json).expect("JSON");
    for (name, value) in json.as_object().expect("fields") {
        assert_eq!(&data[name], value, "{name}");
    }
}

#[test]
fn convert_says_of_its_weights_what_check_finds_in_the_file() {
    let folder = demo("report-weights", "eng-fra-tiny", 2);
    let terminal =
        says(&folder, &[&CONVERT[..], &["--report", "c.json", "--report", "c.html"]].concat());
    says(&folder, &[&CHECK[..], &["--report", "k.json"]].concat());
    let (converted, checked) = (data(&folder, "c.json"), data(&folder, "k.json"));
    tree(&text(&folder, "c.html"));
    let sections = |value: &Value| value["sections"].as_array().expect("sections").clone();
    let mut matrices = 0;
    for (converted, checked) in sections(&converted).iter().zip(&sections(&checked)) {
        let name = converted["name"].as_str().expect("a name");
        assert_eq!(
            (name, &converted["bytes"]),
            (checked["name"].as_str().expect("a name"), &checked["bytes"])
        );
        if let Some(sqnr) = converted.get("sqnr_db") {
            assert!((number(sqnr) - number(&checked["sqnr_db"])).abs() < 1e-6, "{name}");
            let errors = [converted, checked].map(|section| number(&section["largest_error"]));
            assert!((errors[0] - errors[1]).abs() < 1e-9, "{name}: {errors:?}");
            let line = terminal.lines().find(|line| line.starts_with(&format!("{name} ")));
            assert!(line.expect("a row").ends_with(&format!("{:.1}", number(sqnr))), "{name}");
            matrices += 1;
        }
    }
    assert!(matrices > 15, "{matrices}");
    let boards = converted["boards"].as_array().expect("boards");
    let (fits, all) = (boards.iter().filter(|board| board["fits"] == true).count(), boards.len());
    assert_eq!(fits, all, "the smallest model of the project");
    assert!(terminal.contains(&format!("\nfits all {all} boards\n")), "{terminal}");
}

#[test]
fn a_smoothed_file_is_compared_with_weights_that_are_smoothed_alike() {
    let folder = demo("report-smoothed", "eng-fra-tiny", 2);
    for more in [&[][..], &["--activations", "8"]] {
        says(&folder, &[&CONVERT[..], &["--smooth", "--report", "c.json"], more].concat());
        says(&folder, &["check", "new.rgd", "--data", "data.tsv", "--report", "k.json"]);
        let [converted, checked] = ["c.json", "k.json"].map(|file| data(&folder, file));
        let sections = |data: &Value| data["sections"].as_array().expect("sections").clone();
        for (converted, checked) in sections(&converted).iter().zip(&sections(&checked)) {
            let both = [converted, checked].map(|section| section["sqnr_db"].as_f64());
            let differ = both[0].zip(both[1]).is_some_and(|(a, b)| (a - b).abs() > 1e-4);
            assert!(!differ && both[0].is_some() == both[1].is_some(), "{}", converted["name"]);
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_and_no_path() {
    let folder = demo("report-same", "eng-fra-tiny", 2);
    let report = |name: &str| {
        let [rgd, report] = ["m.rgd", name].map(|file| folder.join(file));
        let [rgd, report] = [&rgd, &report].map(|path| path.to_str().expect("UTF-8"));
        says(&folder, &["check", rgd, "--data", "data.tsv", "--report", report]);
        text(&folder, name)
    };
    assert_eq!(report("a.html"), report("b.html"));
    assert_eq!(report("a.json"), report("b.json"));
    for name in ["a.html", "a.json"] {
        assert!(!report(name).contains("report-same"), "{name}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_one_sentence_and_nothing_is_written() {
    let folder = converted("report-nowhere", "odd");
    fs::write(folder.join("data.tsv"), "s3\tt5\n").expect("written");
    let names = || {
        let mut names: Vec<_> = fs::read_dir(&folder)
            .expect("readable")
            .map(|entry| entry.expect("readable").file_name())
            .collect();
        names.sort();
        names
    };
    let before = names();
    let report = |command: &[&str], file: &str| {
        regard(&folder, &[command, &["--report", "fine.json", "--report", file]].concat())
    };
    for command in [&CONVERT[..], &CHECK] {
        let missing = "cannot write nowhere/r.html: entity not found";
        fails(&report(command, "nowhere/r.html"), 1, missing);
        for other in ["r.txt", "html", "r.html.gz"] {
            let both = format!("FILE.html, or data, FILE.json; {other} ends in neither");
            fails(&report(command, other), 2, &both);
        }
        fails(&report(command, "./model.json"), 2, "is an input");
    }
    assert_eq!(names(), before);
    for report in ["r.json", "./r.json"] {
        let over = [&CONVERT[..5], &["r.json", "--report", report]].concat();
        fails(&regard(&folder, &over), 2, "r.json is an input");
    }
    fs::create_dir(folder.join("d.html")).expect("made");
    fails(&report(&CONVERT, "d.html"), 1, "cannot write d.html: is a directory");
    fs::remove_dir(folder.join("d.html")).expect("removed");
    assert_eq!(names(), before);
}

#[test]
fn the_first_place_below_the_bound_is_named_in_the_order_of_the_flow() {
    let folder = demo("report-bound", "eng-fra-tiny", 2);
    let report = |bound: &str| {
        let args = [&CHECK[..], &["--report", "r.json", "--bound", bound]].concat();
        (says(&folder, &args), data(&folder, "r.json"))
    };
    let (terminal, whole) = report("20");
    assert!(terminal.contains("first below bound    none (of 20 dB)"), "{terminal}");
    assert_eq!(whole["first_site_below"], Value::Null);
    let sites = whole["sites"].as_array().expect("sites");
    let decibels: Vec<f64> = sites.iter().map(|site| number(&site["sqnr_db"])).collect();
    let bound = (decibels.iter().copied().fold(f64::MAX, f64::min) + decibels[0]) / 2.0;
    let first = decibels.iter().position(|&sqnr| sqnr < bound).expect("one is below");
    assert!(first > 0 && first + 1 < sites.len());
    let (terminal, named) = report(&bound.to_string());
    assert_eq!(named["first_site_below"], sites[first]);
    let name = sites[first]["site"].as_str().expect("a name");
    assert!(terminal.contains(&format!("first below bound    {name}, ")), "{terminal}");
    let none = [&CHECK[..], &["--bound", "loud"]].concat();
    assert_eq!(regard(&folder, &none).status.code(), Some(2));
}

#[test]
fn captions_have_a_map_for_each_word() {
    let folder = folder("report-captions");
    let [rgd, tsv] = ["scenes.rgd", "dev.tsv"].map(|file| model("scenes", file));
    let [rgd, tsv] = [&rgd, &tsv].map(|path| path.to_str().expect("UTF-8"));
    let reports = ["--limit", "2", "--report", "r.html", "--report", "r.json"];
    says(&folder, &[&["check", rgd, "--data", tsv][..], &reports].concat());
    let (page, data) = (text(&folder, "r.html"), data(&folder, "r.json"));
    let looks = data["attention"].as_array().expect("sentences");
    let said: usize =
        looks.iter().map(|look| look["target"].as_array().expect("words").len()).sum();
    let tree = tree(&page);
    let maps = tree.descendants().filter(|node| node.attribute("class") == Some("map"));
    assert_eq!(maps.count(), 2 * said, "float and integers");
    let pictures = tree.descendants().filter(|node| node.has_tag_name("img"));
    assert_eq!(pictures.count(), looks.len(), "what the words are looked for in");
    assert_eq!(looks[0]["places"], serde_json::json!([8, 8]));
    for row in looks[0]["integer"].as_array().expect("rows") {
        let sum: f64 = row.as_array().expect("places").iter().map(number).sum();
        assert!((sum - 1.0).abs() < 0.01, "{sum}");
    }
}
