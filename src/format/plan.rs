//! All the RAM of a model, before it runs: what the arena holds in each phase.
//!
//! ```text
//! ┌ tokens ┬ what the decoder reads ┬ state ┬ scratch ┬ encoding: rows │ cache │ maps │ finals │ … ┐
//! └        ┴                        ┴       ┴         ┴ decoding: keys or own caches │ alignment rows ┘
//! ```
//! A Transformer's decoder reads keys and values made of the memory, which goes with the encoding;
//! a recurrent decoder that looks keeps the memory itself, with its keys where the encoding was, and
//! one that does not keeps nothing.

use super::dims::Dims;
use super::sizes::{CachePlan, RowsPlan, max, product, states, sum};
use super::{Cell, ConvolutionalDims, DecoderKind, EncoderKind, MapsPlan, Score, Start};
use crate::arena::footprint;
use crate::kernel::BLOCK_ROWS;

/// What the room for reading two source rows at a time is called.
pub(super) const SECOND_ROW: &str = "scratch of a second row";

/// Sizes, in elements, of everything that is carved from an arena.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) tokens: usize,
    /// Words for a text while it is split into pieces, where all the rest will be.
    #[cfg(feature = "subwords")]
    pub(crate) text: usize,
    pub(crate) wide: usize,
    pub(crate) narrow: usize,
    pub(crate) stream: usize,
    pub(crate) energies: usize,
    pub(crate) alignment: usize,
    /// Rows of the memory that stay.
    pub(crate) memory: RowsPlan,
    /// Rows of the memory that go.
    pub(crate) passing: RowsPlan,
    /// The rows that the layer below the top one wrote.
    pub(crate) below: RowsPlan,
    pub(crate) keys: RowsPlan,
    pub(crate) cross: CachePlan,
    pub(crate) encoder: CachePlan,
    pub(crate) decoder: CachePlan,
    /// Rows of the maps of a convolutional encoder, and the states of those.
    pub(crate) maps: MapsPlan,
    /// States of a recurrent encoder: h (and c) of each cell.
    pub(crate) finals: RowsPlan,
    /// States of a recurrent decoder, and its context.
    pub(crate) states: RowsPlan,
    pub(crate) context: usize,
    pub(crate) rows: usize,
    /// Are rows worked on two at a time while encoding? Results do not depend on it.
    pub(crate) two_lanes: bool,
}

/// Tokens that a source may have; none of a picture.
pub(crate) const fn source_room(dims: &Dims) -> usize {
    if dims.reads_words() { dims.max_source_len } else { 0 }
}

/// Numbers of all alignment rows: one a source token, for each step of a decoder that looks.
pub(crate) const fn alignment_rows(dims: &Dims) -> usize {
    match &dims.decoder {
        DecoderKind::Recurrent(decoder) if !decoder.looks() => 0,
        _ => product(dims.max_source_len, dims.max_target_len),
    }
}

impl Plan {
    pub(crate) const fn of(dims: &Dims) -> Self {
        let source = dims.max_source_len;
        let width = dims.memory_width();
        let mut plan = Self {
            tokens: source_room(dims),
            #[cfg(feature = "subwords")]
            text: dims.subwords.room(),
            wide: max(max(dims.output_width(), width), BLOCK_ROWS),
            narrow: 0,
            stream: dims.d_model,
            energies: 0,
            alignment: 0,
            memory: RowsPlan::when(false, 0, 0),
            passing: RowsPlan::when(true, width, source),
            below: RowsPlan::when(false, 0, 0),
            keys: RowsPlan::when(false, 0, 0),
            cross: CachePlan { words: 0, exponents: 0 },
            encoder: CachePlan { words: 0, exponents: 0 },
            decoder: CachePlan { words: 0, exponents: 0 },
            maps: MapsPlan::NONE,
            finals: RowsPlan::when(false, 0, 0),
            states: RowsPlan::when(false, 0, 0),
            context: 0,
            rows: alignment_rows(dims),
            two_lanes: false,
        };
        plan.add_encoder(dims);
        plan.add_decoder(dims);
        plan.narrow = max(plan.narrow, plan.wide);
        // Rows of maps are not narrowed in scratch, but where they are kept.
        plan.wide = max(plan.wide, plan.maps.row);
        plan.add_second_lane(dims);
        plan
    }

    const fn add_transformer(&mut self, dims: &Dims) {
        self.wide = max(self.wide, max(max(dims.d_model, dims.d_ff), dims.d_attention()));
        // A head of a query is read in whole fours.
        self.narrow = max(self.narrow, dims.d_attention().wrapping_add(3));
        if dims.variant.gated() {
            // What feed-forward reads, and behind it what its gate let through.
            self.narrow = max(self.narrow, dims.d_model.wrapping_add(dims.d_ff));
        }
        // Whole fours, as kernels write them.
        self.energies = max(dims.max_source_len, dims.max_target_len).wrapping_add(3) & !3;
    }

    /// What a cell reads, and what it needs on the way.
    const fn add_cell(&mut self, cell: Cell, input: usize, hidden: usize) {
        self.narrow = max(self.narrow, input.wrapping_add(hidden));
        self.wide = max(self.wide, input);
        if matches!(cell, Cell::GruBefore) {
            self.wide = max(self.wide, product(3, hidden));
        }
    }

    const fn add_encoder(&mut self, dims: &Dims) {
        match &dims.encoder {
            EncoderKind::Transformer => {
                self.add_transformer(dims);
                self.encoder = CachePlan::of(dims, 1, dims.max_source_len);
            }
            EncoderKind::Recurrent(encoder) => {
                let stacked = dims.encoder_layers > 1;
                self.below = RowsPlan::when(stacked, encoder.width(), dims.max_source_len);
                let input =
                    if stacked { max(dims.d_embedding, encoder.width()) } else { dims.d_embedding };
                self.add_cell(encoder.cell, input, encoder.hidden);
                self.stream = max(self.stream, dims.d_embedding);
                let cells = product(dims.encoder_layers, encoder.directions.count());
                self.finals = states(encoder.cell, encoder.hidden, cells);
            }
            EncoderKind::Convolutional(encoder) => self.add_maps(encoder),
        }
    }

    /// Room for the window of every filter.
    const fn add_maps(&mut self, encoder: &ConvolutionalDims) {
        self.maps = MapsPlan::of(encoder);
        let mut i = 0usize;
        while i < encoder.count() {
            self.narrow = max(self.narrow, encoder.layer(i).copied(encoder.size(i).channels));
            i = i.wrapping_add(1);
        }
    }

    const fn add_decoder(&mut self, dims: &Dims) {
        let (source, target) = (dims.max_source_len, dims.max_target_len);
        match dims.decoder {
            DecoderKind::Transformer => {
                self.add_transformer(dims);
                self.alignment = source;
                self.cross = CachePlan::of(dims, dims.decoder_layers, source);
                self.decoder = CachePlan::of(dims, dims.decoder_layers, target);
            }
            DecoderKind::Recurrent(decoder) => {
                let stacked = dims.decoder_layers > 1;
                let above = if stacked { decoder.hidden } else { 0 };
                self.add_cell(decoder.cell, max(dims.cell_width(&decoder), above), decoder.hidden);
                let read = max(dims.read_width(&decoder), dims.bridge_width(&decoder));
                self.wide = max(self.wide, max(read, decoder.hidden));
                self.wide = max(self.wide, max(decoder.key_width(), dims.d_embedding));
                if matches!(decoder.score, Score::AdditiveRelu) {
                    self.wide = max(self.wide, product(2, decoder.d_attention));
                }
                self.stream = max(self.stream, dims.d_embedding);
                self.states = states(decoder.cell, decoder.hidden, dims.decoder_layers);
                if decoder.looks() {
                    self.energies = max(self.energies, source);
                    self.memory = self.passing;
                    self.passing = RowsPlan::when(false, 0, 0);
                    self.keys = RowsPlan::when(true, decoder.key_width(), source);
                    self.context = dims.memory_width();
                } else {
                    let recurrent = matches!(dims.encoder, EncoderKind::Recurrent(_));
                    let read = dims.encoder_layers > 1 || matches!(decoder.start, Start::Mean);
                    if recurrent && !read {
                        self.passing = RowsPlan::when(false, 0, 0);
                    }
                }
            }
        }
    }

    /// Two rows at a time where a Transformer's decoder will need as much room as that.
    const fn add_second_lane(&mut self, dims: &Dims) {
        if !matches!(dims.decoder, DecoderKind::Transformer) {
            return;
        }
        self.two_lanes = true;
        let encoding = [self.passing.bytes(), self.encoder.bytes(), self.second_lane_bytes()];
        let decoding = [self.decoder.bytes(), footprint(self.rows as u64, 2)];
        self.two_lanes = sum(&encoding) <= sum(&decoding);
    }

    /// Wide values, mantissas and pairs of mantissas of the second of two rows that are encoded, or
    /// whose keys are made, at once.
    pub(crate) const fn second_lane(&self) -> (usize, usize, usize) {
        if self.two_lanes {
            (self.wide, self.narrow, self.narrow.div_ceil(4).wrapping_mul(2))
        } else {
            (0, 0, 0)
        }
    }

    const fn second_lane_bytes(&self) -> u64 {
        let (wide, narrow, both) = self.second_lane();
        sum(&[footprint(wide as u64, 4), footprint(narrow as u64, 2), footprint(both as u64, 8)])
    }

    const fn scratch_bytes(&self) -> u64 {
        // Wide values, a block of as many mantissas and the stream.
        sum(&[
            footprint(self.wide as u64, 4),
            footprint(self.narrow as u64, 2),
            footprint(self.stream as u64, 2),
            footprint(self.energies as u64, 4),
            footprint(self.alignment as u64, 4),
        ])
    }

    /// Every part with its bytes: what stays, what encoding needs, what decoding needs instead.
    pub(crate) const fn parts(&self) -> [[(&'static str, u64); 6]; 3] {
        let context = footprint(self.context as u64, 2);
        [
            [
                ("source tokens", footprint(self.tokens as u64, 2)),
                ("keys and values of the memory", self.cross.bytes()),
                ("memory", self.memory.bytes()),
                ("decoder state", sum(&[self.states.bytes(), context])),
                ("scratch", self.scratch_bytes()),
                ("", 0),
            ],
            [
                ("memory", self.passing.bytes()),
                ("rows of the layer below", self.below.bytes()),
                ("encoder state", self.finals.bytes()),
                ("keys and values of the source", self.encoder.bytes()),
                (SECOND_ROW, self.second_lane_bytes()),
                ("rows of the maps", self.maps.bytes()),
            ],
            [
                ("keys of the memory", self.keys.bytes()),
                ("keys and values of the target", self.decoder.bytes()),
                ("alignment rows", footprint(self.rows as u64, 2)),
                ("", 0),
                ("", 0),
                ("", 0),
            ],
        ]
    }

    /// The bytes of an arena.
    pub(crate) const fn bytes(&self) -> u64 {
        let [fixed, encoding, decoding] = self.parts();
        let (encoding, decoding) = (total(&encoding), total(&decoding));
        let bytes = sum(&[total(&fixed), if encoding > decoding { encoding } else { decoding }]);
        #[cfg(feature = "subwords")]
        if self.text > 0 {
            let text = sum(&[footprint(self.tokens as u64, 2), footprint(self.text as u64, 4)]);
            return if text > bytes { text } else { bytes };
        }
        bytes
    }
}

const fn total(parts: &[(&str, u64)]) -> u64 {
    let (mut sum, mut i) = (0u64, 0);
    while i < parts.len() {
        sum = sum.wrapping_add(parts[i].1);
        i += 1;
    }
    sum
}
