//! `model.json`: everything about a model except its weights.

use crate::{Error, SourceTable, TargetTable, convolutional, file, json, recurrent, transformer};
use serde_json::Value;
use std::path::Path;

/// Sizes above this are mistakes, not models for microcontrollers.
pub(crate) const MOST: usize = 65_535;

/// Largest description that is read, in bytes: over ten times one of as many words as can be.
const MOST_BYTES: u64 = 1 << 26;

/// The self-test of a model that reads pictures: one that the converter makes up.
const RANDOM: &str = "random";

/// What encodes.
#[derive(Clone, Debug, PartialEq)]
pub enum EncoderKind {
    /// Self-attention and feed-forward layers, arXiv 1706.03762.
    Transformer(transformer::Config),
    /// RNN, GRU or LSTM in one direction or both.
    Recurrent(recurrent::EncoderConfig),
    /// Filters over a picture.
    Convolutional(convolutional::Config),
}

impl EncoderKind {
    /// Its sizes and choices if it is a Transformer.
    #[must_use]
    pub fn transformer(&self) -> Option<&transformer::Config> {
        if let Self::Transformer(config) = self { Some(config) } else { None }
    }

    /// Width of the rows that it leaves for the decoder.
    #[must_use]
    pub fn memory_width(&self) -> usize {
        match self {
            Self::Transformer(config) => config.d_model,
            Self::Recurrent(config) => config.row_width(),
            Self::Convolutional(config) => config.output().channels,
        }
    }

    /// Width of the final hidden states of its directions, side by side; 0 of others.
    #[must_use]
    pub fn ends_width(&self) -> usize {
        match self {
            Self::Transformer(_) | Self::Convolutional(_) => 0,
            Self::Recurrent(config) => config.ends_width(),
        }
    }
}

/// What decodes.
#[derive(Clone, Debug, PartialEq)]
pub enum DecoderKind {
    /// Causal self-attention, cross-attention and feed-forward layers, arXiv 1706.03762.
    Transformer {
        /// Sizes and choices.
        config: transformer::Config,
        /// The layer whose cross-attention is the alignment.
        alignment_layer: usize,
    },
    /// RNN, GRU or LSTM, with attention or without.
    Recurrent(recurrent::DecoderConfig),
}

impl DecoderKind {
    /// Its sizes and choices if it is a Transformer.
    #[must_use]
    pub fn transformer(&self) -> Option<&transformer::Config> {
        if let Self::Transformer { config, .. } = self { Some(config) } else { None }
    }

    /// Width of the target embedding.
    #[must_use]
    pub fn embedding_width(&self) -> usize {
        match self {
            Self::Transformer { config, .. } => config.d_model,
            Self::Recurrent(config) => config.d_embedding,
        }
    }

    /// Width of what the output layer reads; `memory`: width of its rows.
    #[must_use]
    pub fn output_width(&self, memory: usize) -> usize {
        match self {
            Self::Transformer { config, .. } => config.d_model,
            Self::Recurrent(config) => config.output_width(memory),
        }
    }
}

/// What the file `model.json` says.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// What encodes.
    pub encoder: EncoderKind,
    /// What decodes.
    pub decoder: DecoderKind,
    /// Whether the output matrix is the target embedding.
    pub tied_output: bool,
    /// Longest source in tokens, end token included; or the places of a picture's memory.
    pub max_source_len: usize,
    /// Longest target in tokens, end token included.
    pub max_target_len: usize,
    /// Whether text is lowercased before it is looked up.
    pub lowercase: bool,
    /// Source words; `None` when the source is a picture.
    pub source: Option<SourceTable>,
    /// Target words.
    pub target: TargetTable,
    /// A sentence that a board translates to check itself; `random` when the source is a picture.
    pub selftest: String,
}

impl Description {
    /// Reads and checks a description.
    ///
    /// # Errors
    /// Unreadable file, JSON with unknown, missing or mistyped fields, or impossible values.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = file::read(path, MOST_BYTES)?;
        let fields: json::Fields = serde_json::from_slice(&text)
            .map_err(|cause| Error::Json { path: path.into(), cause })?;
        Self::of(fields)
    }

    /// The same, with what `change` writes into the object of the file before it is looked at.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_with(path: &Path, change: impl FnOnce(&mut Value)) -> Result<Self, Error> {
        let text = file::read(path, MOST_BYTES)?;
        let wrong = |cause| Error::Json { path: path.into(), cause };
        let mut value = serde_json::from_slice(&text).map_err(wrong)?;
        change(&mut value);
        Self::of(serde_json::from_value(value).map_err(wrong)?)
    }

    fn of(fields: json::Fields) -> Result<Self, Error> {
        let description = fields.described()?;
        description.check()?;
        Ok(description)
    }

    /// Checks all values; [`Description::read`] has already done it.
    ///
    /// # Errors
    /// The first field with an impossible value.
    pub fn check(&self) -> Result<(), Error> {
        match &self.encoder {
            EncoderKind::Transformer(config) => config.check("encoder")?,
            EncoderKind::Recurrent(config) => config.check()?,
            EncoderKind::Convolutional(config) => config.check()?,
        }
        match &self.decoder {
            DecoderKind::Transformer { config, alignment_layer } => {
                config.check("decoder")?;
                check_alignment_layer(*alignment_layer, config.layers)?;
            }
            DecoderKind::Recurrent(config) => config.check(&self.encoder)?,
        }
        self.check_tie()?;
        size("max_source_len", self.max_source_len)?;
        size("max_target_len", self.max_target_len)?;
        self.check_source()?;
        self.target.check()
    }

    /// Words for an encoder that reads words, none for one that reads pictures.
    fn check_source(&self) -> Result<(), Error> {
        let EncoderKind::Convolutional(config) = &self.encoder else {
            let Some(source) = &self.source else {
                return wrong("source", "is missing; an encoder of words needs it".into());
            };
            if source.tokenizer.is_some() && (self.lowercase || source.letters) {
                return wrong(
                    "lowercase",
                    "or letters is true; its tokenizer says what is done".into(),
                );
            }
            return source.check();
        };
        if self.source.is_some() {
            return wrong("source", "is given, but a convolutional encoder reads no words".into());
        }
        let map = config.output();
        if self.max_source_len != map.places() {
            let why = format!(
                "is {}; it must be {}, since the encoder leaves {} × {} places",
                self.max_source_len,
                map.places(),
                map.height,
                map.width
            );
            return wrong("max_source_len", why);
        }
        if self.selftest != RANDOM {
            let why =
                format!("is {:?}; of a model of pictures it must be {RANDOM:?}", self.selftest);
            return wrong("selftest", why);
        }
        Ok(())
    }

    fn check_tie(&self) -> Result<(), Error> {
        let (have, need) = (self.output_width(), self.decoder.embedding_width());
        if self.tied_output && have != need {
            let why = format!(
                "is true, but the output layer reads {have} numbers \
                 and the target embedding has width {need}"
            );
            return wrong("tied_output", why);
        }
        Ok(())
    }

    /// Width of what the output layer reads.
    #[must_use]
    pub fn output_width(&self) -> usize {
        self.decoder.output_width(self.encoder.memory_width())
    }
}

fn check_alignment_layer(layer: usize, layers: usize) -> Result<(), Error> {
    if layer >= layers {
        let why = format!("is {layer}, but the {layers} decoder layers count from 0");
        return wrong("alignment_layer", why);
    }
    Ok(())
}

/// A size must be 1 to [`MOST`].
pub(crate) fn size(field: &str, value: usize) -> Result<(), Error> {
    if (1..=MOST).contains(&value) {
        return Ok(());
    }
    wrong(field, format!("is {value}; it must be 1 to {MOST}"))
}

pub(crate) fn positive(field: &str, value: f32) -> Result<(), Error> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    wrong(field, format!("is {value}; it must be a positive number"))
}

pub(crate) fn wrong<T>(field: impl Into<String>, why: String) -> Result<T, Error> {
    Err(Error::Field { field: field.into(), why })
}
