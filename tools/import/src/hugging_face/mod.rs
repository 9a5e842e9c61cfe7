//! Folders of Hugging Face's transformers: `config.json`, the weights, and the words.
//!
//! ```text
//! config.json ────────────► Family: sizes and choices ┐
//! generation_config.json ─► Marks                     ├─► Description ─► Weights
//! vocab.json, tokenizer.json … ─► words               ┘
//! model.safetensors, pytorch_model.bin, or their index ─► Store ─┘
//! encoder_model.onnx and decoder_model.onnx (parts.rs) ──────┘
//! ```

mod bart;
mod fields;
mod generation;
mod harmless;
mod parts;
mod pieces;
mod t5;
mod words;

use crate::container::Store;
use crate::{Error, Request};
use fields::Fields;
use generation::Marks;
use ndarray::Array1;
use std::path::{Path, PathBuf};
use twin::transformer::{Activation, Config};
use twin::{DecoderKind, Description, EncoderKind, SourceTable, TargetTable, Weights};

/// Longest source and target if nobody says: a device has room for a sentence, not for a page.
pub const USUAL_LENGTH: usize = 64;
/// What the bias of a token is lowered by that must not be said.
const UNSAID: f32 = 1000.0;

/// Files of weights, the likeliest first.
const WEIGHTS: [&str; 4] = [
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
];

/// Sizes and choices of a model.
struct Family {
    encoder: Config,
    decoder: Config,
    /// Words of source and target.
    words: [usize; 2],
    tied: bool,
    /// Most places, where they are trained or listed.
    longest: Option<usize>,
    head: Head,
}

/// Whose names the tensors have.
#[derive(Clone, Copy)]
enum Head {
    Bart(bart::Kind),
    T5,
}

/// A folder that was read but for its numbers.
pub(crate) struct Folder {
    family: Family,
    marks: Marks,
}

/// Whether a folder is one of transformers.
pub(crate) fn is_one(path: &Path) -> bool {
    path.join("config.json").is_file()
}

/// Reads everything but the numbers.
pub(crate) fn open(
    path: &Path,
    request: &Request,
    remarks: &mut Vec<String>,
) -> Result<(Folder, Description, Store), Error> {
    let fields = Fields::open(&path.join("config.json"))?;
    let family = family(&fields)?;
    let generation = path.join("generation_config.json");
    let generation = generation.is_file().then(|| Fields::open(&generation)).transpose()?;
    let marks = Marks::read(&fields, generation.as_ref(), family.words[1], remarks)?;
    fields.finish()?;
    if let Some(generation) = &generation {
        generation.finish()?;
    }
    let description = description(path, &family, &marks, request, remarks)?;
    let store = match parts::files(path) {
        Some(files) if !has_weights(path) => parts::open(path, &files, family.head)?,
        _ => Store::open(&weights_of(path)?)?,
    };
    Ok((Folder { family, marks }, description, store))
}

fn has_weights(path: &Path) -> bool {
    WEIGHTS.iter().any(|file| path.join(file).is_file())
}

fn weights_of(path: &Path) -> Result<PathBuf, Error> {
    let found = WEIGHTS.iter().map(|file| path.join(file)).find(|path| path.is_file());
    found.ok_or_else(|| {
        let why = format!(
            "has none of the files of weights that are read: {}, {} with {}",
            WEIGHTS.join(", "),
            parts::ENCODER,
            parts::DECODERS[0]
        );
        Error::Model { path: path.into(), why }
    })
}

fn family(fields: &Fields) -> Result<Family, Error> {
    let Some(model_type) = fields.text("model_type")? else {
        return fields.wrong("model_type", "is missing");
    };
    if model_type == "encoder-decoder" {
        let why = "is \"encoder-decoder\": two models such as BERT, whose output has a layer, GELU and a norm \
                   before it (`cls.predictions.transform`), which the engine has not";
        return fields.wrong("model_type", why);
    }
    fields.expect("is_encoder_decoder", true)?;
    fields.expect("tie_encoder_decoder", false)?;
    fields.expect("add_cross_attention", false)?;
    for field in [
        "pruned_heads",
        "quantization_config",
        "chunk_size_feed_forward",
        "cross_attention_hidden_size",
    ] {
        let nothing = |value: &serde_json::Value| {
            value.as_object().is_some_and(serde_json::Map::is_empty) || value.as_u64() == Some(0)
        };
        if fields.get(field).is_some_and(|value| !nothing(value)) {
            return fields.wrong(field, "changes what is computed, and is not read");
        }
    }
    let family = match (bart::Kind::named(model_type), model_type) {
        (Some(kind), _) => bart::family(kind, fields)?,
        (None, "t5" | "mt5") => t5::family(fields)?,
        (None, other) => {
            let why = format!("is {other:?}; marian, bart, mbart, pegasus, t5 and mt5 are read");
            return fields.wrong("model_type", why);
        }
    };
    Ok(family)
}

fn description(
    path: &Path,
    family: &Family,
    marks: &Marks,
    request: &Request,
    remarks: &mut Vec<String>,
) -> Result<Description, Error> {
    let usual = family.longest.unwrap_or(USUAL_LENGTH).min(USUAL_LENGTH);
    let [source_len, target_len] =
        [request.max_source, request.max_target].map(|n| n.unwrap_or(usual));
    if let Some(longest) = family.longest.filter(|&most| source_len.max(target_len) > most) {
        let have = source_len.max(target_len);
        let why = format!(
            "has places for {longest} tokens (`max_position_embeddings`), fewer than {have}"
        );
        return Err(Error::Model { path: path.join("config.json"), why });
    }
    let mut source_files = vec!["vocab.json", "tokenizer.json", "vocab.txt"];
    if matches!(family.head, Head::T5) {
        // Others put marks before its pieces.
        source_files.push("spiece.model");
    }
    let mut target_files = vec!["target_vocab.json"];
    if family.words[0] == family.words[1] {
        target_files.extend(&source_files);
    }
    let source = words::read(path, "source", family.words[0], &source_files, remarks)?;
    let mut again = Vec::new();
    let target = words::read(path, "target", family.words[1], &target_files, &mut again)?;
    let pieces =
        |own| ["tokenizer.json", own, "spiece.model", "sentencepiece.bpe.model", "merges.txt"];
    let (given, files) = (request.source_tokenizer.as_ref(), pieces("source.spm"));
    let source_tokenizer = pieces::read(path, given, &files, &source, remarks)?;
    let (given, files) = (request.target_tokenizer.as_ref(), pieces("target.spm"));
    let target_tokenizer = pieces::read(path, given, &files, &target, &mut again)?;
    remarks.extend(again.into_iter().filter(|_| target != source));
    let marked = [marks.pad, marks.start, marks.eos];
    let made_up = || crate::words::made_up(&source, &marked, source_len);
    let selftest = request.selftest.clone().unwrap_or_else(made_up);
    Ok(Description {
        encoder: EncoderKind::Transformer(family.encoder.clone()),
        decoder: DecoderKind::Transformer {
            alignment_layer: family.decoder.layers.saturating_sub(1),
            config: family.decoder.clone(),
        },
        tied_output: family.tied,
        max_source_len: source_len,
        max_target_len: target_len,
        lowercase: false,
        source: Some(SourceTable {
            words: source,
            pad: marks.pad,
            bos: None,
            eos: Some(marks.eos),
            letters: false,
            tokenizer: source_tokenizer,
        }),
        target: TargetTable {
            words: target,
            pad: marks.pad,
            bos: marks.start,
            eos: marks.eos,
            tokenizer: target_tokenizer,
        },
        selftest,
    })
}

impl Folder {
    /// Everything in the file under our names.
    pub(crate) fn weights(&self, store: Store, d: &Description) -> Result<Weights, Error> {
        let lengths = [d.max_source_len, d.max_target_len];
        match self.family.head {
            Head::Bart(kind) => bart::weights(kind, store, &self.family, &self.marks, lengths),
            Head::T5 => t5::weights(store, &self.family, &self.marks),
        }
    }
}

impl Marks {
    /// The bias of the output, so that some tokens are never said.
    fn silenced(&self, mut bias: Array1<f32>) -> Array1<f32> {
        for &token in &self.unsaid {
            if let Some(bias) = bias.get_mut(token as usize) {
                *bias -= UNSAID;
            }
        }
        bias
    }
}

/// The function of a feed-forward, as the library calls it.
fn activation(fields: &Fields, field: &str, usual: &str) -> Result<Activation, Error> {
    match fields.text(field)?.unwrap_or(usual) {
        "relu" => Ok(Activation::Relu),
        "gelu" | "gelu_python" => Ok(Activation::Gelu),
        "gelu_new" | "gelu_pytorch_tanh" | "gelu_fast" => Ok(Activation::GeluTanh),
        "silu" | "swish" => Ok(Activation::Silu),
        other => {
            fields.wrong(field, format!("is {other:?}; relu, gelu, gelu_new and silu are read"))
        }
    }
}
