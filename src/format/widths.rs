//! Widths between layers that follow from the dims.

use super::Start;
use super::{ContextGate, DecoderKind, Dims, EncoderKind, RecurrentDecoderDims};

impl Dims {
    /// Width of a row of the memory.
    #[must_use]
    pub const fn memory_width(&self) -> usize {
        match &self.encoder {
            EncoderKind::Transformer => self.d_model,
            EncoderKind::Recurrent(encoder) => encoder.width(),
            EncoderKind::Convolutional(encoder) => encoder.size(encoder.count()).channels,
        }
    }

    /// Is its source made of words, not a picture?
    #[must_use]
    pub const fn reads_words(&self) -> bool {
        !matches!(self.encoder, EncoderKind::Convolutional(_))
    }

    /// Numbers in the gate of the context.
    #[must_use]
    pub const fn gate_width(&self, decoder: &RecurrentDecoderDims) -> usize {
        match decoder.gate {
            ContextGate::None => 0,
            ContextGate::Scalar => 1,
            ContextGate::Vector => self.memory_width(),
        }
    }

    /// Width of what the lowest cell of a recurrent decoder reads.
    #[must_use]
    pub const fn cell_width(&self, decoder: &RecurrentDecoderDims) -> usize {
        let context = if decoder.cell_reads_context { self.memory_width() } else { 0 };
        self.d_embedding.wrapping_add(context)
    }

    /// Width of what makes the first state of a recurrent decoder.
    #[must_use]
    pub const fn bridge_width(&self, decoder: &RecurrentDecoderDims) -> usize {
        match (&self.encoder, decoder.start) {
            (EncoderKind::Recurrent(encoder), Start::Bridge) => {
                encoder.hidden.wrapping_mul(encoder.directions.count())
            }
            _ => self.memory_width(),
        }
    }

    /// Width of what the output of a recurrent decoder reads: state, context, embedding.
    #[must_use]
    pub const fn read_width(&self, decoder: &RecurrentDecoderDims) -> usize {
        let parts = [decoder.hidden, self.memory_width(), self.d_embedding];
        let (mut width, mut i) = (0usize, 0);
        while i < parts.len() {
            width = width.wrapping_add(if decoder.output_reads[i] { parts[i] } else { 0 });
            i += 1;
        }
        width
    }

    /// Width of what the output layer reads.
    #[must_use]
    pub const fn output_width(&self) -> usize {
        match self.decoder {
            DecoderKind::Transformer => self.d_model,
            DecoderKind::Recurrent(decoder) if decoder.d_readout > 0 => decoder.d_readout,
            DecoderKind::Recurrent(decoder) => self.read_width(&decoder),
        }
    }
}
