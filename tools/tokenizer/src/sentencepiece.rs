//! SentencePiece's `.model`: a message of Protocol Buffers, of which this reads the fields that matter
//! (`sentencepiece_model.proto` of the project).

use crate::error::{Error, unsupported, wrong};
use crate::normalise::{self, Matters, Sequences};
use crate::step::Step;
use crate::{Blanks, Found, Join, Marks, Method, Prefix, Split, Tokenizer};
use prost::Message;
use std::collections::HashMap;

#[derive(Message)]
struct Model {
    #[prost(message, repeated, tag = "1")]
    pieces: Vec<Piece>,
    #[prost(message, optional, tag = "2")]
    trainer: Option<Trainer>,
    #[prost(message, optional, tag = "3")]
    normalizer: Option<Normalizer>,
}

#[derive(Message)]
struct Piece {
    #[prost(string, optional, tag = "1")]
    piece: Option<String>,
    #[prost(float, optional, tag = "2")]
    score: Option<f32>,
    #[prost(int32, optional, tag = "3")]
    kind: Option<i32>,
}

#[derive(Message)]
struct Trainer {
    #[prost(int32, optional, tag = "3")]
    model: Option<i32>,
    #[prost(bool, optional, tag = "24")]
    blank_behind: Option<bool>,
    #[prost(bool, optional, tag = "35")]
    bytes: Option<bool>,
    #[prost(int32, optional, tag = "40")]
    unknown: Option<i32>,
    #[prost(int32, optional, tag = "41")]
    bos: Option<i32>,
    #[prost(int32, optional, tag = "42")]
    eos: Option<i32>,
    #[prost(int32, optional, tag = "43")]
    pad: Option<i32>,
}

#[derive(Message)]
struct Normalizer {
    #[prost(bytes = "vec", optional, tag = "2")]
    charsmap: Option<Vec<u8>>,
    #[prost(bool, optional, tag = "3")]
    prefix: Option<bool>,
    #[prost(bool, optional, tag = "4")]
    strip: Option<bool>,
    #[prost(bool, optional, tag = "5")]
    escape: Option<bool>,
}

/// Kinds of pieces.
const NORMAL: i32 = 1;
const USER: i32 = 4;

pub(crate) fn read(bytes: &[u8]) -> Result<Found, Error> {
    let Model { pieces, trainer, normalizer } = Model::decode(bytes)?;
    let trainer = trainer.unwrap_or_default();
    let normalizer = normalizer.unwrap_or_default();
    if trainer.blank_behind == Some(true) {
        return unsupported("option", "treat_whitespace_as_suffix", "▁ must stand before words");
    }
    if normalizer.escape == Some(false) {
        return unsupported("option", "escape_whitespaces", "blanks must become ▁");
    }
    let kind = |piece: &Piece| piece.kind.unwrap_or(NORMAL);
    if let Some(piece) = pieces.iter().find(|piece| kind(piece) == USER) {
        let name = piece.piece.clone().unwrap_or_default();
        return unsupported("user-defined symbol", name, "train without");
    }
    let words: Vec<String> =
        pieces.iter().map(|piece| piece.piece.clone().unwrap_or_default()).collect();
    let scores: Vec<Option<f64>> = pieces
        .iter()
        .map(|piece| (kind(piece) == NORMAL).then(|| piece.score.unwrap_or(0.0).into()))
        .collect();
    let bytes = trainer.bytes.unwrap_or(false);
    let method = match trainer.model.unwrap_or(1) {
        1 => {
            let least = scores.iter().flatten().copied().fold(f64::INFINITY, f64::min);
            Method::Unigram { penalty: least.min(0.0) - 10.0, scores: scores.clone(), bytes }
        }
        2 => Method::Bpe { merges: merges(&words, &scores)?, bytes, fuse: true, whole: false },
        other => {
            return unsupported("model_type", other.to_string(), "1 (Unigram) and 2 (BPE) are");
        }
    };
    let said =
        || words.iter().zip(&scores).filter(|(_, score)| score.is_some()).map(|(word, _)| word);
    let steps: Vec<Step> = match normalizer.charsmap {
        Some(bytes) if !bytes.is_empty() => vec![Step::Charsmap { bytes, clusters: false }],
        _ => Vec::new(),
    };
    let (becomes, kind) = normalise::table(&steps, &Matters::of(said(), &method, Split::Runs))?;
    let id = |id: Option<i32>, default: i32| u32::try_from(id.unwrap_or(default)).ok();
    let strip = normalizer.strip.unwrap_or(true);
    let prefix = normalizer.prefix.unwrap_or(true);
    let tokenizer = Tokenizer {
        method,
        unknown: id(trainer.unknown, 0),
        start: None,
        split: Split::Runs,
        blanks: Blanks {
            white: false,
            collapse: strip,
            strip_left: strip,
            strip_right: strip,
            trim: false,
            prefix: if prefix { Prefix::Always } else { Prefix::Never },
        },
        becomes,
        clusters: kind == Sequences::Clusters,
        mapped: kind == Sequences::Mapped,
        join: Join::Marked,
        keeps_first: !prefix,
        tidy: false,
    };
    let marks =
        Marks { pad: id(trainer.pad, -1), bos: id(trainer.bos, 1), eos: id(trainer.eos, 2) };
    Ok(Found { words, marks, tokenizer })
}

/// Neighbours that together are a piece are merged, the piece of the highest score first.
fn merges(words: &[String], scores: &[Option<f64>]) -> Result<Vec<(u32, u32, u32, u32)>, Error> {
    let said = words.iter().zip(scores).zip(0u32..).filter(|((_, score), _)| score.is_some());
    let ids: HashMap<&str, u32> = said.map(|((word, _), id)| (word.as_str(), id)).collect();
    let mut order: Vec<f64> = scores.iter().flatten().copied().collect();
    order.sort_by(|a, b| b.total_cmp(a));
    order.dedup();
    let mut merges = Vec::new();
    for (word, &id) in &ids {
        let rank = scores[id as usize].map(|score| order.partition_point(|&other| other > score));
        let mut parts = word.char_indices().skip(1).map(|(at, _)| word.split_at(at));
        let letters = word.chars().filter(|c| !ids.contains_key(c.to_string().as_str()));
        if let Some(letter) = letters.into_iter().next() {
            return wrong(
                "a piece",
                format!("{word:?} has the letter {letter:?}, which is no piece"),
            );
        }
        for (left, right) in &mut parts {
            if let (Some(&left), Some(&right), Some(rank)) = (ids.get(left), ids.get(right), rank) {
                merges.push((left, right, id, rank as u32));
            }
        }
    }
    merges.sort_by_key(|&(left, right, _, rank)| (rank, left, right));
    Ok(merges)
}
