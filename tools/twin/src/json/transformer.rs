//! What the fields of `model.json` say of a side that is a Transformer.

use super::{Fields, TRANSFORMER, need};
use crate::Error;
use crate::description::wrong;
use crate::transformer::{Config, NormKind, NormPlace, Positions, Relative};
use serde::Deserialize;

/// How a token knows its place, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PositionsName {
    Sinusoidal,
    SinusoidalHalves,
    Learned,
    Relative,
}

impl Fields {
    /// `field`: the name of `layers`.
    pub(super) fn transformer(&self, field: &str, layers: Option<usize>) -> Result<Config, Error> {
        let norm = need("norm", self.norm, TRANSFORMER)?;
        let d_head = need("d_head", self.d_head, TRANSFORMER)?;
        Ok(Config {
            layers: need(field, layers, TRANSFORMER)?,
            d_model: need("d_model", self.d_model, TRANSFORMER)?,
            n_heads: need("n_heads", self.n_heads, TRANSFORMER)?,
            d_head,
            d_ff: need("d_ff", self.d_ff, TRANSFORMER)?,
            norm,
            norm_kind: self.norm_kind.unwrap_or(NormKind::Layer),
            norm_epsilon: need("norm_epsilon", self.norm_epsilon, TRANSFORMER)?,
            last_norm: self.last_norm.unwrap_or(norm == NormPlace::Pre),
            embedding_norm: self.embedding_norm.unwrap_or_default(),
            activation: need("activation", self.activation, TRANSFORMER)?,
            gated: self.gated.unwrap_or_default(),
            positions: self.positions()?,
            embedding_scale: need("embedding_scale", self.embedding_scale, TRANSFORMER)?,
            attention_scale: self
                .attention_scale
                .unwrap_or_else(|| Config::usual_attention_scale(d_head)),
        })
    }

    fn positions(&self) -> Result<Positions, Error> {
        let name = need("positions", self.positions, TRANSFORMER)?;
        if name == PositionsName::Relative {
            return Ok(Positions::Relative(Relative {
                buckets: need("relative_buckets", self.relative_buckets, RELATIVE)?,
                distance: need("relative_distance", self.relative_distance, RELATIVE)?,
            }));
        }
        for (field, given) in [
            ("relative_buckets", self.relative_buckets),
            ("relative_distance", self.relative_distance),
        ] {
            if given.is_some() {
                let why = "is given, but only `positions` of \"relative\" read it";
                return wrong(field, why.into());
            }
        }
        Ok(match name {
            PositionsName::SinusoidalHalves => Positions::SinusoidalHalves,
            PositionsName::Learned => Positions::Learned,
            _ => Positions::Sinusoidal,
        })
    }

    /// The fields that a Transformer of either side reads, and whether they are given.
    pub(super) fn of_transformers(&self) -> [(&'static str, bool); 16] {
        [
            ("d_model", self.d_model.is_some()),
            ("n_heads", self.n_heads.is_some()),
            ("d_head", self.d_head.is_some()),
            ("d_ff", self.d_ff.is_some()),
            ("norm", self.norm.is_some()),
            ("norm_kind", self.norm_kind.is_some()),
            ("norm_epsilon", self.norm_epsilon.is_some()),
            ("last_norm", self.last_norm.is_some()),
            ("embedding_norm", self.embedding_norm.is_some()),
            ("activation", self.activation.is_some()),
            ("gated", self.gated.is_some()),
            ("positions", self.positions.is_some()),
            ("relative_buckets", self.relative_buckets.is_some()),
            ("relative_distance", self.relative_distance.is_some()),
            ("embedding_scale", self.embedding_scale.is_some()),
            ("attention_scale", self.attention_scale.is_some()),
        ]
    }
}

const RELATIVE: &str = "relative";
