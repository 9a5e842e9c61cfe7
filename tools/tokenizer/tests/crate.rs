//! The engine's tokens and texts are those of the `tokenizers` crate, of each kind of `tokenizer.json`.

mod common;

use common::{Engine, Noise, golden, odd, real};
use regard::Error;
use serde_json::{Value, json};
use tokenizer::Found;
use tokenizers::Tokenizer;

/// Hostile texts beside the real ones.
const HOSTILE: usize = 12_000;

const FILES: [&str; 7] = [
    "unigram.json",
    "unigram-words.json",
    "bpe.json",
    "bpe-bytes.json",
    "bpe-lower.json",
    "wordpiece.json",
    "words.json",
];

/// A file with some of its parts as others have them.
fn read(name: &str, parts: &[(&str, Value)]) -> (Engine, Tokenizer) {
    let mut file: Value = serde_json::from_slice(&std::fs::read(golden(name)).unwrap()).unwrap();
    for (part, value) in parts {
        file[part] = value.clone();
    }
    let bytes = serde_json::to_vec(&file).unwrap();
    let mut theirs = Tokenizer::from_bytes(&bytes).unwrap();
    // The engine reads no mark from text: a sentence cannot end itself.
    theirs.set_encode_special_tokens(true);
    (Engine::of(Found::of(&bytes).unwrap()), theirs)
}

fn texts() -> Vec<String> {
    let (mut texts, mut noise) = (real(), Noise::new(1));
    let real = texts.len();
    for i in 0..HOSTILE {
        let text = if i % 2 == 0 { noise.text() } else { noise.spoiled(&texts[i % real]) };
        texts.push(text);
    }
    texts.extend(odd());
    texts
}

/// A text that spells a mark is read letter by letter, which the crate does not do in every model.
fn spells_a_mark(text: &str) -> bool {
    ["<pad>", "<s>", "</s>", "<unk>", "[PAD]", "[CLS]", "[SEP]", "[UNK]"]
        .iter()
        .any(|mark| text.contains(mark))
}

fn agree(name: &str, parts: &[(&str, Value)]) {
    let (ours, theirs) = read(name, parts);
    let texts = texts();
    assert!(texts.len() > 15_000, "{} texts", texts.len());
    let mut said = 0;
    for text in texts.iter().filter(|text| !spells_a_mark(text)) {
        let expected = theirs.encode(text.as_str(), true).unwrap().get_ids().to_vec();
        let none = theirs.encode(text.as_str(), false).unwrap().is_empty();
        let found = match ours.encode(text) {
            Err(Error::EmptySource) if none => continue,
            found => found.unwrap_or_else(|error| panic!("{name}, {text:?}: {error}")),
        };
        assert_eq!(
            found,
            expected,
            "{name}, {text:?}, {:?}",
            theirs.encode(text.as_str(), true).unwrap().get_tokens()
        );
        let unknown = theirs.token_to_id("<unk>").or(theirs.token_to_id("[UNK]")).unwrap();
        let said_all: Vec<u32> = expected.into_iter().filter(|&id| id != unknown).collect();
        let expected = theirs.decode(&said_all, true).unwrap();
        assert_eq!(ours.decode(&said_all), expected, "{name}, {text:?}");
        said += 1;
    }
    assert!(said > 14_000, "{said} texts had tokens");
}

#[test]
fn unigram_of_sentencepiece_agrees() {
    agree(FILES[0], &[]);
}

#[test]
fn unigram_of_words_agrees() {
    agree(FILES[1], &[]);
}

#[test]
fn bpe_with_pieces_of_bytes_agrees() {
    agree(FILES[2], &[]);
}

#[test]
fn bpe_in_bytes_agrees() {
    agree(FILES[3], &[]);
}

#[test]
fn bpe_with_unknown_letters_agrees() {
    agree(FILES[4], &[]);
}

#[test]
fn wordpiece_agrees() {
    agree(FILES[5], &[]);
}

#[test]
fn whole_words_agree() {
    agree(FILES[6], &[]);
}

fn normalizers(parts: Value) -> (&'static str, Value) {
    ("normalizer", json!({"type": "Sequence", "normalizers": parts}))
}

/// As in the library's own tutorials.
#[test]
fn words_without_accents_agree() {
    let parts = json!([{"type": "NFD"}, {"type": "Lowercase"}, {"type": "StripAccents"}]);
    agree("words.json", &[normalizers(parts)]);
}

#[test]
fn unknown_letters_of_what_is_alike_agree() {
    let parts = json!([{"type": "NFKD"}, {"type": "StripAccents"}]);
    agree("bpe-lower.json", &[normalizers(parts)]);
}

#[test]
fn wordpiece_whose_marks_are_dropped_agrees() {
    let parts = json!([{"type": "StripAccents"}, {"type": "Lowercase"}]);
    let words = ("pre_tokenizer", json!({"type": "Whitespace"}));
    agree("wordpiece.json", &[normalizers(parts), words]);
}

/// As the file of t5-small has it.
#[test]
fn unigram_of_t5_agrees() {
    let file: Value = serde_json::from_slice(&std::fs::read(golden(FILES[0])).unwrap()).unwrap();
    let precompiled = file["normalizer"]["normalizers"][0].clone();
    let mark = json!({
        "type": "Metaspace", "replacement": "▁", "str_rep": "▁", "add_prefix_space": true,
    });
    let words = json!({"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, mark]});
    let parts = [("normalizer", precompiled), ("pre_tokenizer", words), ("decoder", mark)];
    agree(FILES[0], &parts);
}
