//! Which sections a model has, and in which order: all that follows from its dims.

use super::dims::Dims;
use super::{Cell, Score, Start};
use super::{DecoderKind, EncoderKind, RecurrentDecoderDims, Role, Slot, Stack};

const TABLES: &[Role] = &[Role::SourceWords, Role::TargetWords, Role::SelfTest];
const PICTURE_TABLES: &[Role] = &[Role::TargetWords, Role::SelfTest, Role::Picture];
/// A layer that looks at a memory, with a gate in its feed-forward; others lack some of it.
const LAYER: [Role; 14] = [
    Role::SelfNorm,
    Role::SelfQuery,
    Role::SelfKey,
    Role::SelfValue,
    Role::SelfOutput,
    Role::CrossNorm,
    Role::CrossQuery,
    Role::CrossKey,
    Role::CrossValue,
    Role::CrossOutput,
    Role::FeedNorm,
    Role::FeedGate,
    Role::FeedUp,
    Role::FeedDown,
];
const ENCODER_LAYER: &[Role] = &layer::<8>(false, false);
const GATED_ENCODER_LAYER: &[Role] = &layer::<9>(false, true);
const DECODER_LAYER: &[Role] = &layer::<13>(true, false);
const GATED_DECODER_LAYER: &[Role] = &LAYER;

/// `N`: as many as are left.
const fn layer<const N: usize>(looks: bool, gated: bool) -> [Role; N] {
    let (mut roles, mut from, mut to) = ([Role::SelfNorm; N], 0, 0);
    while from < LAYER.len() {
        let is_cross = from >= 5 && from < 10;
        let is_gate = matches!(LAYER[from], Role::FeedGate);
        if (looks || !is_cross) && (gated || !is_gate) {
            roles[to] = LAYER[from];
            to += 1;
        }
        from += 1;
    }
    roles
}

const fn cell_roles(cell: Cell) -> &'static [Role] {
    match cell {
        Cell::GruBefore => &[Role::CellInput, Role::CellState, Role::CellCandidate],
        Cell::Rnn | Cell::GruAfter | Cell::Lstm => &[Role::CellInput, Role::CellState],
    }
}

const fn bridge_roles(decoder: &RecurrentDecoderDims) -> &'static [Role] {
    match (decoder.start, decoder.cell) {
        (Start::Zero | Start::Last | Start::Cells, _) => &[],
        (_, Cell::Lstm) => &[Role::Bridge, Role::BridgeCell],
        _ => &[Role::Bridge],
    }
}

const fn score_roles(score: Score) -> &'static [Role] {
    match score {
        Score::None | Score::Dot => &[],
        Score::General => &[Role::AttentionKey],
        Score::Additive | Score::AdditiveRelu => {
            &[Role::AttentionQuery, Role::AttentionKey, Role::AttentionEnergy]
        }
    }
}

/// Sections that follow each other: all of `roles` for layer 0, then for layer 1 …
#[derive(Clone, Copy)]
struct Group {
    stack: Stack,
    layers: usize,
    roles: &'static [Role],
}

impl Group {
    const fn sections(&self) -> usize {
        self.layers.wrapping_mul(self.roles.len())
    }
}

const GROUPS: usize = 16 + cfg!(feature = "subwords") as usize;

impl Dims {
    /// The directory, group by group.
    const fn groups(&self) -> [Group; GROUPS] {
        const fn group(stack: Stack, layers: usize, roles: &'static [Role]) -> Group {
            Group { stack, layers, roles }
        }
        use Stack::{Decoder, Encoder};
        let norm = self.has_last_norm() as usize;
        let (encoder_layer, decoder_layer) = if self.variant.gated() {
            (GATED_ENCODER_LAYER, GATED_DECODER_LAYER)
        } else {
            (ENCODER_LAYER, DECODER_LAYER)
        };
        let places = self.place_roles();
        let (layers, cells) = match &self.encoder {
            EncoderKind::Transformer => (self.encoder_layers, 0),
            EncoderKind::Recurrent(e) => {
                (0, self.encoder_layers.wrapping_mul(e.directions.count()))
            }
            EncoderKind::Convolutional(_) => (0, 0),
        };
        let filters = match &self.encoder {
            EncoderKind::Convolutional(encoder) => encoder.filters(),
            _ => 0,
        };
        let encoder_cell = match &self.encoder {
            EncoderKind::Recurrent(encoder) => cell_roles(encoder.cell),
            _ => &[],
        };
        let words = self.reads_words() as usize;
        let tables = if words == 1 { TABLES } else { PICTURE_TABLES };
        let encodes = matches!(self.encoder, EncoderKind::Transformer) as usize;
        let decodes = matches!(self.decoder, DecoderKind::Transformer) as usize;
        let (decoder_roles, bridge, score, readout, gate) = match &self.decoder {
            DecoderKind::Transformer => (decoder_layer, &[] as &[Role], &[] as &[Role], 0, 0),
            DecoderKind::Recurrent(decoder) => (
                cell_roles(decoder.cell),
                bridge_roles(decoder),
                score_roles(decoder.score),
                (decoder.d_readout > 0) as usize,
                (self.gate_width(decoder) > 0) as usize,
            ),
        };
        [
            group(Encoder, 1, tables),
            group(Encoder, words, &[Role::Embedding]),
            group(Encoder, filters, &[Role::Filter]),
            group(Encoder, encodes, places),
            group(Encoder, layers, encoder_layer),
            group(Encoder, cells, encoder_cell),
            group(Encoder, norm & encodes, &[Role::FinalNorm]),
            group(Decoder, 1, &[Role::Embedding]),
            group(Decoder, decodes, places),
            group(Decoder, self.decoder_layers, decoder_roles),
            group(Decoder, norm & decodes, &[Role::FinalNorm]),
            group(Decoder, self.decoder_layers, bridge),
            group(Decoder, 1, score),
            group(Decoder, gate, &[Role::ContextGate]),
            group(Decoder, readout, &[Role::Readout]),
            group(Decoder, !self.tied_output as usize, &[Role::Logits]),
            #[cfg(feature = "subwords")]
            group(Encoder, self.subwords.sections(), &[Role::Subwords]),
        ]
    }

    /// The number of sections.
    pub(crate) const fn sections(&self) -> usize {
        let (groups, mut i, mut sections) = (self.groups(), 0, 0usize);
        while i < GROUPS {
            sections = sections.wrapping_add(groups[i].sections());
            i += 1;
        }
        sections
    }

    /// What stands at `index` of the directory.
    #[must_use]
    pub const fn slot(&self, index: usize) -> Option<Slot> {
        let (groups, mut i, mut left) = (self.groups(), 0, index);
        while i < GROUPS {
            let Group { stack, layers, roles } = groups[i];
            let mut layer = 0;
            while layer < layers {
                if left < roles.len() {
                    return Some(self.shape(stack, layer, roles[left]));
                }
                left = left.wrapping_sub(roles.len());
                layer = layer.wrapping_add(1);
            }
            i += 1;
        }
        None
    }
}
