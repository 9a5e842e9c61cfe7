//! The fields of `model.json` as they stand there, and the description that they make.
//!
//! Which fields are needed depends on what both sides are; one that nothing reads is an error,
//! because who wrote it expected it to do something.

mod convolutional;
mod recurrent;
mod transformer;

use crate::description::wrong;

use crate::transformer::{Activation, NormKind, NormPlace};
use crate::{DecoderKind, Description, EncoderKind, Error, SourceTable, TargetTable};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use transformer::PositionsName;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fields {
    encoder: Value,
    decoder: Value,
    d_embedding: Option<usize>,
    d_model: Option<usize>,
    n_heads: Option<usize>,
    d_head: Option<usize>,
    d_ff: Option<usize>,
    encoder_layers: Option<usize>,
    decoder_layers: Option<usize>,
    norm: Option<NormPlace>,
    norm_kind: Option<NormKind>,
    norm_epsilon: Option<f32>,
    last_norm: Option<bool>,
    embedding_norm: Option<bool>,
    activation: Option<Activation>,
    gated: Option<bool>,
    positions: Option<PositionsName>,
    relative_buckets: Option<usize>,
    relative_distance: Option<usize>,
    embedding_scale: Option<f32>,
    attention_scale: Option<f64>,
    alignment_layer: Option<usize>,
    tied_output: bool,
    max_source_len: usize,
    max_target_len: usize,
    lowercase: Option<bool>,
    source: Option<SourceTable>,
    target: TargetTable,
    selftest: String,
}

/// `"transformer"`, or an object.
enum Side<T> {
    Transformer,
    Object(T),
}

/// The object that says what encodes.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Encoder {
    Recurrent(recurrent::EncoderFields),
    Convolutional(convolutional::EncoderFields),
}

/// The object that says what decodes.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Decoder {
    Recurrent(recurrent::DecoderFields),
}

impl Fields {
    /// The description, its numbers not yet checked.
    pub(crate) fn described(self) -> Result<Description, Error> {
        let encoder = match side("encoder", &self.encoder)? {
            Side::Transformer => {
                EncoderKind::Transformer(self.transformer("encoder_layers", self.encoder_layers)?)
            }
            Side::Object(Encoder::Recurrent(fields)) => {
                EncoderKind::Recurrent(fields.config(self.d_embedding()?)?)
            }
            Side::Object(Encoder::Convolutional(fields)) => {
                EncoderKind::Convolutional(fields.config()?)
            }
        };
        let decoder = match side("decoder", &self.decoder)? {
            Side::Transformer => DecoderKind::Transformer {
                config: self.transformer("decoder_layers", self.decoder_layers)?,
                alignment_layer: need("alignment_layer", self.alignment_layer, TRANSFORMER)?,
            },
            Side::Object(Decoder::Recurrent(fields)) => {
                DecoderKind::Recurrent(fields.config(self.d_embedding()?)?)
            }
        };
        self.check_idle(&encoder, &decoder)?;
        let seen = matches!(encoder, EncoderKind::Convolutional(_));
        let lowercase = match self.lowercase {
            None if !seen => return wrong("lowercase", "is missing; words need it".into()),
            lowercase => lowercase.unwrap_or_default(),
        };
        Ok(Description {
            encoder,
            decoder,
            tied_output: self.tied_output,
            max_source_len: self.max_source_len,
            max_target_len: self.max_target_len,
            lowercase,
            source: self.source,
            target: self.target,
            selftest: self.selftest,
        })
    }

    fn d_embedding(&self) -> Result<usize, Error> {
        need("d_embedding", self.d_embedding, RECURRENT)
    }

    /// Refuses fields that neither side reads.
    fn check_idle(&self, encoder: &EncoderKind, decoder: &DecoderKind) -> Result<(), Error> {
        let source = matches!(encoder, EncoderKind::Transformer(_));
        let target = matches!(decoder, DecoderKind::Transformer { .. });
        let recurrent = matches!(encoder, EncoderKind::Recurrent(_)) || !target;
        let of_either =
            self.of_transformers().map(|(field, given)| (field, given, source || target));
        for (field, given, read) in of_either.into_iter().chain([
            ("encoder_layers", self.encoder_layers.is_some(), source),
            ("decoder_layers", self.decoder_layers.is_some(), target),
            ("alignment_layer", self.alignment_layer.is_some(), target),
            ("d_embedding", self.d_embedding.is_some(), recurrent),
        ]) {
            if given && !read {
                let needed = if field == "d_embedding" { RECURRENT } else { TRANSFORMER };
                return wrong(field, format!("is given, but only a {needed} side reads it"));
            }
        }
        Ok(())
    }
}

const TRANSFORMER: &str = "Transformer";
const RECURRENT: &str = "recurrent";

fn need<T>(field: &str, value: Option<T>, side: &str) -> Result<T, Error> {
    value.map_or_else(|| wrong(field, format!("is missing; a {side} side needs it")), Ok)
}

fn side<T: DeserializeOwned>(field: &str, value: &Value) -> Result<Side<T>, Error> {
    match value {
        Value::String(name) if name == "transformer" => Ok(Side::Transformer),
        Value::Object(_) => match T::deserialize(value) {
            Ok(object) => Ok(Side::Object(object)),
            Err(cause) => wrong(field, format!("cannot be understood: {cause}")),
        },
        other => wrong(
            field,
            format!("is {other}; it must be \"transformer\" or an object with a \"kind\""),
        ),
    }
}
