//! The shape of each section: rows and columns that follow from the dims.

use super::{
    Cell, ConvKind, DecoderKind, Dims, EncoderKind, RecurrentDecoderDims, RecurrentEncoderDims,
    Role, Slot, Stack,
};
use crate::kernel::Layout;

impl Dims {
    pub(super) const fn shape(&self, stack: Stack, layer: usize, role: Role) -> Slot {
        let (rows, columns) = match role {
            Role::SourceWords => (self.source_vocabulary, 1),
            Role::TargetWords => (self.target_vocabulary, 1),
            Role::SelfTest => (1, 1),
            _ => match (stack, &self.encoder, &self.decoder) {
                (Stack::Encoder, EncoderKind::Recurrent(encoder), _) => {
                    self.encoder_shape(encoder, layer, role)
                }
                (Stack::Encoder, EncoderKind::Convolutional(encoder), _) => {
                    let index = encoder.layer_of_filter(layer);
                    let filter = encoder.layer(index);
                    match role {
                        Role::Picture => (encoder.channels, 1),
                        _ => (filter.channels, filter.window(encoder.size(index).channels)),
                    }
                }
                (Stack::Decoder, _, DecoderKind::Recurrent(decoder)) => {
                    self.decoder_shape(decoder, layer, role)
                }
                _ => self.transformer_shape(stack, role),
            },
        };
        Slot { stack, layer, role, rows, columns }
    }

    /// May a matrix lie so? Depthwise filters, each row of which reads numbers of its own, are pairs.
    #[must_use]
    pub const fn takes(&self, slot: &Slot, layout: Layout) -> bool {
        match (layout, slot.role, &self.encoder) {
            (Layout::Pairs, ..) => true,
            #[cfg_attr(not(any(feature = "int4", feature = "bytes")), expect(unreachable_patterns))]
            (_, Role::Filter, EncoderKind::Convolutional(encoder)) => {
                let layer = encoder.layer(encoder.layer_of_filter(slot.layer));
                !matches!(layer.kind, ConvKind::Depthwise)
            }
            #[cfg_attr(not(any(feature = "int4", feature = "bytes")), expect(unreachable_patterns))]
            _ => true,
        }
    }

    const fn transformer_shape(&self, stack: Stack, role: Role) -> (usize, usize) {
        let (vocabulary, max_len) = match stack {
            Stack::Encoder => (self.source_vocabulary, self.max_source_len),
            Stack::Decoder => (self.target_vocabulary, self.max_target_len),
        };
        let (d, a) = (self.d_model, self.d_attention());
        match role {
            Role::Embedding | Role::Logits => (vocabulary, d),
            Role::Position => (max_len, d),
            Role::SelfQuery | Role::SelfKey | Role::SelfValue | Role::CrossQuery => (a, d),
            Role::CrossKey | Role::CrossValue => (a, self.memory_width()),
            Role::SelfOutput | Role::CrossOutput => (d, a),
            Role::FeedGate | Role::FeedUp => (self.d_ff, d),
            Role::FeedDown => (d, self.d_ff),
            #[cfg(feature = "variants")]
            Role::Relative => (self.variant.relative_buckets(), self.n_heads),
            _ => (d, 1),
        }
    }

    const fn encoder_shape(
        &self,
        encoder: &RecurrentEncoderDims,
        layer: usize,
        role: Role,
    ) -> (usize, usize) {
        if matches!(role, Role::Embedding) {
            return (self.source_vocabulary, self.d_embedding);
        }
        let lowest = layer < encoder.directions.count();
        let input = if lowest { self.d_embedding } else { encoder.width() };
        cell_shape(encoder.cell, encoder.hidden, input, role)
    }

    const fn decoder_shape(
        &self,
        decoder: &RecurrentDecoderDims,
        layer: usize,
        role: Role,
    ) -> (usize, usize) {
        let (hidden, memory) = (decoder.hidden, self.memory_width());
        match role {
            Role::Embedding => (self.target_vocabulary, self.d_embedding),
            Role::Bridge | Role::BridgeCell => (hidden, self.bridge_width(decoder)),
            Role::AttentionQuery => (decoder.d_attention, hidden),
            Role::AttentionKey => (decoder.key_width(), memory),
            Role::AttentionEnergy => (1, decoder.d_attention),
            Role::ContextGate => (self.gate_width(decoder), hidden),
            Role::Readout => (decoder.d_readout, self.read_width(decoder)),
            Role::Logits => (self.target_vocabulary, self.output_width()),
            _ => {
                let input = if layer == 0 { self.cell_width(decoder) } else { hidden };
                cell_shape(decoder.cell, hidden, input, role)
            }
        }
    }
}

const fn cell_shape(cell: Cell, hidden: usize, input: usize, role: Role) -> (usize, usize) {
    let all = cell.gates().wrapping_mul(hidden);
    match (role, cell) {
        (Role::CellInput, _) => (all, input),
        (Role::CellState, Cell::GruBefore) => (hidden.wrapping_mul(2), hidden),
        (Role::CellState, _) => (all, hidden),
        _ => (hidden, hidden),
    }
}
