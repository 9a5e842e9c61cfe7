//! Tokenizers of others: converted, run, inspected and checked.

use crate::bed::{fails, folder, regard, stderr, stdout};
use safetensors::tensor::{Dtype, TensorView, serialize};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Widths of a small GRU.
const WIDTH: usize = 8;

fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/tokenizers").join(file)
}

/// A folder with a small model with random weights of so many words, described without them.
fn bed(test: &str, words: usize) -> PathBuf {
    let folder = folder(test);
    let shapes = [
        ("encoder.embedding.weight", [words, WIDTH]),
        ("encoder.rnn.weight_ih_l0", [3 * WIDTH, WIDTH]),
        ("encoder.rnn.weight_hh_l0", [3 * WIDTH, WIDTH]),
        ("decoder.embedding.weight", [words, WIDTH]),
        ("decoder.rnn.weight_ih_l0", [3 * WIDTH, WIDTH]),
        ("decoder.rnn.weight_hh_l0", [3 * WIDTH, WIDTH]),
        ("output.weight", [words, WIDTH]),
    ];
    let mut state = 1u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    let tensors: Vec<(&str, [usize; 2], Vec<u8>)> = shapes
        .map(|(name, shape)| {
            let numbers = (0..shape[0] * shape[1]).flat_map(|_| random().to_le_bytes());
            (name, shape, numbers.collect())
        })
        .into();
    let views = tensors.iter().map(|(name, shape, bytes)| {
        (*name, TensorView::new(Dtype::F32, shape.to_vec(), bytes).expect("a tensor"))
    });
    let file = serialize(views, None).expect("tensors");
    fs::write(folder.join("weights.safetensors"), file).expect("written");
    let gru = |side: &str| json!({"kind": "recurrent", "cell": "gru", "hidden": WIDTH, "layers": 1, "side": side});
    let mut encoder = gru("encoder");
    let mut decoder = gru("decoder");
    for (object, rest) in [
        (&mut encoder, json!({"reset": "after", "directions": "forward"})),
        (
            &mut decoder,
            json!({"reset": "after", "start": "last", "attention": null, "cell_reads": ["embedding"],
                   "output_reads": ["state"], "readout": null}),
        ),
    ] {
        let fields = object.as_object_mut().expect("an object");
        fields.remove("side");
        fields.extend(rest.as_object().expect("an object").clone());
    }
    let description = json!({
        "encoder": encoder, "decoder": decoder, "d_embedding": WIDTH, "tied_output": false,
        "max_source_len": 40, "max_target_len": 12, "target": {}, "source": {},
        "selftest": "I drink cold milk",
    });
    fs::write(folder.join("model.json"), description.to_string()).expect("written");
    folder
}

const CONVERT: [&str; 6] =
    ["convert", "weights.safetensors", "--config", "model.json", "-o", "m.rgd"];

fn words(file: &str) -> usize {
    let text = fs::read(golden(file)).expect("a tokenizer");
    let parts: Value = serde_json::from_slice(&text).expect("JSON");
    match &parts["model"]["vocab"] {
        Value::Array(list) => list.len(),
        Value::Object(map) => map.len(),
        _ => 0,
    }
}

#[test]
fn a_model_of_pieces_is_converted_run_inspected_and_checked() {
    for file in ["unigram.json", "bpe.json", "bpe-bytes.json", "wordpiece.json"] {
        let folder = bed(&format!("tokenizer-{file}"), words(file));
        let path = golden(file);
        let tokenizer = ["--tokenizer", path.to_str().expect("UTF-8")];
        let output = regard(&folder, &[&CONVERT[..], &tokenizer].concat());
        assert!(output.status.success(), "{file}: {}", stderr(&output));
        assert!(stdout(&output).contains("tokenizer"), "{}", stdout(&output));

        let text = "No word of this is in the vocabulary: zyxwv";
        let output = regard(&folder, &["run", "m.rgd", text, "--json"]);
        assert!(output.status.success(), "{file}: {}", stderr(&output));
        let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        let float = ["--float", "--config", "model.json", "--weights", "weights.safetensors"];
        let output = regard(&folder, &[&["run", "m.rgd", text], &float[..], &tokenizer].concat());
        assert!(output.status.success(), "{file}: {}", stderr(&output));
        // Joined text has no ▁, and no ## of pieces inside words.
        let said = stdout(&regard(&folder, &["run", "m.rgd", text]));
        assert!(
            !said.trim().is_empty() && !said.contains(['▁', 'Ġ']) && !said.contains("##"),
            "{said}"
        );
        let pieces = report["source_words"].as_array().expect("pieces");
        assert!(pieces.len() > text.split(' ').count(), "{report}");

        let report = stdout(&regard(&folder, &["inspect", "m.rgd"]));
        assert!(report.contains("longest_word"), "{report}");
        fs::write(folder.join("data.tsv"), "I drink milk\tje bois du lait\n").expect("written");
        let check = ["check", "m.rgd", "--data", "data.tsv", "--json"];
        let output = regard(&folder, &[&check[..], &tokenizer].concat());
        assert!(output.status.success(), "{file}: {}", stderr(&output));
    }
}

#[test]
fn fewer_pieces_split_their_corpus_alike_and_still_read_all_else() {
    let corpus = ["I drink milk", "sell our bottles again", "you help a doctor today"];
    for file in ["unigram.json", "bpe.json", "bpe-bytes.json", "wordpiece.json"] {
        let folder = bed(&format!("tokenizer-fewer-{file}"), words(file));
        let path = golden(file);
        let tokenizer = ["--tokenizer", path.to_str().expect("UTF-8")];
        let lines: String =
            corpus.iter().map(|source| format!("{source}\tje bois du lait\n")).collect();
        fs::write(folder.join("data.tsv"), lines).expect("written");
        let converted = |name: &str, more: &[&str]| {
            let convert = ["convert", "weights.safetensors", "--config", "model.json", "-o", name];
            let output = regard(&folder, &[&convert[..], &tokenizer, more].concat());
            assert!(output.status.success(), "{file}: {}", stderr(&output));
            fs::metadata(folder.join(name)).expect("written").len()
        };
        let whole = converted("m.rgd", &[]);
        let fewer = converted("few.rgd", &["--vocabulary", "data.tsv"]);
        assert!(fewer < whole, "{file}: {fewer} of {whole}");
        let pieces = |model: &str, text: &str| {
            let output = regard(&folder, &["run", model, text, "--json"]);
            assert!(output.status.success(), "{file}: {}", stderr(&output));
            let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
            report["source_words"].clone()
        };
        for text in corpus {
            assert_eq!(pieces("few.rgd", text), pieces("m.rgd", text), "{file}: {text}");
        }
        assert!(pieces("few.rgd", "otherwise").as_array().is_some_and(|list| list.len() > 1));
    }
}

#[test]
fn what_a_tokenizer_asks_for_and_the_engine_does_not_do_is_named() {
    let folder = bed("tokenizer-refused", 400);
    let base: Value =
        serde_json::from_slice(&fs::read(golden("bpe-lower.json")).expect("read")).expect("JSON");
    let convert = |name: &str, text: &[u8], words: &str| {
        fs::write(folder.join(name), text).expect("written");
        let output = regard(&folder, &[&CONVERT[..], &["--tokenizer", name]].concat());
        fails(&output, 1, words);
        assert!(!folder.join("m.rgd").exists());
    };
    let changed = |pointer: &str, value: Value| {
        let mut parts = base.clone();
        *parts.pointer_mut(pointer).expect(pointer) = value;
        parts.to_string().into_bytes()
    };
    convert("a.json", &changed("/normalizer", json!({"type": "NFC"})), "normalizer \"NFC\"");
    convert(
        "b.json",
        &changed("/pre_tokenizer", json!({"type": "Digits"})),
        "pre_tokenizer \"Digits\"",
    );
    convert("c.json", &changed("/model/type", json!("Magic")), "model \"Magic\"");
    convert("d.json", &changed("/model/end_of_word_suffix", json!("</w>")), "end_of_word_suffix");
    convert("e.json", &changed("/added_tokens/0/special", json!(false)), "added token \"<pad>\"");
    convert("f.json", &changed("/model/merges/0", json!(["q", "Ω"])), "model.merges[0] has \"Ω\"");
    convert("g.json", b"{\"added_tokens\": 3}", "g.json");
    convert("h.model", b"\x0A\xFF\xFF\xFF\xFF\x0F", "h.model");
    convert("i.txt", b"\xFF\xFE", "i.txt");
}
