//! What a recurrent decoder is made of.

use super::limits::{MAX_WIDTH, range};
use super::recurrent_encoder::{Cell, bad};
use super::{field, tri};
use crate::Error;

/// The first state of a recurrent decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Start {
    /// Zeros.
    Zero = 0,
    /// The encoder's last state, layer by layer.
    Last = 1,
    /// A linear layer over the top layer's last states, both directions side by side.
    Bridge = 2,
    /// A linear layer over the mean row of the memory.
    Mean = 3,
    /// The last state of a cell of the encoder each, in the order of the cells: of two directions those
    /// of layer 0 forward, layer 0 backward, layer 1 forward …
    Cells = 4,
}

/// How a recurrent decoder scores the rows of the memory against its state s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Score {
    /// It does not look.
    None = 0,
    /// v·tanh(Qs + Kh) (arXiv 1409.0473)
    Additive = 1,
    /// s·h, times a constant
    Dot = 2,
    /// s·Kh (arXiv 1508.04025)
    General = 3,
    /// v·max(0, Qs + Kh)
    AdditiveRelu = 4,
}

/// What a recurrent decoder multiplies its context by: σ(W·s + b), s the state that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum ContextGate {
    /// Nothing.
    None = 0,
    /// One number (β of arXiv 1502.03044, section 4.2.1).
    Scalar = 1,
    /// A number for each number of the context.
    Vector = 2,
}

/// A recurrent decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct RecurrentDecoderDims {
    /// Its cell.
    pub cell: Cell,
    /// Width of its state.
    pub hidden: usize,
    /// Its first state.
    pub start: Start,
    /// tanh behind the layers that make the first state.
    pub bridge_tanh: bool,
    /// Its attention.
    pub score: Score,
    /// Rows of Q and K of the additive scores; else 0.
    pub d_attention: usize,
    /// The state that asks is the one behind the step (Luong), not the one before (Bahdanau).
    pub asks_after: bool,
    /// The lowest cell reads the context beside the embedding.
    pub cell_reads_context: bool,
    /// What the output reads, in this order: state, context, embedding.
    pub output_reads: [bool; 3],
    /// What the context is multiplied by.
    pub gate: ContextGate,
    /// Width of the layer before the output layer; 0 if there is none.
    pub d_readout: usize,
    /// tanh behind that layer.
    pub readout_tanh: bool,
    /// Factor of [`Score::Dot`], log₂e included: a 15-bit integer …
    pub energy_multiplier: i16,
    /// … times two to this exponent.
    pub energy_exponent: i32,
}

impl RecurrentDecoderDims {
    /// Width of a key: a row of K, or of the memory itself.
    #[must_use]
    pub const fn key_width(&self) -> usize {
        match self.score {
            Score::None | Score::Dot => 0,
            Score::Additive | Score::AdditiveRelu => self.d_attention,
            Score::General => self.hidden,
        }
    }

    /// Does it look at the memory?
    #[must_use]
    pub const fn looks(&self) -> bool {
        !matches!(self.score, Score::None)
    }
}

/// Flags of a recurrent decoder, in the last byte of its word.
const BRIDGE_TANH: u8 = 1;
const ASKS_AFTER: u8 = 2;
const CELL_READS_CONTEXT: u8 = 4;
const OUTPUT_READS: [u8; 3] = [8, 16, 32];
const PLAIN_READOUT: u8 = 64;

impl RecurrentDecoderDims {
    pub(crate) const fn parse(words: &[u32]) -> Result<Self, Error> {
        let [cell, start, score, flags] = words[field::DECODER_CELL].to_le_bytes();
        tri!(range(flags as u32, 0, 127, "decoder flags"));
        let hidden = words[field::DECODER_HIDDEN];
        tri!(range(hidden, 1, MAX_WIDTH as u32, "decoder hidden"));
        tri!(range(words[field::D_ATTENTION], 0, MAX_WIDTH as u32, "d_attention"));
        tri!(range(words[field::D_READOUT], 0, MAX_WIDTH as u32, "d_readout"));
        let gate = words[field::CONTEXT_GATE];
        tri!(range(gate, 0, 2, "context gate"));
        let energy = words[field::ENERGY_SCALE];
        let energy_exponent = energy as i16 as i32;
        tri!(range(energy >> 16, 0, 32767, "energy multiplier"));
        tri!(range(energy_exponent.wrapping_add(64) as u32, 0, 80, "energy exponent + 64"));
        let decoder = Self {
            cell: tri!(Cell::parse(cell, "decoder cell")),
            hidden: hidden as usize,
            start: match start {
                0 => Start::Zero,
                1 => Start::Last,
                2 => Start::Bridge,
                3 => Start::Mean,
                4 => Start::Cells,
                _ => return bad(start, "decoder start"),
            },
            bridge_tanh: flags & BRIDGE_TANH != 0,
            score: match score {
                0 => Score::None,
                1 => Score::Additive,
                2 => Score::Dot,
                3 => Score::General,
                4 => Score::AdditiveRelu,
                _ => return bad(score, "attention score"),
            },
            d_attention: words[field::D_ATTENTION] as usize,
            asks_after: flags & ASKS_AFTER != 0,
            cell_reads_context: flags & CELL_READS_CONTEXT != 0,
            output_reads: [
                flags & OUTPUT_READS[0] != 0,
                flags & OUTPUT_READS[1] != 0,
                flags & OUTPUT_READS[2] != 0,
            ],
            gate: match gate {
                0 => ContextGate::None,
                1 => ContextGate::Scalar,
                _ => ContextGate::Vector,
            },
            d_readout: words[field::D_READOUT] as usize,
            readout_tanh: flags & PLAIN_READOUT == 0,
            energy_multiplier: (energy >> 16) as i16,
            energy_exponent,
        };
        tri!(decoder.check());
        Ok(decoder)
    }

    pub(crate) const fn check(&self) -> Result<(), Error> {
        let additive = matches!(self.score, Score::Additive | Score::AdditiveRelu);
        tri!(range((self.d_attention > 0) as u32, additive as u32, additive as u32, "d_attention"));
        let [state, context, embedding] = self.output_reads;
        tri!(range((state | context | embedding) as u32, 1, 1, "what the output reads"));
        let looks = !matches!(self.score, Score::None) as u32;
        let gate = !matches!(self.gate, ContextGate::None) as u32;
        tri!(range(gate, 0, looks, "context gate without attention"));
        range((context | self.cell_reads_context) as u32, 0, looks, "context without attention")
    }

    #[cfg(feature = "emit")]
    pub(crate) fn write(&self, words: &mut [u32]) {
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        let mut flags = flag(self.bridge_tanh, BRIDGE_TANH)
            | flag(self.asks_after, ASKS_AFTER)
            | flag(self.cell_reads_context, CELL_READS_CONTEXT)
            | flag(!self.readout_tanh, PLAIN_READOUT);
        for (set, bit) in self.output_reads.into_iter().zip(OUTPUT_READS) {
            flags |= flag(set, bit);
        }
        words[field::DECODER_CELL] =
            u32::from_le_bytes([self.cell as u8, self.start as u8, self.score as u8, flags]);
        words[field::DECODER_HIDDEN] = self.hidden as u32;
        words[field::D_ATTENTION] = self.d_attention as u32;
        words[field::CONTEXT_GATE] = self.gate as u32;
        words[field::D_READOUT] = self.d_readout as u32;
        words[field::ENERGY_SCALE] =
            (self.energy_multiplier as u32) << 16 | self.energy_exponent as u16 as u32;
    }
}
