//! The recurrent decoder: one token in, what the output layer reads out.
//!
//! ```text
//! query previous   c_i = look(s_{i−1})    s_i = cell([y; c_i], s_{i−1})        arXiv 1409.0473
//! query current    s_i = cell([y; c_{i−1}], s_{i−1})    c_i = look(s_i)        arXiv 1508.04025
//! then             o_i = [s_i; c_i; y], or f(R·[s_i; c_i; y] + b)
//! ```
//! `y` is the embedding of the token just read. Which of y and c a cell and the output read is the
//! model's choice; without attention there is no c. A context gate multiplies what `look` finds by
//! `σ(W·s + b)`, s the state that looks (arXiv 1502.03044, section 4.2.1).

use super::cell::sigmoid;
use super::encoder::side_by_side;
use super::{Attention, CellWeights, DecoderConfig, Function, GateKind, Part, Query, Start, State};
use crate::description::EncoderKind;
use crate::linear::word;
use crate::observer::show;
use crate::{Error, Linear, Memory, Observer, Site, Weights};
use ndarray::{ArcArray2, Array1, Array2};

/// Everything of the decoder but the output layer.
#[derive(Clone, Debug)]
pub struct DecoderWeights {
    /// `[V_t, d_embedding]`
    pub embedding: ArcArray2<f32>,
    /// In order. The first reads `cell_reads`, each other the state of the one below.
    pub cells: Vec<CellWeights>,
    /// The first state of each.
    pub start: Start,
    /// How it looks at the memory, if it does.
    pub attention: Option<Attention>,
    /// W: `[1, hidden]` or `[memory, hidden]`, and bias, of what multiplies the context.
    pub context_gate: Option<Linear>,
    /// What the lowest cell reads, side by side.
    pub cell_reads: Vec<Part>,
    /// What the readout reads, or else the output layer, side by side.
    pub output_reads: Vec<Part>,
    /// `[readout, width of output_reads]` and bias.
    pub readout: Option<Linear>,
    /// f, behind the readout.
    pub readout_function: Function,
}

impl DecoderWeights {
    /// `words`: size of the word table.
    pub(crate) fn new(
        weights: &mut Weights,
        c: &DecoderConfig,
        words: usize,
        encoder: &EncoderKind,
    ) -> Result<Self, Error> {
        let memory = encoder.memory_width();
        let embedding = weights.matrix("decoder.embedding.weight", [words, c.d_embedding])?;
        let start = Start::new(weights, c, encoder)?;
        let cell = |i| {
            let width = if i == 0 { c.width_of(&c.cell_reads, memory) } else { c.hidden };
            CellWeights::new(weights, "decoder", &format!("l{i}"), c.cell, [width, c.hidden])
        };
        let cells = (0..c.layers).map(cell).collect::<Result<_, _>>()?;
        let attention = match &c.attention {
            Some(attention) => Some(Attention::new(weights, attention, [c.hidden, memory])?),
            None => None,
        };
        let gate = |kind| {
            let rows = if kind == GateKind::Scalar { 1 } else { memory };
            Linear::new(weights, "decoder.context_gate", [rows, c.hidden])
        };
        let context_gate = c.context_gate.map(gate).transpose()?;
        let read = c.width_of(&c.output_reads, memory);
        let readout = |rows| Linear::new(weights, "decoder.readout", [rows, read]);
        Ok(Self {
            embedding,
            cells,
            start,
            attention,
            context_gate,
            cell_reads: c.cell_reads.clone(),
            output_reads: c.output_reads.clone(),
            readout: c.readout.map(readout).transpose()?,
            readout_function: c.readout_function,
        })
    }
}

/// One sentence being said.
pub(crate) struct Running<'m> {
    weights: &'m DecoderWeights,
    memory: Memory,
    /// What attention makes of the memory once: `[source_len, …]`.
    keys: Array2<f32>,
    /// One per layer.
    states: Vec<State>,
    /// The last context: `[memory]`.
    context: Array1<f32>,
    /// Where the last context came from: `[source_len]`.
    alignment: Array1<f32>,
}

impl<'m> Running<'m> {
    pub(crate) fn new(weights: &'m DecoderWeights, memory: &Memory) -> Self {
        Self {
            weights,
            keys: weights.attention.as_ref().map(|a| a.keys(memory)).unwrap_or_default(),
            states: weights.start.states(&weights.cells, memory),
            context: Array1::zeros(memory.states.ncols()),
            alignment: Array1::zeros(memory.present.len()),
            memory: memory.clone(),
        }
    }

    /// What the output layer reads, and the alignment, `[source_len]`: zeros without attention.
    pub(crate) fn step(
        &mut self,
        token: u32,
        position: usize,
        observer: &mut impl Observer,
    ) -> Result<(Array1<f32>, Array1<f32>), Error> {
        let weights = self.weights;
        let embedding = word(&weights.embedding, token)?.to_owned();
        let mut see = |site, x: &Array1<f32>| show(observer, site, position, x);
        see(Site::TargetEmbedding, &embedding);
        if self.look(Query::Previous) {
            see(Site::Context, &self.context);
        }
        let mut x = self.read(&weights.cell_reads, &embedding);
        for (i, (cell, state)) in weights.cells.iter().zip(&mut self.states).enumerate() {
            *state = cell.step(x.view(), state);
            x.clone_from(&state.hidden);
            see(Site::DecoderState(i), &x);
        }
        if self.look(Query::Current) {
            see(Site::Context, &self.context);
        }
        let mut x = self.read(&weights.output_reads, &embedding);
        if let Some(readout) = &weights.readout {
            x = weights.readout_function.apply(readout.apply(x.view()));
            see(Site::Readout, &x);
        }
        Ok((x, self.alignment.clone()))
    }

    /// The top layer looks at the memory, if this is the moment when its attention does.
    fn look(&mut self, now: Query) -> bool {
        let Some(attention) = self.weights.attention.as_ref().filter(|a| a.query == now) else {
            return false;
        };
        if let Some(top) = self.states.last() {
            (self.context, self.alignment) = attention.look(&top.hidden, &self.keys, &self.memory);
            if let Some(gate) = &self.weights.context_gate {
                // One number multiplies all, or each its own.
                self.context *= &gate.apply(top.hidden.view()).mapv(sigmoid);
            }
        }
        true
    }

    fn read(&self, parts: &[Part], embedding: &Array1<f32>) -> Array1<f32> {
        side_by_side(parts.iter().filter_map(|part| match part {
            Part::State => self.states.last().map(|state| &state.hidden),
            Part::Context => Some(&self.context),
            Part::Embedding => Some(embedding),
        }))
    }
}
