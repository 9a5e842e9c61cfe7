//! `tokenizer.json` of Hugging Face's `tokenizers`.

mod merges;
mod model;
mod steps;

pub(crate) use merges::{BESIDE, MERGES, of_merges};

use crate::error::{Error, unsupported, wrong};
use crate::normalise::{self, Matters, Sequences};
use crate::{Blanks, Found, Join, Marks, Method, Prefix, Split, Tokenizer};
use serde::Deserialize;
use serde_json::Value;
use steps::Steps;

/// The whole file.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    added_tokens: Vec<Added>,
    normalizer: Option<Value>,
    pre_tokenizer: Option<Value>,
    post_processor: Option<Value>,
    decoder: Option<Value>,
    model: Value,
}

/// A token that the model itself need not know.
#[derive(Deserialize)]
struct Added {
    id: u32,
    content: String,
    #[serde(default)]
    special: bool,
}

pub(crate) fn read(bytes: &[u8]) -> Result<Found, Error> {
    found(serde_json::from_slice(bytes)?)
}

fn found(file: File) -> Result<Found, Error> {
    if let Some(added) = file.added_tokens.iter().find(|added| !added.special) {
        let why = "the engine cuts none out of texts; with \"special\": true no text becomes it, \
                   and the model can still say it";
        return unsupported("added token", &added.content, why);
    }
    let specials: Vec<(u32, &str)> =
        file.added_tokens.iter().map(|added| (added.id, added.content.as_str())).collect();
    let model = model::read(&file.model, &specials)?;
    let mut steps = Steps::default();
    file.normalizer.iter().try_for_each(|value| steps.normalizer(value))?;
    steps.end_of_normalizers()?;
    file.pre_tokenizer.iter().try_for_each(|value| steps.pre_tokenizer(value))?;
    let split = steps.split()?;
    let in_bytes = split == Split::Bytes;
    if in_bytes && !matches!(model.method, Method::Bpe { bytes: false, whole: false, .. }) {
        let why = "it goes with BPE without byte_fallback and ignore_merges";
        return unsupported("pre_tokenizer", "ByteLevel", why);
    }
    if in_bytes && !steps.letters.is_empty() {
        return unsupported("normalizer", "any", "before ByteLevel there may be none");
    }
    let said = model.words.iter().zip(0..).filter(|(_, id)| !specials.iter().any(|(s, _)| s == id));
    let matters = Matters::of(said.map(|(word, _)| word), &model.method, split);
    let (becomes, kind) = normalise::table(&steps.letters, &matters)?;
    let frame = file.post_processor.as_ref().map_or_else(|| Ok(Frame::default()), frame)?;
    let (join, keeps_first, tidy) = join(file.decoder.as_ref(), &model.method)?;
    let find = |names: &[&str]| {
        let named = |name: &&str| model.words.iter().position(|word| word == name);
        names.iter().find_map(named).map(|at| at as u32)
    };
    let marks = Marks {
        pad: find(&["<pad>", "[PAD]"]),
        bos: frame.start.or_else(|| find(&["<s>", "[CLS]", "<bos>"])),
        eos: frame.end.or_else(|| find(&["</s>", "[SEP]", "<eos>"])),
    };
    let tokenizer = Tokenizer {
        method: model.method,
        unknown: model.unknown,
        start: frame.start,
        split,
        blanks: steps.blanks,
        becomes,
        clusters: kind == Sequences::Clusters,
        mapped: kind == Sequences::Mapped,
        join,
        keeps_first,
        tidy,
    };
    Ok(Found { words: model.words, marks, tokenizer })
}

/// What goes before and behind a text.
#[derive(Default)]
struct Frame {
    start: Option<u32>,
    end: Option<u32>,
}

fn frame(value: &Value) -> Result<Frame, Error> {
    let id = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
    match kind(value) {
        "ByteLevel" => Ok(Frame::default()),
        "BertProcessing" | "RobertaProcessing" => {
            Ok(Frame { start: id(&value["cls"][1]), end: id(&value["sep"][1]) })
        }
        "TemplateProcessing" => {
            let mut frame = Frame::default();
            let mut behind = false;
            for part in value["single"].as_array().into_iter().flatten() {
                let name = part["SpecialToken"]["id"].as_str();
                let token = name.and_then(|name| id(&value["special_tokens"][name]["ids"][0]));
                let place = if behind { &mut frame.end } else { &mut frame.start };
                match token {
                    None if part.get("Sequence").is_some() => behind = true,
                    Some(token) if place.is_none() => *place = Some(token),
                    _ => {
                        return unsupported(
                            "template",
                            part.to_string(),
                            "one token before, one behind",
                        );
                    }
                }
            }
            Ok(frame)
        }
        "Sequence" => {
            let parts = value["processors"].as_array().into_iter().flatten();
            let frames: Result<Vec<Frame>, Error> = parts.map(frame).collect();
            let find = frames?.into_iter().find(|frame| frame.start.or(frame.end).is_some());
            Ok(find.unwrap_or_default())
        }
        other => unsupported("post_processor", other, "TemplateProcessing and those of BERT are"),
    }
}

/// How pieces are joined, whether ▁ of the first is a blank, and whether English is tidied.
fn join(decoder: Option<&Value>, method: &Method) -> Result<(Join, bool, bool), Error> {
    let Some(decoder) = decoder.filter(|decoder| !decoder.is_null()) else {
        return Ok((Join::Blanks, false, false));
    };
    let parts: Vec<&Value> = match decoder["decoders"].as_array() {
        Some(parts) => parts.iter().collect(),
        None => vec![decoder],
    };
    let kinds: Vec<&str> = parts.iter().map(|part| kind(part)).collect();
    let keeps = |part: &Value| {
        part["prepend_scheme"] == "never" || part["add_prefix_space"] == Value::Bool(false)
    };
    match (kinds.as_slice(), parts.last()) {
        (["ByteLevel"], _) => Ok((Join::Bytes, false, false)),
        (["Metaspace"] | ["ByteFallback", "Metaspace"], Some(part)) => {
            Ok((Join::Marked, keeps(part), false))
        }
        (["Replace", "ByteFallback", "Fuse"], _) => Ok((Join::Marked, true, false)),
        (["Replace", "ByteFallback", "Fuse", "Strip"], _) => Ok((Join::Marked, false, false)),
        (["WordPiece"], Some(part)) => {
            let has = match method {
                Method::LongestFirst { prefix, .. } => prefix.as_str(),
                _ => "",
            };
            if part["prefix"].as_str() != Some("##") || has != "##" {
                return wrong("decoder.prefix", "must be ## as the model's");
            }
            Ok((Join::Continued, false, part["cleanup"] != Value::Bool(false)))
        }
        (kinds, _) => {
            unsupported("decoder", kinds.join(", "), "Metaspace, ByteLevel, WordPiece are")
        }
    }
}

/// The type of a part.
fn kind(value: &Value) -> &str {
    value["type"].as_str().unwrap_or("without a type")
}

/// Used by [`Steps`].
fn blanks_prefix(scheme: &Value, add: &Value) -> Prefix {
    match (scheme.as_str(), add.as_bool()) {
        (Some("never"), _) | (None, Some(false)) => Prefix::Never,
        _ => Prefix::Missing,
    }
}

/// Those of words that lose them.
fn blanks_of_words() -> Blanks {
    Blanks { white: true, ..Blanks::default() }
}
