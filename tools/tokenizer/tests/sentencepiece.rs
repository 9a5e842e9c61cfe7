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

/// Firmware has them (boards/qemu-mps2), and later versions read them.
#[test]
fn files_of_version_4_1_come_out_the_same() {
    for name in ["unigram", "bpe", "bpe-bytes"] {
        let found = tokenizer::Found::read(&golden(&format!("{name}.json"))).unwrap();
        let host =
            tokenizer::Host::with_room(&found.tokenizer, &found.words, found.marks, 128).unwrap();
        let bytes: Vec<u8> = host.file().iter().flat_map(|word| word.to_le_bytes()).collect();
        let path = golden(&format!("{name}.rgd"));
        if std::env::var_os("REGARD_WRITE_GOLDENS").is_some() {
            std::fs::write(&path, &bytes).unwrap();
        }
        assert!(std::fs::read(&path).unwrap() == bytes, "{name}: another file");
    }
}

/// Its table has 240 kB.
#[test]
fn what_matters_of_sentencepiece_s_table_is_small() {
    let engine = Engine::read("unigram.model");
    let model = regard::Model::parse(engine.host.file()).unwrap();
    let mut sections = model.sections();
    let found = sections.find(|(slot, _)| slot.role == regard::format::Role::Subwords);
    let bytes = found.unwrap().1.words.len() * 4;
    assert!(bytes < 16_000, "{bytes} bytes");
}
