//! What the dims of a model may be: they keep every size, product and sum of the engine inside 32
//! bits.

use super::{Cell, DecoderKind, Dims, EncoderKind, Score, Start, tri};
use crate::Error;

/// Most layers of a side; of a recurrent encoder, most cells: two a layer if it reads both ways.
pub const MAX_LAYERS: usize = 32;
/// Widest stream, embedding, state, readout, additive attention.
pub const MAX_WIDTH: usize = 1024;
/// Most heads of an attention.
pub const MAX_HEADS: usize = 64;
/// Widest head.
pub const MAX_HEAD_WIDTH: usize = 256;
/// Widest feed-forward layer, and all heads together.
pub const MAX_INNER_WIDTH: usize = 4096;
/// Most words of a language, marks included: whole blocks of rows whose number is 16 bits long.
pub const MAX_WORDS: usize = 65_532;
/// Most source tokens or places, most target steps.
pub const MAX_LEN: usize = 1024;
/// Most numbers that a head has for distances.
#[cfg(feature = "variants")]
pub const MAX_BUCKETS: usize = 256;

const WIDTH: u32 = MAX_WIDTH as u32;
const INNER_WIDTH: u32 = MAX_INNER_WIDTH as u32;
const LAYERS: u32 = MAX_LAYERS as u32;
const LEN: u32 = MAX_LEN as u32;
const WORDS: u32 = MAX_WORDS as u32;

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

    /// Every size is inside its limit, and all go together.
    pub(crate) const fn check(&self) -> Result<(), Error> {
        tri!(self.check_transformer());
        tri!(self.check_recurrent());
        tri!(range(self.encoder_layers as u32, 1, LAYERS, "encoder_layers"));
        tri!(range(self.decoder_layers as u32, 1, LAYERS, "decoder_layers"));
        tri!(self.check_picture());
        let words = self.reads_words() as u32;
        tri!(range(self.source_vocabulary as u32, words, WORDS * words, "source vocabulary"));
        tri!(range(self.target_vocabulary as u32, 1, WORDS, "target vocabulary"));
        tri!(range(self.max_source_len as u32, 1, LEN, "max_source_len"));
        tri!(range(self.max_target_len as u32, 1, LEN, "max_target_len"));
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
        tri!(range(self.d_model as u32, least, WIDTH * least, "d_model"));
        tri!(range(self.n_heads as u32, least, MAX_HEADS as u32 * least, "n_heads"));
        tri!(range(self.d_head as u32, least, MAX_HEAD_WIDTH as u32 * least, "d_head"));
        tri!(range(self.d_attention() as u32, least, INNER_WIDTH * least, "n_heads · d_head"));
        tri!(range(self.d_ff as u32, least, INNER_WIDTH * least, "d_ff"));
        tri!(range(self.embedding_multiplier as u32, least, 32767 * least, "embedding multiplier"));
        let exponent = self.embedding_exponent.wrapping_add(64) as u32;
        tri!(range(exponent, 0, 80, "embedding exponent + 64"));
        tri!(self.variant.check(self.has_transformer()));
        let layers = match self.decoder {
            DecoderKind::Transformer => self.decoder_layers as u32,
            DecoderKind::Recurrent(_) => 1,
        };
        range(self.alignment_layer as u32, 0, layers.wrapping_sub(1), "alignment_layer")
    }

    const fn check_recurrent(&self) -> Result<(), Error> {
        let least = self.has_recurrent() as u32;
        tri!(range(self.d_embedding as u32, least, WIDTH * least, "d_embedding"));
        if let EncoderKind::Recurrent(encoder) = &self.encoder {
            tri!(range(encoder.hidden as u32, 1, WIDTH, "encoder hidden"));
            // A cell of each direction has a number of its own in the directory.
            let cells = self.encoder_layers.wrapping_mul(encoder.directions.count());
            tri!(range(cells as u32, 1, LAYERS, "encoder cells"));
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
                Start::Last | Start::Bridge | Start::Cells,
            ) => Err(Error::BadField { field: "decoder start", value: decoder.start as u32 }),
            (EncoderKind::Recurrent(encoder), Start::Last | Start::Cells) => {
                let layers = self.encoder_layers as u32;
                let (least, most, width) = match decoder.start {
                    Start::Last => (layers, layers, memory),
                    _ => (
                        1,
                        layers.wrapping_mul(encoder.directions.count() as u32),
                        encoder.hidden as u32,
                    ),
                };
                tri!(range(self.decoder_layers as u32, least, most, "decoder_layers"));
                // Both have a c, or none.
                let lstm = matches!(encoder.cell, Cell::Lstm) as u32;
                tri!(range(matches!(decoder.cell, Cell::Lstm) as u32, lstm, lstm, "decoder cell"));
                range(decoder.hidden as u32, width, width, "decoder hidden")
            }
            _ => Ok(()),
        }
    }
}

/// `low ≤ value ≤ high`, or an error that names the field.
pub(super) const fn range(
    value: u32,
    low: u32,
    high: u32,
    field: &'static str,
) -> Result<(), Error> {
    if low <= value && value <= high { Ok(()) } else { Err(Error::BadField { field, value }) }
}
