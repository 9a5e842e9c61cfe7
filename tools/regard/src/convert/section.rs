//! One section of a model file, from the twin's tensors.
//!
//! log₂e times the scale of attention, 1/√d_head, is folded into queries, for the engine's softmax counts in octaves; and n² into ε, for
//! its LayerNorm divides by n nowhere.

use super::{convolutional, distances, recurrent, subwords};
use crate::quantise::{self, Form};
use crate::report::Error;
use ndarray::{ArcArray2, Array1, Axis};
use regard::format::emit::{Content, Matrix, Norm};
use regard::format::{Role, Slot, Stack};
use regard::kernel::Layout;
use twin::transformer::{
    Attention, DecoderWeights, Embedding, EncoderWeights, FeedForward, Norm as TwinNorm,
};
use twin::{Linear, Model};

/// A section and what the report says about it.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) content: Content,
    /// What the report says of a matrix.
    pub(crate) facts: Option<Facts>,
    /// Largest |float − integer| of any weight.
    pub(crate) largest_error: Option<f64>,
}

/// Of a matrix of integers.
#[derive(Clone, Copy)]
pub(crate) struct Facts {
    pub(crate) layout: Layout,
    /// Mantissa bits of its input.
    pub(crate) bits: u32,
    /// Signal to noise of its weights, in dB; none if all are exact.
    pub(crate) sqnr: Option<f64>,
}

/// What a section is made from.
#[derive(Clone)]
pub(crate) enum Part {
    /// Numbers that can take any form. The twin and others may have them too: a copy of this is none of them.
    Matrix(Float),
    /// Anything else, made.
    Made(Entry),
}

/// A matrix as numbers.
#[derive(Clone)]
pub(crate) struct Float {
    pub(super) weight: ArcArray2<f32>,
    pub(super) bias: Option<Array1<f32>>,
    /// What is folded into both.
    pub(super) factor: f64,
    /// Those of its rows that are wanted, in this order; all of them if none are named.
    pub(super) rows: Option<Vec<usize>>,
}

impl Part {
    /// The section, of a matrix in a form.
    pub(super) fn entry(self, form: Form) -> Entry {
        match self {
            Self::Matrix(float) => float.rows().entry(form),
            Self::Made(entry) => entry,
        }
    }
}

impl Float {
    /// The same with the wanted rows alone.
    pub(super) fn rows(self) -> Self {
        let Some(rows) = &self.rows else { return self };
        let weight = self.weight.select(Axis(0), rows).into_shared();
        let bias = self.bias.as_ref().map(|bias| bias.select(Axis(0), rows));
        Self { weight, bias, rows: None, ..self }
    }

    fn entry(self, form: Form) -> Entry {
        let Self { weight, bias, factor, .. } = self;
        let q = quantise::matrix(&weight, bias.as_ref(), factor, form);
        // If nobody else has it, it makes room for the section.
        drop(weight);
        let content = Content::matrix(&Matrix {
            layout: q.layout,
            weights: &q.weights,
            columns: q.columns,
            multipliers: &q.multipliers,
            scale_exponent: q.exponent,
            biases: &q.biases,
            bias_exponent: q.bias_exponent,
            bits: q.bits,
        });
        Entry {
            content,
            facts: Some(Facts { layout: q.layout, bits: q.bits, sqnr: q.sqnr() }),
            largest_error: Some(q.largest_error / factor),
        }
    }
}

impl Entry {
    /// What its weights are against those of float.
    pub(super) fn error(&self) -> Error {
        let Some(facts) = self.facts else { return Error::default() };
        Error { sqnr: facts.sqnr, largest: self.largest_error }
    }

    /// Of what is no matrix.
    pub(super) fn plain(content: Content, largest_error: Option<f64>) -> Self {
        Self { content, facts: None, largest_error }
    }
}

/// The layers of one side, with the parts that only decoders have.
struct Layer<'t> {
    own: (&'t Attention, &'t TwinNorm),
    cross: Option<(&'t Attention, &'t TwinNorm)>,
    feed: (&'t FeedForward, &'t TwinNorm),
}

/// What the section of a slot is made from. The slot must be one of the twin's own dims.
pub(crate) fn of(slot: &Slot, twin: &Model) -> Part {
    match slot.role {
        Role::SourceWords => table(source_words(twin)),
        Role::TargetWords => table(Content::words(&twin.description.target.words)),
        Role::Subwords => table(subwords::of(twin)),
        Role::SelfTest => table(Content::self_test(&[], &[])),
        Role::Embedding if slot.stack == Stack::Decoder => words_of_target(twin),
        Role::Embedding => {
            let words = words_of(&twin.encoder);
            words.map_or_else(|| table(Content::default()), |words| matrix(words, None, 1.0))
        }
        Role::Logits => match &twin.output.weight {
            Some(weight) => matrix(weight, twin.output.bias.as_ref(), 1.0),
            None => table(Content::default()),
        },
        _ => match (slot.stack, &twin.encoder, &twin.decoder) {
            (Stack::Encoder, twin::EncoderWeights::Recurrent(encoder), _) => {
                recurrent::of_encoder(slot, encoder)
            }
            (Stack::Encoder, twin::EncoderWeights::Convolutional(encoder), _) => {
                convolutional::of_encoder(slot, encoder)
            }
            (Stack::Decoder, _, twin::DecoderWeights::Recurrent(decoder)) => {
                recurrent::of_decoder(slot, decoder)
            }
            (Stack::Encoder, twin::EncoderWeights::Transformer(encoder), _) => {
                of_encoder(slot, encoder)
            }
            (Stack::Decoder, _, twin::DecoderWeights::Transformer(decoder)) => {
                of_decoder(slot, decoder)
            }
        },
    }
}

fn source_words(twin: &Model) -> Content {
    twin.description.source.as_ref().map_or_else(Content::default, |s| Content::words(&s.words))
}

fn words_of(encoder: &twin::EncoderWeights) -> Option<&ArcArray2<f32>> {
    match encoder {
        twin::EncoderWeights::Transformer(encoder) => Some(&encoder.embedding.words),
        twin::EncoderWeights::Recurrent(encoder) => Some(&encoder.embedding),
        twin::EncoderWeights::Convolutional(_) => None,
    }
}

/// A tied table carries the output's bias: the engine reads it as words and as output matrix.
fn words_of_target(twin: &Model) -> Part {
    let words = match &twin.decoder {
        twin::DecoderWeights::Transformer(decoder) => &decoder.embedding.words,
        twin::DecoderWeights::Recurrent(decoder) => &decoder.embedding,
    };
    let tied = twin.output.weight.is_none();
    matrix(words, twin.output.bias.as_ref().filter(|_| tied), 1.0)
}

fn of_encoder(slot: &Slot, encoder: &EncoderWeights) -> Part {
    match slot.role {
        Role::Position => positions(&encoder.embedding),
        Role::EmbeddingNorm => maybe_norm(encoder.embedding.norm.as_ref()),
        Role::Relative => distances::of(encoder.relative.as_ref()),
        Role::FinalNorm => maybe_norm(encoder.norm.as_ref()),
        role => {
            let layer = &encoder.layers[slot.layer];
            let own = (&layer.self_attention, &layer.self_attention_norm);
            let feed = (&layer.feed_forward, &layer.feed_forward_norm);
            in_layer(role, &Layer { own, cross: None, feed })
        }
    }
}

fn of_decoder(slot: &Slot, decoder: &DecoderWeights) -> Part {
    match slot.role {
        Role::Position => positions(&decoder.embedding),
        Role::EmbeddingNorm => maybe_norm(decoder.embedding.norm.as_ref()),
        Role::Relative => distances::of(decoder.relative.as_ref()),
        Role::FinalNorm => maybe_norm(decoder.norm.as_ref()),
        role => {
            let layer = &decoder.layers[slot.layer];
            let own = (&layer.self_attention, &layer.self_attention_norm);
            let cross = Some((&layer.cross_attention, &layer.cross_attention_norm));
            let feed = (&layer.feed_forward, &layer.feed_forward_norm);
            in_layer(role, &Layer { own, cross, feed })
        }
    }
}

fn positions(embedding: &Embedding) -> Part {
    let rows = embedding.positions.as_ref();
    rows.map_or_else(|| table(Content::default()), |rows| matrix(rows, None, 1.0))
}

fn maybe_norm(there: Option<&TwinNorm>) -> Part {
    there.map_or_else(|| table(Content::default()), norm)
}

fn in_layer(role: Role, layer: &Layer<'_>) -> Part {
    let (own, own_norm) = layer.own;
    let (cross, cross_norm) = layer.cross.unwrap_or(layer.own);
    let (feed, feed_norm) = layer.feed;
    match role {
        Role::SelfNorm => norm(own_norm),
        Role::SelfQuery => query(own),
        Role::SelfKey => linear(&own.key),
        Role::SelfValue => linear(&own.value),
        Role::SelfOutput => linear(&own.output),
        Role::CrossNorm => norm(cross_norm),
        Role::CrossQuery => query(cross),
        Role::CrossKey => linear(&cross.key),
        Role::CrossValue => linear(&cross.value),
        Role::CrossOutput => linear(&cross.output),
        Role::FeedNorm => norm(feed_norm),
        Role::FeedGate => feed.gate.as_ref().map_or_else(|| table(Content::default()), linear),
        Role::FeedUp => linear(&feed.up),
        Role::FeedDown => linear(&feed.down),
        _ => table(Content::default()),
    }
}

pub(super) fn table(content: Content) -> Part {
    Part::Made(Entry::plain(content, None))
}

pub(super) fn linear(linear: &Linear) -> Part {
    matrix(&linear.weight, linear.bias.as_ref(), 1.0)
}

fn query(attention: &Attention) -> Part {
    let factor = std::f64::consts::LOG2_E * attention.scale;
    matrix(&attention.query.weight, attention.query.bias.as_ref(), factor)
}

/// `weight`: `[rows, columns]` · `bias`: `[rows]`; both times `factor`.
pub(super) fn matrix(weight: &ArcArray2<f32>, bias: Option<&Array1<f32>>, factor: f64) -> Part {
    Part::Matrix(Float { weight: weight.clone(), bias: bias.cloned(), factor, rows: None })
}

fn norm(norm: &TwinNorm) -> Part {
    let n = norm.weight.len() as f64;
    let gammas = norm.weight.mapv(f64::from);
    let (mantissas, gamma_exponent) = quantise::vector(&gammas, quantise::MOST_GAMMA);
    let betas =
        norm.bias.as_ref().map_or_else(|| Array1::zeros(gammas.len()), |b| b.mapv(f64::from));
    let (betas, beta_exponent) = quantise::vector(&betas, quantise::MOST_BIAS);
    let unit = f64::from(gamma_exponent).exp2();
    let errors = gammas.iter().zip(&mantissas).map(|(g, &m)| (g - f64::from(m) * unit).abs());
    let largest_error = errors.fold(0.0, f64::max);
    let (epsilon, epsilon_exponent) = quantise::factor(f64::from(norm.epsilon) * n * n);
    let content = Content::norm(&Norm {
        epsilon: (epsilon.unsigned_abs(), epsilon_exponent),
        gammas: &mantissas.iter().map(|&gamma| gamma as i16).collect::<Vec<_>>(),
        gamma_exponent,
        betas: &betas,
        beta_exponent,
    });
    Part::Made(Entry::plain(content, Some(largest_error)))
}
