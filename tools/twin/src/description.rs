//! `model.json`: everything about a model except its weights.

use crate::Error;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::Path;

/// Sizes above this are mistakes, not models for microcontrollers.
const MOST: usize = 65_535;

/// What an encoder or decoder is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    /// Self-attention and feed-forward layers, arXiv 1706.03762.
    Transformer,
}

/// Where LayerNorm stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NormPlace {
    /// `x + f(norm(x))`, and one more norm after the last layer.
    Pre,
    /// `norm(x + f(x))`, as in the paper.
    Post,
}

/// The function between the two matrices of feed-forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// `max(0, x)`.
    Relu,
    /// `x · Φ(x)`, the exact form with erf.
    Gelu,
}

/// How a token knows its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Positions {
    /// Sine on even channels, cosine on odd ones.
    Sinusoidal,
    /// A trained row per position.
    Learned,
}

/// The words of the source side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceTable {
    /// Word of each id.
    pub words: Vec<String>,
    /// Fills batches; no attention looks at it.
    pub pad: u32,
    /// Part of the table; not used by sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bos: Option<u32>,
    /// Appended to each sentence when present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eos: Option<u32>,
}

/// The words of the target side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetTable {
    /// Word of each id.
    pub words: Vec<String>,
    /// Fills batches; never said.
    pub pad: u32,
    /// The first token fed to the decoder.
    pub bos: u32,
    /// Ends a sentence.
    pub eos: u32,
}

/// The file `model.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// What encodes.
    pub encoder: Architecture,
    /// What decodes.
    pub decoder: Architecture,
    /// Width of the residual stream.
    pub d_model: usize,
    /// Attention heads of each layer.
    pub n_heads: usize,
    /// Width of a head.
    pub d_head: usize,
    /// Inner width of feed-forward.
    pub d_ff: usize,
    /// Number of encoder layers.
    pub encoder_layers: usize,
    /// Number of decoder layers.
    pub decoder_layers: usize,
    /// Where LayerNorm stands.
    pub norm: NormPlace,
    /// Added to the variance under the root.
    pub norm_epsilon: f32,
    /// Between the matrices of feed-forward.
    pub activation: Activation,
    /// How a token knows its place.
    pub positions: Positions,
    /// Factor of both embeddings.
    pub embedding_scale: f32,
    /// Whether the output matrix is the target embedding.
    pub tied_output: bool,
    /// Longest source in tokens, end token included.
    pub max_source_len: usize,
    /// Longest target in tokens, end token included.
    pub max_target_len: usize,
    /// The decoder layer whose cross-attention is the alignment.
    pub alignment_layer: usize,
    /// Whether text is lowercased before it is looked up.
    pub lowercase: bool,
    /// Source words.
    pub source: SourceTable,
    /// Target words.
    pub target: TargetTable,
    /// A sentence that a board translates to check itself.
    pub selftest: String,
}

impl Description {
    /// Reads and checks a description.
    ///
    /// # Errors
    /// Unreadable file, JSON with unknown, missing or mistyped fields, or impossible values.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read(path).map_err(|cause| Error::Read { path: path.into(), cause })?;
        let description: Self = serde_json::from_slice(&text)
            .map_err(|cause| Error::Json { path: path.into(), cause })?;
        description.check()?;
        Ok(description)
    }

    /// Checks all values; [`Description::read`] has already done it.
    ///
    /// # Errors
    /// The first field with an impossible value.
    pub fn check(&self) -> Result<(), Error> {
        self.check_sizes()?;
        for (field, value) in
            [("norm_epsilon", self.norm_epsilon), ("embedding_scale", self.embedding_scale)]
        {
            if !(value.is_finite() && value > 0.0) {
                return wrong(field, format!("is {value}; it must be a positive number"));
            }
        }
        if self.alignment_layer >= self.decoder_layers {
            let why = format!(
                "is {}, but the {} decoder layers count from 0",
                self.alignment_layer, self.decoder_layers
            );
            return wrong("alignment_layer", why);
        }
        let source = &self.source;
        let marks = [Some(source.pad), source.bos, source.eos];
        check_table("source", &source.words, marks.into_iter().flatten())?;
        let target = &self.target;
        check_table("target", &target.words, [target.pad, target.bos, target.eos])
    }

    fn check_sizes(&self) -> Result<(), Error> {
        for (field, value) in [
            ("d_model", self.d_model),
            ("n_heads", self.n_heads),
            ("d_head", self.d_head),
            ("d_ff", self.d_ff),
            ("encoder_layers", self.encoder_layers),
            ("decoder_layers", self.decoder_layers),
            ("max_source_len", self.max_source_len),
            ("max_target_len", self.max_target_len),
        ] {
            if !(1..=MOST).contains(&value) {
                return wrong(field, format!("is {value}; it must be 1 to {MOST}"));
            }
        }
        Ok(())
    }

    /// Rows of query, key and value: `n_heads · d_head`.
    #[must_use]
    pub fn d_attention(&self) -> usize {
        self.n_heads * self.d_head
    }
}

fn check_table(
    field: &'static str,
    words: &[String],
    marks: impl IntoIterator<Item = u32>,
) -> Result<(), Error> {
    if !(1..=MOST).contains(&words.len()) {
        return wrong(field, format!("has {} words; it must have 1 to {MOST}", words.len()));
    }
    let mut seen = HashSet::new();
    for (id, word) in words.iter().enumerate() {
        if word.is_empty() || word.chars().any(char::is_whitespace) {
            return wrong(
                field,
                format!("word {id} is {word:?}; a word has no spaces and is not empty"),
            );
        }
        if !seen.insert(word) {
            return wrong(field, format!("lists the word {word:?} twice"));
        }
    }
    let mut taken = HashSet::new();
    for id in marks {
        if id as usize >= words.len() {
            let why = format!("gives a mark the id {id}, but has {} words", words.len());
            return wrong(field, why);
        }
        if !taken.insert(id) {
            return wrong(field, format!("gives two of pad, bos and eos the id {id}"));
        }
    }
    Ok(())
}

fn wrong(field: &'static str, why: String) -> Result<(), Error> {
    Err(Error::Field { field, why })
}
