//! Words of a vocabulary that somebody else made.

use super::{CHECK, CONVERT, data, says, text, tree, words};
use crate::bed::{folder, golden};
use roxmltree::{Document, Node};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// Words that would be markup, or turn text around, if nobody minded.
const HOSTILE: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"/><img/src=x/onerror=alert(1)>",
    "</text></svg></body>",
    "&lt;b&gt;{{7*7}}",
    "]]>\u{202E}\u{1}--><!--",
];

/// What a sentence is split at, beside blanks: such words are only said.
const SPLIT: [char; 2] = [';', '!'];

#[test]
fn hostile_words_stay_words() {
    let bed = |test: &str, hostile: bool| {
        let folder = folder(test);
        fs::copy(golden("odd", "weights.safetensors"), folder.join("weights.safetensors"))
            .expect("copied");
        let described = fs::read(golden("odd", "model.json")).expect("there");
        let mut described: Value = serde_json::from_slice(&described).expect("JSON");
        let (mut source, mut target) = (vec!["s3", "s4"], vec!["t5", "t6"]);
        if hostile {
            for (side, words) in [("source", &mut source), ("target", &mut target)] {
                let table = described[side]["words"].as_array_mut().expect("words");
                for (at, word) in HOSTILE.iter().enumerate() {
                    table[at + 6] = (*word).into();
                }
                *words = HOSTILE.to_vec();
            }
            source.retain(|word| !word.contains(SPLIT));
            described["lowercase"] = false.into();
        }
        fs::write(folder.join("model.json"), described.to_string()).expect("written");
        let line = format!("{}\t{}\n", source.join(" "), target.join(" "));
        fs::write(folder.join("data.tsv"), line).expect("written");
        says(&folder, &CONVERT);
        fs::rename(folder.join("new.rgd"), folder.join("m.rgd")).expect("there");
        says(&folder, &[&CHECK[..], &["--report", "r.html", "--report", "r.json"]].concat());
        folder
    };
    let (tame, wild) = (bed("report-tame", false), bed("report-wild", true));
    let (tame, page) = (text(&tame, "r.html"), text(&wild, "r.html"));
    let (tame, tree) = (tree(&tame), tree(&page));
    let kinds = |tree: &Document<'_>| {
        let names = tree.descendants().filter(Node::is_element);
        let names = names.map(|node| node.tag_name().name().to_owned());
        names.collect::<BTreeSet<_>>()
    };
    assert_eq!(kinds(&tree), kinds(&tame), "no element but the page's own");
    let labels: Vec<String> =
        tree.descendants().filter(|node| node.has_tag_name("text")).map(words).collect();
    // Both pictures name each word, as far as a label goes.
    for word in HOSTILE {
        let begins: String = word.chars().take(3).collect();
        let named = labels.iter().filter(|label| label.starts_with(&begins)).count();
        let read_too = !word.contains(SPLIT);
        assert_eq!(named, if read_too { 4 } else { 2 }, "{word:?}: {labels:?}");
    }
    assert!(!page.contains(['\u{202E}', '\u{1}']), "nothing turns the page around");
    let kept = &data(&wild, "r.json")["attention"][0]["target"];
    assert_eq!(kept, &Value::from(HOSTILE.to_vec()), "data keeps words as they are");
}
