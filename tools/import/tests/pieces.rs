//! Folders of Hugging Face whose pieces are not in `tokenizer.json`.

mod bed;

use bed::{Folder, refused};
use import::Request;
use serde_json::{Value, json};

/// A SentencePiece model of these pieces, the first of which are marks.
fn sentencepiece(pieces: &[&str]) -> Vec<u8> {
    let mut file = Vec::new();
    for (id, piece) in pieces.iter().enumerate() {
        // Control, unknown, normal.
        let kind = [3, 3, 2].get(id).copied().unwrap_or(1);
        let score = if kind == 1 { -(id as f32) } else { 0.0 };
        let mut message = vec![0x0A, piece.len() as u8];
        message.extend(piece.bytes());
        message.push(0x15);
        message.extend(score.to_le_bytes());
        message.extend([0x18, kind]);
        file.extend([0x0A, message.len() as u8]);
        file.extend(message);
    }
    // Unigram; unknown, none to begin, end, padding.
    let none = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];
    let mut trainer = vec![0x18, 1, 0xC0, 0x02, 2, 0xC8, 0x02];
    trainer.extend(none);
    trainer.extend([0xD0, 0x02, 1, 0xD8, 0x02, 0]);
    file.extend([0x12, trainer.len() as u8]);
    file.extend(trainer);
    file
}

/// As the folders of google/t5-efficient have it.
#[test]
fn words_of_t5_may_be_in_its_sentencepiece_model_alone() {
    let folder = Folder::copy_of("hf/t5");
    let pieces = ["<pad>", "</s>", "<unk>", "▁", "▁the", "a", "b", "ab"];
    folder.file("spiece.model", &sentencepiece(&pieces));
    let import = import::open(folder.root(), &Request::default()).unwrap();
    let source = import.description.source.unwrap();
    assert_eq!(&source.words[..8], &pieces);
    assert_eq!(source.words[42], "<42>");
    let tokenizer = source.tokenizer.unwrap();
    let marks = tokenizer::Marks { pad: Some(0), bos: None, eos: Some(1) };
    let host = tokenizer::Host::new(&tokenizer, &source.words, marks).unwrap();
    assert_eq!(host.encode("the aba", 20), Ok(vec![4, 3, 7, 5, 1]));
    let lost = import.remarks.iter().find(|remark| remark.contains("are no words"));
    assert_eq!(lost, None);
}

/// Pegasus has a hundred marks before the pieces of that file.
#[test]
fn pieces_without_words_split_no_text() {
    let folder = Folder::copy_of("hf/bart");
    folder.file("spiece.model", &sentencepiece(&["<pad>", "</s>", "<unk>", "▁", "a"]));
    let import = import::open(folder.root(), &Request::default()).unwrap();
    assert!(import.description.source.unwrap().tokenizer.is_none());
    let none = "has no piece that is a word of the model";
    let said = import.remarks.iter().any(|remark| remark.contains(none));
    assert!(said, "{:?}", import.remarks);
    // One that is asked for by its name is more than a note.
    let source_tokenizer = Some(folder.path("spiece.model"));
    let message = refused(folder.root(), &Request { source_tokenizer, ..Request::default() });
    assert!(message.contains(none), "{message}");
}

#[test]
fn words_of_t5_that_the_engine_does_not_split_into_are_called_after_their_ids() {
    let folder = Folder::copy_of("hf/t5");
    folder.file("spiece.model", b"version https://git-lfs.github.com/spec/v1\n");
    let import = import::open(folder.root(), &Request::default()).unwrap();
    assert_eq!(import.description.source.unwrap().words[7], "<7>");
    let why = "the words of the source are not read";
    assert!(import.remarks.iter().any(|remark| remark.contains(why)), "{:?}", import.remarks);
}

#[test]
fn pieces_of_bart_may_be_in_two_files() {
    let folder = Folder::copy_of("hf/bart");
    let words = ["<s>", "<pad>", "</s>", "<unk>", "a", "b", "Ġ", "ab", "Ġab"];
    let vocab: serde_json::Map<String, Value> =
        words.iter().zip(0..).map(|(word, id)| ((*word).to_owned(), json!(id))).collect();
    folder.file("vocab.json", Value::from(vocab).to_string().as_bytes());
    let open = || import::open(folder.root(), &Request::default()).unwrap();
    let import = open();
    assert!(import.description.source.unwrap().tokenizer.is_none());
    let said = import.remarks.iter().any(|remark| remark.contains("words such as \"Ġ\""));
    assert!(said, "{:?}", import.remarks);
    folder.file("merges.txt", b"#version: 0.2\na b\n\xc4\xa0 ab\n");
    let source = open().description.source.unwrap();
    let marks = tokenizer::Marks { pad: Some(1), bos: Some(0), eos: Some(2) };
    let host = tokenizer::Host::new(&source.tokenizer.unwrap(), &source.words, marks).unwrap();
    assert_eq!(host.encode("ab abb", 20), Ok(vec![0, 7, 8, 5, 2]));
    folder.file("added_tokens.json", b"{\"<mask>\": 8, \"<fra>\": 9}");
    let import = open();
    assert!(import.description.source.unwrap().tokenizer.is_none());
    assert!(import.remarks.iter().any(|remark| remark.contains("added token \"<fra>\"")));
}
