//! The engine's tokens and texts are those of the `tokenizers` crate, of each kind of `tokenizer.json`.

mod common;

use common::{Engine, Noise, golden, odd, real};
use regard::Error;
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

fn read(name: &str) -> (Engine, Tokenizer) {
    let mut theirs = Tokenizer::from_file(golden(name)).unwrap();
    // The engine reads no mark from text: a sentence cannot end itself.
    theirs.set_encode_special_tokens(true);
    (Engine::read(name), theirs)
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

fn agree(name: &str) {
    let (ours, theirs) = read(name);
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
    agree(FILES[0]);
}

#[test]
fn unigram_of_words_agrees() {
    agree(FILES[1]);
}

#[test]
fn bpe_with_pieces_of_bytes_agrees() {
    agree(FILES[2]);
}

#[test]
fn bpe_in_bytes_agrees() {
    agree(FILES[3]);
}

#[test]
fn bpe_with_unknown_letters_agrees() {
    agree(FILES[4]);
}

#[test]
fn wordpiece_agrees() {
    agree(FILES[5]);
}

#[test]
fn whole_words_agree() {
    agree(FILES[6]);
}
