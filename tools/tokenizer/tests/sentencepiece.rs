//! A SentencePiece model on the engine says what SentencePiece itself said, when
//! tools/train/golden_tokenizers.py asked it.

mod common;

use common::{Engine, golden};
use regard::Error;

fn agree(name: &str) {
    let engine = Engine::read(&format!("{name}.model"));
    let file = std::fs::read(golden(&format!("{name}.expected.json"))).unwrap();
    let cases: Vec<(String, Vec<u32>)> = serde_json::from_slice(&file).unwrap();
    assert!(cases.len() > 150);
    for (text, mut expected) in cases {
        expected.push(engine.found.marks.eos.unwrap());
        match engine.encode(&text) {
            Err(Error::EmptySource) => assert_eq!(expected.len(), 1, "{name}, {text:?}"),
            found => assert_eq!(found.as_ref(), Ok(&expected), "{name}, {text:?}"),
        }
    }
}

#[test]
fn unigram_agrees() {
    agree("unigram");
}

#[test]
fn bpe_agrees() {
    agree("bpe");
}

#[test]
fn vocab_txt_is_what_tokenizer_json_says() {
    let (text, json) = (Engine::read("vocab.txt"), Engine::read("wordpiece.json"));
    assert_eq!(text.found, json.found);
    assert_eq!(text.host.file(), json.host.file());
}
