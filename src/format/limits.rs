//! What the dims of a model may be.

use super::dims::{Dims, MAX_HEADS, range};
use super::kinds::{Cell, Score, Start};
use super::{DecoderKind, EncoderKind, tri};
use crate::Error;

impl Dims {
    /// Is a side a Transformer?
    const fn has_transformer(&self) -> bool {
        matches!(self.encoder, EncoderKind::Transformer)
            || matches!(self.decoder, DecoderKind::Transformer)
    }

    /// Is a side recurrent?
    const fn has_recurrent(&self) -> bool {
        matches!(self.encoder, EncoderKind::Recurrent(_))
            || matches!(self.decoder, DecoderKind::Recurrent(_))
    }

    /// The limits keep every size, product and sum of the engine inside 32 bits.
    pub(crate) const fn check(&self) -> Result<(), Error> {
        tri!(self.check_transformer());
        tri!(self.check_recurrent());
        tri!(range(self.encoder_layers as u32, 1, 32, "encoder_layers"));
        tri!(range(self.decoder_layers as u32, 1, 32, "decoder_layers"));
        tri!(self.check_picture());
        let words = self.reads_words() as u32;
        tri!(range(self.source_vocabulary as u32, words, 65535 * words, "source vocabulary"));
        tri!(range(self.target_vocabulary as u32, 1, 65535, "target vocabulary"));
        tri!(range(self.max_source_len as u32, 1, 1024, "max_source_len"));
        tri!(range(self.max_target_len as u32, 1, 1024, "max_target_len"));
        let source = (self.source_vocabulary as u32).wrapping_sub(words);
        let target = (self.target_vocabulary as u32).wrapping_sub(1);
        tri!(range(self.source_pad as u32, 0, source, "source pad"));
        tri!(range(self.source_eos as u32, 0, source, "source eos"));
        tri!(range(self.target_pad as u32, 0, target, "target pad"));
        tri!(range(self.target_bos as u32, 0, target, "target bos"));
        range(self.target_eos as u32, 0, target, "target eos")
    }

    /// A layer for each of the encoder's, and a memory row for each place.
    const fn check_picture(&self) -> Result<(), Error> {
        let EncoderKind::Convolutional(encoder) = &self.encoder else { return Ok(()) };
        tri!(encoder.check());
        let layers = encoder.count() as u32;
        tri!(range(self.encoder_layers as u32, layers, layers, "encoder_layers"));
        let last = encoder.size(encoder.count());
        let places = last.height.wrapping_mul(last.width) as u32;
        range(self.max_source_len as u32, places, places, "max_source_len")
    }

    const fn check_transformer(&self) -> Result<(), Error> {
        // All zero, or all there.
        let least = self.has_transformer() as u32;
        tri!(range(self.d_model as u32, least, 1024 * least, "d_model"));
        tri!(range(self.n_heads as u32, least, MAX_HEADS as u32 * least, "n_heads"));
        tri!(range(self.d_head as u32, least, 256 * least, "d_head"));
        tri!(range(self.d_attention() as u32, least, 4096 * least, "n_heads · d_head"));
        tri!(range(self.d_ff as u32, least, 4096 * least, "d_ff"));
        tri!(range(self.embedding_multiplier as u32, least, 32767 * least, "embedding multiplier"));
        let exponent = self.embedding_exponent.wrapping_add(64) as u32;
        tri!(range(exponent, 0, 80, "embedding exponent + 64"));
        let layers = match self.decoder {
            DecoderKind::Transformer => self.decoder_layers as u32,
            DecoderKind::Recurrent(_) => 1,
        };
        range(self.alignment_layer as u32, 0, layers.wrapping_sub(1), "alignment_layer")
    }

    const fn check_recurrent(&self) -> Result<(), Error> {
        let least = self.has_recurrent() as u32;
        tri!(range(self.d_embedding as u32, least, 1024 * least, "d_embedding"));
        if let EncoderKind::Recurrent(encoder) = &self.encoder {
            tri!(range(encoder.hidden as u32, 1, 1024, "encoder hidden"));
            // A cell of each direction has a number of its own in the directory.
            let cells = self.encoder_layers.wrapping_mul(encoder.directions.count());
            tri!(range(cells as u32, 1, 32, "encoder cells"));
        }
        let DecoderKind::Recurrent(decoder) = self.decoder else { return Ok(()) };
        tri!(decoder.check());
        let memory = self.memory_width() as u32;
        if matches!(decoder.score, Score::Dot) {
            tri!(range(decoder.hidden as u32, memory, memory, "decoder hidden for dot attention"));
            tri!(range(decoder.energy_multiplier as u32, 1, 32767, "energy multiplier"));
        }
        if self.tied_output {
            let width = self.output_width() as u32;
            tri!(range(self.d_embedding as u32, width, width, "d_embedding of a tied output"));
        }
        match (&self.encoder, decoder.start) {
            (
                EncoderKind::Transformer | EncoderKind::Convolutional(_),
                Start::Last | Start::Bridge,
            ) => Err(Error::BadField { field: "decoder start", value: decoder.start as u32 }),
            (EncoderKind::Recurrent(encoder), Start::Last) => {
                let layers = self.encoder_layers as u32;
                tri!(range(self.decoder_layers as u32, layers, layers, "decoder_layers"));
                // Both have a c, or none.
                let lstm = matches!(encoder.cell, Cell::Lstm) as u32;
                tri!(range(matches!(decoder.cell, Cell::Lstm) as u32, lstm, lstm, "decoder cell"));
                range(decoder.hidden as u32, memory, memory, "decoder hidden")
            }
            _ => Ok(()),
        }
    }
}
