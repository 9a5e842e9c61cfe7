//! Instructions of an encoding and of a word, modelled: each part of the engine's path times what such
//! a part was counted to take (rates.rs). Attention over n keys is
//!
//! ```text
//! q·K and α·V   2 · heads · d_head · n products     a softmax of n for each head
//! v·tanh(q+K)   n · (d_attention units of a plain cell, and a row)
//! ```
//! Of whole models that are counted, on every core, it is at most [`ERROR`] percent off: a test holds
//! it to that. Limits: pieces of words are not split here, pools and the mean of a memory cost nothing.

use super::rates::Rates;
use regard::Model;
use regard::format::emit::SECOND_ROW;
use regard::format::{
    Cell, ConvKind, ConvolutionalDims, DecoderKind, Dims, EncoderKind, Kind, RecurrentDecoderDims,
    Role, Slot, Stack,
};

/// How far it is off at most, in percent of what is counted.
pub(crate) const ERROR: u32 = 20;

/// Instructions.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Work {
    /// Of reading a source.
    pub(crate) encode: f64,
    /// Of saying a word, on average.
    pub(crate) word: f64,
}

/// How often a matrix is applied.
enum Times {
    /// While a source is read; to two vectors at once if there is room for that.
    Encoding { times: usize, in_pairs: bool },
    /// For each word.
    Word(usize),
    /// Never: its rows are looked up.
    Never,
}

/// What is read and said.
#[derive(Clone, Copy)]
struct Task<'t> {
    dims: &'t Dims,
    source: usize,
    words: usize,
    /// Two rows are encoded at once.
    two: bool,
}

/// Of a source of so many tokens and so many words; none if the core has no counts for such weights.
pub(super) fn modelled(
    model: &Model<'_>,
    rates: &Rates,
    [source, words]: [usize; 2],
) -> Option<Work> {
    let dims = model.dims();
    let second = |(name, bytes): &(&str, u64)| *name == SECOND_ROW && *bytes > 0;
    let two = model.arena_parts().iter().flatten().any(second);
    let task = Task { dims, source, words, two };
    let mut work = task.between(rates);
    let tied = dims.tied_output.then_some(Role::Embedding);
    for (slot, section) in model.sections().filter(|(slot, _)| slot.kind() == Kind::Matrix) {
        let shape = [slot.rows, slot.columns];
        let applied = |two| rates.matrix(section.layout, shape, two);
        match task.times(&slot) {
            Times::Encoding { times, in_pairs } => work.encode += times as f64 * applied(in_pairs)?,
            Times::Word(times) => work.word += times as f64 * applied(false)?,
            Times::Never => {}
        }
        if slot.stack == Stack::Decoder && Some(slot.role) == tied {
            work.word += applied(false)?;
        }
    }
    Some(work)
}

impl Task<'_> {
    fn times(&self, slot: &Slot) -> Times {
        let (source, two) = (self.source, self.two);
        let encoding = |times, in_pairs| Times::Encoding { times, in_pairs };
        match (slot.role, slot.stack) {
            (Role::Embedding | Role::Position, _) => Times::Never,
            (Role::CrossKey | Role::CrossValue, _) => encoding(source, two),
            (Role::AttentionKey, _) => encoding(source, false),
            (Role::Bridge | Role::BridgeCell, _) => encoding(1, false),
            (Role::Filter, _) => match &self.dims.encoder {
                EncoderKind::Convolutional(encoder) => filter(encoder, slot.layer),
                _ => Times::Never,
            },
            (Role::CellInput | Role::CellState | Role::CellCandidate, Stack::Encoder) => {
                encoding(source, false)
            }
            (_, Stack::Encoder) => encoding(source, two),
            (Role::AttentionEnergy, _) => Times::Word(source),
            (_, Stack::Decoder) => Times::Word(1),
        }
    }

    /// Everything but the matrices.
    fn between(&self, rates: &Rates) -> Work {
        let encode = match &self.dims.encoder {
            EncoderKind::Transformer => self.transformer_encoder(rates),
            EncoderKind::Recurrent(encoder) => {
                let (ways, hidden) = (encoder.directions.count(), encoder.hidden);
                let cells = self.dims.encoder_layers * ways;
                let read = (2 * self.dims.d_embedding * ways) as f64
                    + (self.dims.memory_width() * (cells - ways)) as f64;
                let units = (cells * hidden) as f64 * unit(encoder.cell, rates);
                self.source as f64 * (read * rates.narrow + units)
            }
            EncoderKind::Convolutional(encoder) => windows(encoder, rates),
        };
        let source = self.source as f64;
        match &self.dims.decoder {
            DecoderKind::Transformer => {
                let cached = self.dims.decoder_layers as f64
                    * (self.cached(rates) + self.dims.memory_width() as f64 * rates.narrow);
                Work { encode: encode + source * cached, word: self.transformer_word(rates) }
            }
            DecoderKind::Recurrent(decoder) => {
                let keys = (decoder.key_width() + self.dims.memory_width()) as f64 * rates.narrow;
                Work { encode: encode + source * keys, word: self.cell_word(decoder, rates) }
            }
        }
    }

    /// Keys and values of a row, as they are kept.
    fn cached(&self, rates: &Rates) -> f64 {
        (2 * self.dims.d_attention()) as f64 * (rates.narrow + rates.add)
    }

    /// All heads of a query over so many keys, of which four are one step.
    fn look(&self, keys: usize, rates: &Rates) -> f64 {
        let (width, keys) = (self.dims.d_attention() as f64, keys.next_multiple_of(4));
        2.0 * width * keys as f64 * rates.energy
            + (self.dims.n_heads * keys.max(LEAST_SOFTMAX)) as f64 * rates.softmax
            + width * (2.0 * rates.narrow + rates.norm)
    }

    /// Norm before, sum behind, and what is made narrow for it.
    fn sublayers(&self, norms: f64, rates: &Rates) -> f64 {
        let (d_model, d_ff) = (self.dims.d_model as f64, self.dims.d_ff as f64);
        norms * d_model * (rates.norm + rates.narrow) + d_ff * rates.narrow
    }

    fn transformer_encoder(&self, rates: &Rates) -> f64 {
        let d_model = self.dims.d_model as f64;
        // Keys and values are read apart from the queries, and so normed once more.
        let layer = self.sublayers(3.0, rates)
            + 2.0 * d_model * rates.add
            + self.look(self.source, rates)
            + self.cached(rates);
        let ends = d_model * (rates.add + rates.norm);
        self.source as f64 * (self.dims.encoder_layers as f64 * layer + ends)
    }

    fn transformer_word(&self, rates: &Rates) -> f64 {
        let d_model = self.dims.d_model as f64;
        let own: f64 = (1..=self.words).map(|keys| self.look(keys, rates)).sum();
        let layer = self.sublayers(3.0, rates)
            + 3.0 * d_model * rates.add
            + own / self.words.max(1) as f64
            + self.look(self.source, rates)
            + self.cached(rates);
        let ends = d_model * (rates.add + rates.norm + rates.narrow);
        self.dims.decoder_layers as f64 * layer + ends
    }

    fn cell_word(&self, decoder: &RecurrentDecoderDims, rates: &Rates) -> f64 {
        let (dims, memory) = (self.dims, self.dims.memory_width());
        let units = (dims.decoder_layers * decoder.hidden) as f64 * unit(decoder.cell, rates);
        let look = if decoder.looks() {
            let key = if decoder.d_attention > 0 {
                decoder.d_attention as f64 * TANH * rates.rnn
            } else {
                memory as f64 * rates.energy
            };
            let row = key + rates.softmax + memory as f64 * rates.energy;
            self.source as f64 * row + (decoder.hidden + memory) as f64 * rates.narrow
        } else {
            0.0
        };
        let parts = [decoder.hidden, memory, dims.d_embedding];
        let read = parts.into_iter().zip(decoder.output_reads).filter(|(_, read)| *read);
        let context = if decoder.cell_reads_context { memory } else { 0 };
        let narrow = read.map(|(width, _)| width).sum::<usize>() + context + 2 * dims.d_embedding;
        units + look + narrow as f64 * rates.narrow + decoder.d_readout as f64 * TANH * rates.rnn
    }
}

/// A softmax of fewer numbers is not much cheaper.
const LEAST_SOFTMAX: usize = 16;
/// What a tanh of a sum takes of a unit of a plain cell, which also reads its state.
const TANH: f64 = 0.8;

/// A unit of a cell.
fn unit(cell: Cell, rates: &Rates) -> f64 {
    match cell {
        Cell::Rnn => rates.rnn,
        Cell::GruAfter => rates.gru_after,
        Cell::GruBefore => rates.gru_before,
        Cell::Lstm => rates.lstm,
    }
}

/// Places of the map that a layer makes.
fn places(encoder: &ConvolutionalDims, layer: usize) -> usize {
    let map = encoder.size(layer + 1);
    map.width * map.height
}

/// How often the filters of a layer are applied. Those of channels apart are one number for each.
fn filter(encoder: &ConvolutionalDims, number: usize) -> Times {
    let index = encoder.layer_of_filter(number);
    let (layer, read) = (encoder.layer(index), encoder.size(index));
    // Two places at once are read where their rows are whole pairs of pairs.
    let in_pairs = layer.kind == ConvKind::Conv && (layer.kernel * read.channels).is_multiple_of(4);
    Times::Encoding { times: places(encoder, index), in_pairs }
}

/// Windows that are gathered, and what is made narrow behind filters.
fn windows(encoder: &ConvolutionalDims, rates: &Rates) -> f64 {
    let layer = |index: usize| {
        let (layer, read) = (encoder.layer(index), encoder.size(index));
        let window = (layer.kernel * layer.kernel * read.channels) as f64;
        let made = encoder.size(index + 1).channels as f64;
        places(encoder, index) as f64 * (window * rates.gather + made * rates.narrow)
    };
    let pixels = (encoder.width * encoder.height * encoder.channels) as f64;
    pixels * rates.narrow + (0..encoder.count()).map(layer).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::super::rates::{Counts, Rates};
    use super::{ERROR, modelled};
    use crate::engine;
    use std::path::Path;

    #[test]
    fn whole_models_take_what_is_modelled() {
        let counts = Counts::read();
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let mut asked = 0;
        for task in &counts.models {
            let name = &task.model;
            let model = engine::open(&models.join(name).join(format!("{name}.rgd")));
            let model = model.expect("a model of the project");
            let rates = Rates::of(&counts, &task.core).expect("counted");
            let work = modelled(&model, &rates, [task.source, task.steps]).expect("int8");
            let encode = counts.of(&task.core, &format!("{name}/encoder")).expect("counted");
            let words = counts.of(&task.core, &format!("{name}/{}-steps", task.steps));
            for (said, counted) in
                [(work.encode, encode), (work.word * task.steps as f64, words.expect("counted"))]
            {
                let off = 100.0 * (said / counted - 1.0).abs();
                assert!(off < f64::from(ERROR), "{name} on {}: {said} {counted}", task.core);
            }
            asked += 1;
        }
        assert!(asked > 20, "{asked}");
    }
}
