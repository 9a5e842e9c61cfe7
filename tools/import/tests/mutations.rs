//! Files with errors in them, through every reader: no panic, no hang, bounded memory.
//!
//! `REGARD_MUTATIONS` says how many there are (3,000 if not given); the n-th is always the same.

mod bed;

use bed::keras::{archive, entry};
use bed::{Folder, golden};
use import::Request;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use zip::CompressionMethod;

/// A generator of numbers (xorshift64*, arXiv 1402.6246).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }
}

/// Bytes that mean something to one reader or another.
const TELLING: [&[u8]; 16] = [
    b"\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\x00\x00\x00\x00\x00\x00\x00\x00",
    b"99999999999",
    b"-1",
    b"0",
    b"4294967296",
    b"null",
    b"[[[[[[[[",
    b"\x80\x02",
    b"h\x00",
    b"R",
    b"(((((((",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"cos\nsystem\n",
    b"{\"",
];

/// The same file with one to four errors. Most of them lie where sizes and names are: at the start and
/// at the end.
fn mutated(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=chance.below(4) {
        let end = bytes.len().min(4000);
        let at = match chance.below(4) {
            0 => chance.below(bytes.len()),
            1 => bytes.len() - chance.below(end).min(bytes.len()),
            _ => chance.below(end),
        };
        let at = at.min(bytes.len().saturating_sub(1));
        match chance.below(6) {
            0 => bytes.truncate(at),
            1 => {
                let telling = TELLING[chance.below(TELLING.len())];
                let until = (at + chance.below(12)).min(bytes.len());
                bytes.splice(at..until, telling.iter().copied());
            }
            2 => {
                let (from, long) = (chance.below(bytes.len()), chance.below(300));
                let piece = bytes[from..(from + long).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            3 => {
                let until = (at + chance.below(200)).min(bytes.len());
                bytes.drain(at..until);
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << chance.below(8);
                }
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// Reads a path to its end, and makes a model of it if it can.
fn read(path: &Path, request: &Request) -> bool {
    let import = import::open(path, request).and_then(import::Import::weights);
    let message = match import {
        Ok((description, weights)) => match twin::Model::new(description, weights) {
            Ok(_) => return true,
            Err(cause) => cause.to_string(),
        },
        Err(cause) => cause.to_string(),
    };
    assert!(!message.contains('\n'), "{message:?} is one sentence");
    false
}

/// Of the two entries of an archive of Keras that are read.
fn other_entry(name: &str) -> &'static str {
    if name == "config.json" { "model.weights.h5" } else { "config.json" }
}

/// Most memory that this process ever had, in KiB, where the system says so.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn no_error_in_a_file_is_more_than_an_error() {
    let count = std::env::var("REGARD_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(3000);
    let words: String = (0..43).map(|id| format!("\"w{id}\": {id},")).collect();
    let vocabulary = format!("{{{}}}", words.trim_end_matches(','));
    let tokenizer = format!("{{\"model\": {{\"vocab\": {vocabulary}}}, \"added_tokens\": []}}");
    let index = "{\"weight_map\": {\"shared.weight\": \"model.safetensors\"}}";
    let list: String = (0..17).map(|id| format!("w{id}\n")).collect();
    // A folder, the file in it that is changed, and what is opened.
    let tutorial = |name: &str| (format!("torch/{name}"), "model.pt", "model.pt");
    let keras = |name: &str, file| (format!("keras/{name}"), file, file);
    // An archive with an error in one of its entries, whose checksum is right.
    let packed = |name: &str, entry| (format!("keras/{name}"), entry, "model.keras");
    let cases = [
        packed("gru-luong", "config.json"),
        packed("gru-additive-trained", "config.json"),
        packed("lstm-letters", "config.json"),
        packed("transformer-trained", "config.json"),
        packed("gru-luong", "model.weights.h5"),
        keras("gru-luong", "model.keras"),
        keras("gru-additive-trained", "model.keras"),
        keras("transformer-trained", "model.keras"),
        keras("lstm-bahdanau", "model.weights.h5"),
        tutorial("tutorial-attention"),
        tutorial("tutorial-plain"),
        tutorial("chatbot-concat"),
        tutorial("transformer-post"),
        ("recurrent/torch-gru-additive".into(), "m.onnx", "m.onnx"),
        ("hf/marian".into(), "encoder_model.onnx", ""),
        ("torch/tutorial-plain".into(), "words.json", "model.pt"),
        ("hf/marian".into(), "model.safetensors", ""),
        ("hf/t5".into(), "config.json", ""),
        ("hf/bart".into(), "config.json", ""),
        ("hf/marian".into(), "generation_config.json", ""),
        ("hf/mbart".into(), "vocab.json", ""),
        ("hf/t5".into(), "tokenizer.json", ""),
        ("hf/t5".into(), "model.safetensors.index.json", "model.safetensors.index.json"),
    ];
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let (mut taken, before) = (0, peak());
    for case in &cases {
        let folder = Folder::copy_of(&case.0);
        folder.file("vocab.json", vocabulary.as_bytes());
        if case.1 == "tokenizer.json" {
            fs::remove_file(folder.path("vocab.json")).unwrap();
            folder.file("tokenizer.json", tokenizer.as_bytes());
        }
        folder.file("model.safetensors.index.json", index.as_bytes());
        folder.file("words.json", list.as_bytes());
        if case.1.ends_with(".onnx") {
            let (_, name) = case.0.split_once('/').unwrap();
            fs::copy(golden(&format!("onnx/{name}.onnx")), folder.path("m.onnx")).ok();
            for part in ["encoder_model.onnx", "decoder_model.onnx"] {
                fs::copy(golden(&format!("onnx/{name}/{part}")), folder.path(part)).ok();
            }
            fs::remove_file(folder.path("model.safetensors")).ok();
            fs::remove_file(folder.path("model.safetensors.index.json")).ok();
        }
        let path = folder.path(case.2);
        let config = folder.path("model.json");
        let described = case.0.starts_with("torch/transformer")
            || case.0.contains("recurrent")
            || case.0.contains("bahdanau");
        let request = Request {
            config: described.then_some(config),
            source_words: (case.1 == "words.json").then(|| folder.path("words.json")),
            ..Request::default()
        };
        let inside = case.2 == "model.keras" && case.1 != case.2;
        let (keras, other) = (case.0.trim_start_matches("keras/"), other_entry(case.1));
        let beside = if inside { entry(keras, other) } else { Vec::new() };
        let bytes =
            if inside { entry(keras, case.1) } else { fs::read(folder.path(case.1)).unwrap() };
        for _ in 0..count / cases.len() {
            let changed = mutated(&bytes, &mut chance);
            if inside {
                let entries = [(case.1, &changed[..]), (other, &beside[..])];
                folder.file(case.2, &archive(CompressionMethod::Stored, &entries));
            } else {
                folder.file(case.1, &changed);
            }
            let start = Instant::now();
            taken += usize::from(read(&path, &request));
            assert!(start.elapsed() < Duration::from_secs(5), "{}", folder.path(case.1).display());
        }
    }
    println!("{taken} of {count} are taken; memory from {before:?} to {:?} KiB", peak());
    if let (Some(before), Some(after)) = (before, peak()) {
        assert!(after - before < 200 << 10, "{before} KiB before, {after} KiB after");
    }
}
