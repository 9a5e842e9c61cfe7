//! Attention of a recurrent decoder, out of `Attention` and `AdditiveAttention`.
//!
//! State s, row h; a `Dense` before either may be there, as query and as the third input, key.
//!
//! | there | energy | here |
//! |---|---|---|
//! | `Attention()` | s·h | `dot` |
//! | its `use_scale`, or a `Dense` before s or h | c·(Qs + b)·(Kh) | `general`, c·QᵀK; b must be 0, and the bias of keys adds the same to all energies |
//! | `Attention(score_mode="concat")` | w·Σ tanh(c·(Qs + Kh)) | `additive` |
//! | `AdditiveAttention()` | v·tanh(Qs + Kh) | `additive` |
//!
//! Where no `Dense` is there, its matrix is the one of ones on its diagonal.

use super::graph::{Graph, Ref};
use super::layers::{bias, matrix, var};
use super::recurrent::{Linear, first, is_dense, linear, passed};
use super::stack::Stack;
use crate::Error;
use crate::taken::Taken;
use ndarray::{Array1, Array2, Ix0, Ix1};
use twin::recurrent::{AttentionConfig, EnergyFunction, EnergyKind, Query};

/// How a decoder looks at the memory.
#[derive(Debug)]
pub(super) struct Looks {
    /// Rows of the decoder, which ask.
    pub(super) state: Ref,
    /// Rows of the encoder.
    pub(super) memory: Ref,
    query: Option<Linear>,
    key: Option<Linear>,
    path: String,
    additive: bool,
    /// `AdditiveAttention`, whose scale has a number for each channel.
    channels: bool,
    scaled: bool,
}

impl Looks {
    /// What an attention layer is.
    pub(super) fn of(graph: &Graph, at: &Ref) -> Result<Self, Error> {
        let (node, at) = graph.node(at)?;
        let inputs = graph.inputs(&at)?;
        let (query, value, key) = match &inputs[..] {
            [query, value] => (query, value, value),
            [query, value, key] => (query, value, key),
            _ => return Err(graph.unfit(node, "it must read query and value, and a key or none")),
        };
        let (state, query) = projected(graph, query)?;
        let (memory, key) = projected(graph, key)?;
        let value = passed(graph, value)?;
        if value != memory {
            let why = "its values must be the rows of the encoder that its keys are made of";
            return Err(graph.unfit(node, why));
        }
        let channels = node.class == "AdditiveAttention";
        let mode = node.one_of("score_mode", &["dot", "concat"]);
        let mode = mode.map_err(|why| graph.unfit(node, &why))?;
        let additive = channels || mode == "concat";
        // Its scale is there unless it says otherwise; that of `Attention` only if it says so.
        let scaled = node.config["use_scale"].as_bool().unwrap_or(channels);
        let path = node.path.clone();
        Ok(Self { state, memory, query, key, path, additive, channels, scaled })
    }

    fn d_attention(&self, hidden: usize) -> usize {
        self.query.as_ref().or(self.key.as_ref()).map_or(hidden, |linear| linear.width)
    }

    /// What the description says of it. `hidden`: width of a state.
    pub(super) fn config(&self, hidden: usize) -> AttentionConfig {
        let plain = !self.scaled && self.query.is_none() && self.key.is_none();
        let energy = match self.additive {
            true => {
                let (d_attention, function) = (self.d_attention(hidden), EnergyFunction::Tanh);
                EnergyKind::Additive { d_attention, function }
            }
            false if plain => EnergyKind::Dot,
            false => EnergyKind::General,
        };
        AttentionConfig { energy, query: Query::Current }
    }

    /// Takes its tensors.
    pub(super) fn take(
        &self,
        taken: &mut Taken,
        encoder: &Stack,
        decoder: &Stack,
    ) -> Result<(), Error> {
        let (hidden, memory) = (decoder.hidden, encoder.width());
        let rows = self.d_attention(hidden);
        let scale = match self.scaled && !self.channels {
            true => taken.store().take::<Ix0>(&var(&self.path, 0), &[])?.into_scalar(),
            false => 1.0,
        };
        let (query, query_bias) = side(taken, self.query.as_ref(), [rows, hidden])?;
        let (key, key_bias) = side(taken, self.key.as_ref(), [rows, memory])?;
        if !self.additive {
            if let (Some(linear), true) = (&self.query, query_bias.iter().any(|&b| b != 0.0)) {
                let why = format!(
                    "`{}` adds to queries of dot products what the engine has not; give that Dense \
                     use_bias=False",
                    var(&linear.path, 1)
                );
                return Err(Error::Model { path: taken.path().into(), why });
            }
            if self.scaled || self.query.is_some() || self.key.is_some() {
                taken.put("decoder.attention.key.weight", query.t().dot(&key) * scale);
            }
            return Ok(());
        }
        taken.put("decoder.attention.query.weight", query * scale);
        taken.put("decoder.attention.key.weight", key * scale);
        taken.put("decoder.attention.query.bias", (query_bias + key_bias) * scale);
        let energy = match (self.channels, self.scaled) {
            (true, true) => taken.store().take::<Ix1>(&var(&self.path, 0), &[rows])?,
            (true, false) => Array1::ones(rows),
            (false, scaled) => {
                let weight =
                    taken.store().take::<Ix0>(&var(&self.path, usize::from(scaled)), &[])?;
                Array1::from_elem(rows, weight.into_scalar())
            }
        };
        taken.put("decoder.attention.energy.weight", energy.insert_axis(ndarray::Axis(0)));
        Ok(())
    }
}

/// What stands before a `Dense`, and that one.
fn projected(graph: &Graph, at: &Ref) -> Result<(Ref, Option<Linear>), Error> {
    let at = passed(graph, at)?;
    if !is_dense(graph.node(&at)?.0) {
        return Ok((at, None));
    }
    let dense = linear(graph, &at, &["linear"], "a Dense layer")?;
    Ok((passed(graph, &first(graph, &at)?)?, Some(dense)))
}

/// Matrix and bias of a `Dense`, or those that change nothing.
fn side(
    taken: &mut Taken,
    linear: Option<&Linear>,
    [rows, columns]: [usize; 2],
) -> Result<(Array2<f32>, Array1<f32>), Error> {
    let Some(linear) = linear else {
        if rows != columns {
            let why = format!(
                "its attention compares rows of {rows} and of {columns} numbers; they must be as many"
            );
            return Err(Error::Model { path: taken.path().into(), why });
        }
        return Ok((Array2::eye(rows), Array1::zeros(rows)));
    };
    let weight = matrix(taken, &linear.path, [rows, columns])?;
    Ok((weight, bias(taken, &linear.path, rows)?.unwrap_or_else(|| Array1::zeros(rows))))
}
