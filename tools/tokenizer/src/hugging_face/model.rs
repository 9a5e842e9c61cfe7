//! The object `model`: which tokens there are, and how a word becomes them.

use super::kind;
use crate::Method;
use crate::error::{Error, unsupported, wrong};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

/// Most tokens, as the twin has them.
const MOST: usize = 65_535;

pub(super) struct Model {
    pub(super) words: Vec<String>,
    pub(super) unknown: Option<u32>,
    pub(super) method: Method,
}

pub(super) fn read(value: &Value, specials: &[(u32, &str)]) -> Result<Model, Error> {
    match kind(value) {
        "Unigram" => unigram(value, specials),
        "BPE" => bpe(value, specials),
        "WordPiece" => {
            let fields = WordPiece::deserialize(value)?;
            let prefix = fields.continuing_subword_prefix.unwrap_or_else(|| "##".to_owned());
            let most_letters = fields.max_input_chars_per_word.unwrap_or(100);
            let method = Method::LongestFirst { prefix, most_letters };
            of_vocabulary(&fields.vocab, fields.unk_token, method, specials)
        }
        "WordLevel" => {
            let fields = WordLevel::deserialize(value)?;
            of_vocabulary(&fields.vocab, fields.unk_token, Method::Whole, specials)
        }
        // Files of old versions do not say it.
        _ if value["type"].is_null() && !value["merges"].is_null() => bpe(value, specials),
        other => unsupported("model", other, "Unigram, BPE, WordPiece and WordLevel are"),
    }
}

#[derive(Deserialize)]
struct WordPiece {
    vocab: HashMap<String, u32>,
    unk_token: Option<String>,
    continuing_subword_prefix: Option<String>,
    max_input_chars_per_word: Option<u16>,
}

#[derive(Deserialize)]
struct WordLevel {
    vocab: HashMap<String, u32>,
    unk_token: Option<String>,
}

#[derive(Deserialize)]
struct Unigram {
    vocab: Vec<(String, f64)>,
    unk_id: Option<u32>,
    #[serde(default)]
    byte_fallback: bool,
}

#[derive(Deserialize)]
struct Bpe {
    vocab: HashMap<String, u32>,
    merges: Vec<Merge>,
    unk_token: Option<String>,
    dropout: Option<f64>,
    continuing_subword_prefix: Option<String>,
    end_of_word_suffix: Option<String>,
    #[serde(default)]
    fuse_unk: bool,
    #[serde(default)]
    byte_fallback: bool,
    #[serde(default)]
    ignore_merges: bool,
}

/// A pair, or both with a blank between them, as old versions write it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Merge {
    Pair((String, String)),
    Line(String),
}

impl Merge {
    fn pair(&self) -> Option<(&str, &str)> {
        match self {
            Self::Pair((left, right)) => Some((left, right)),
            Self::Line(line) => line.split_once(' '),
        }
    }
}

fn unigram(value: &Value, specials: &[(u32, &str)]) -> Result<Model, Error> {
    let fields = Unigram::deserialize(value)?;
    let vocabulary: HashMap<String, u32> =
        fields.vocab.iter().zip(0..).map(|((word, _), id)| (word.clone(), id)).collect();
    let words = words(&vocabulary, specials)?;
    let least = fields.vocab.iter().map(|&(_, score)| score).fold(f64::INFINITY, f64::min);
    let mut scores: Vec<Option<f64>> = fields.vocab.iter().map(|&(_, score)| Some(score)).collect();
    scores.resize(words.len(), None);
    for &(id, _) in specials {
        scores[id as usize] = None;
    }
    let method = Method::Unigram { scores, penalty: least - 10.0, bytes: fields.byte_fallback };
    Ok(Model { words, unknown: fields.unk_id, method })
}

fn bpe(value: &Value, specials: &[(u32, &str)]) -> Result<Model, Error> {
    let fields = Bpe::deserialize(value)?;
    if fields.dropout.is_some_and(|dropout| dropout > 0.0) {
        return unsupported("option", "dropout", "set it to null");
    }
    for (name, text) in [
        ("continuing_subword_prefix", &fields.continuing_subword_prefix),
        ("end_of_word_suffix", &fields.end_of_word_suffix),
    ] {
        if text.as_ref().is_some_and(|text| !text.is_empty()) {
            return unsupported("option", name, "pieces with ▁ or in bytes are");
        }
    }
    let mut merges = Vec::new();
    for (merge, rank) in fields.merges.iter().zip(0u32..) {
        let Some((left, right)) = merge.pair() else {
            return wrong(format!("model.merges[{rank}]"), "is no pair");
        };
        let id = |text: &str| match fields.vocab.get(text) {
            Some(&id) => Ok(id),
            None => {
                wrong(format!("model.merges[{rank}]"), format!("has {text:?}, which is no token"))
            }
        };
        merges.push((id(left)?, id(right)?, id(&[left, right].concat())?, rank));
    }
    let method = Method::Bpe {
        merges,
        bytes: fields.byte_fallback,
        fuse: fields.fuse_unk,
        whole: fields.ignore_merges,
    };
    of_vocabulary(&fields.vocab, fields.unk_token, method, specials)
}

fn of_vocabulary(
    vocabulary: &HashMap<String, u32>,
    unknown: Option<String>,
    method: Method,
    specials: &[(u32, &str)],
) -> Result<Model, Error> {
    let words = words(vocabulary, specials)?;
    let unknown = unknown.and_then(|word| vocabulary.get(&word).copied());
    Ok(Model { words, unknown, method })
}

/// The text of each token. Those that have none are named by their numbers.
fn words(
    vocabulary: &HashMap<String, u32>,
    specials: &[(u32, &str)],
) -> Result<Vec<String>, Error> {
    let own = vocabulary.iter().map(|(word, &id)| (id, word.as_str()));
    let all: Vec<(u32, &str)> = own.chain(specials.iter().copied()).collect();
    let most = all.iter().map(|&(id, _)| id as usize + 1).max().unwrap_or(0);
    if most == 0 || most > MOST {
        return wrong("model.vocab", format!("has tokens up to {most}; it must have 1 to {MOST}"));
    }
    let mut words = vec![String::new(); most];
    for (id, word) in all {
        let slot = &mut words[id as usize];
        if !slot.is_empty() && slot != word {
            return wrong("model.vocab", format!("calls token {id} {slot:?} and {word:?}"));
        }
        word.clone_into(slot);
    }
    for (slot, id) in words.iter_mut().zip(0..).filter(|(slot, _)| slot.is_empty()) {
        *slot = format!("<unused{id}>");
    }
    Ok(words)
}
