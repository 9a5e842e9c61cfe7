//! Which sections a model has, in which order, of which shape: all that follows from its dims.

use super::dims::{Dims, NormOrder};
use crate::kernel::Rows;

/// Which half of the model a section belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Stack {
    /// The encoder, and all that concerns sources.
    Encoder = 0,
    /// The decoder, and all that concerns targets.
    Decoder = 1,
}

/// What a section is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
#[allow(missing_docs, reason = "the papers' names")]
pub enum Role {
    SourceWords = 0,
    TargetWords = 1,
    SelfTest = 2,
    Embedding = 3,
    Position = 4,
    SelfNorm = 5,
    SelfQuery = 6,
    SelfKey = 7,
    SelfValue = 8,
    SelfOutput = 9,
    CrossNorm = 10,
    CrossQuery = 11,
    CrossKey = 12,
    CrossValue = 13,
    CrossOutput = 14,
    FeedNorm = 15,
    FeedUp = 16,
    FeedDown = 17,
    FinalNorm = 18,
    Logits = 19,
}

const FRONT: [Role; 5] =
    [Role::SourceWords, Role::TargetWords, Role::SelfTest, Role::Embedding, Role::Position];
const LAYER: [Role; 13] = [
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
    Role::FeedUp,
    Role::FeedDown,
];
const CROSS: usize = 5;
const ENCODER_LAYER: usize = LAYER.len() - CROSS;

/// How the words of a section are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Layout {
    /// A table of words, or the self-test: its own module says how.
    Table = 0,
    /// [`Rows`] of int8.
    Rows = 1,
    /// Epsilon, then 15-bit gammas stored 16 bits up, then betas.
    Norm = 2,
}

/// The role at `i`, which is in `roles`.
const fn pick(roles: &[Role], i: usize) -> Role {
    if i < roles.len() { roles[i] } else { Role::SelfTest }
}

/// The start of item `i` of items of `n`, of which the first is at `start`. The limits of the dims
/// keep it small: wrapping arithmetic only spares the check.
const fn at(start: usize, i: usize, n: usize) -> usize {
    start.wrapping_add(i.wrapping_mul(n))
}

/// What the dims prescribe for one place of the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Slot {
    /// Encoder or decoder.
    pub stack: Stack,
    /// The layer, or 0.
    pub layer: usize,
    /// What it is for.
    pub role: Role,
    /// Rows of the matrix, or entries of the table.
    pub rows: usize,
    /// Columns of the matrix, or 1.
    pub columns: usize,
}

impl Slot {
    /// How its words are laid out.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        match self.role {
            Role::SourceWords | Role::TargetWords | Role::SelfTest => Layout::Table,
            Role::SelfNorm | Role::CrossNorm | Role::FeedNorm | Role::FinalNorm => Layout::Norm,
            _ => Layout::Rows,
        }
    }

    /// The first word of its entry.
    pub(crate) const fn id(&self) -> u32 {
        u32::from_le_bytes([
            self.stack as u8,
            self.layer as u8,
            self.role as u8,
            self.layout() as u8,
        ])
    }

    /// The words it takes, if its shape says so.
    pub(crate) const fn words(&self) -> Option<usize> {
        match self.layout() {
            Layout::Rows => Some(Rows::words_needed(self.rows, self.columns)),
            Layout::Norm => Some(self.rows.wrapping_add(1).wrapping_mul(2)),
            Layout::Table => None,
        }
    }
}

impl Dims {
    const fn final_norm(&self) -> usize {
        matches!(self.norm, NormOrder::Pre) as usize
    }

    const fn encoder_end(&self) -> usize {
        at(FRONT.len(), self.encoder_layers, ENCODER_LAYER).wrapping_add(self.final_norm())
    }

    /// Behind the decoder's two tables.
    const fn decoder_start(&self) -> usize {
        self.encoder_end().wrapping_add(2)
    }

    const fn decoder_end(&self) -> usize {
        at(self.decoder_start(), self.decoder_layers, LAYER.len()).wrapping_add(self.final_norm())
    }

    /// The number of sections.
    pub(crate) const fn sections(&self) -> usize {
        self.decoder_end().wrapping_add(!self.tied_output as usize)
    }

    /// What stands at `index` of the directory.
    #[must_use]
    pub const fn slot(&self, index: usize) -> Option<Slot> {
        if index < FRONT.len() {
            return Some(self.shape(Stack::Encoder, 0, FRONT[index]));
        }
        let (stack, at, per_layer, layers) = if index < self.encoder_end() {
            (Stack::Encoder, index - FRONT.len(), ENCODER_LAYER, self.encoder_layers)
        } else if index < self.decoder_start() {
            return Some(self.shape(
                Stack::Decoder,
                0,
                pick(&FRONT, (index - self.encoder_end()).wrapping_add(3)),
            ));
        } else if index < self.decoder_end() {
            (Stack::Decoder, index - self.decoder_start(), LAYER.len(), self.decoder_layers)
        } else if index < self.sections() {
            return Some(self.shape(Stack::Decoder, 0, Role::Logits));
        } else {
            return None;
        };
        let (layer, place) = (at / per_layer, at % per_layer);
        if layer == layers {
            return Some(self.shape(stack, 0, Role::FinalNorm));
        }
        let skip = if matches!(stack, Stack::Encoder) && place >= CROSS { CROSS } else { 0 };
        Some(self.shape(stack, layer, pick(&LAYER, place.wrapping_add(skip))))
    }

    /// Where the section of a role stands in the directory: the reverse of [`Self::slot`].
    #[must_use]
    pub const fn index_of(&self, stack: Stack, layer: usize, role: Role) -> Option<usize> {
        let encoder = matches!(stack, Stack::Encoder);
        let layers = if encoder { self.encoder_layers } else { self.decoder_layers };
        let (start, per_layer) = if encoder {
            (FRONT.len(), ENCODER_LAYER)
        } else {
            (self.decoder_start(), LAYER.len())
        };
        let role = role as usize;
        Some(match role {
            0..=2 => role,
            3..=4 if encoder => role,
            3..=4 => self.encoder_end().wrapping_add(role).wrapping_sub(3),
            18 if self.final_norm() == 1 => at(start, layers, per_layer),
            19 if self.tied_output => self.encoder_end(),
            19 => self.decoder_end(),
            10..=14 if encoder => return None,
            5..=17 if layer < layers => {
                let skip = if encoder && role >= 15 { CROSS } else { 0 };
                at(start, layer, per_layer).wrapping_add(role).wrapping_sub(5 + skip)
            }
            _ => return None,
        })
    }

    const fn shape(&self, stack: Stack, layer: usize, role: Role) -> Slot {
        let encoder = matches!(stack, Stack::Encoder);
        let (vocabulary, max_len) = if encoder {
            (self.source_vocabulary, self.max_source_len)
        } else {
            (self.target_vocabulary, self.max_target_len)
        };
        let (d, a) = (self.d_model, self.d_attention());
        let (rows, columns) = match role {
            Role::SourceWords => (self.source_vocabulary, 1),
            Role::TargetWords => (self.target_vocabulary, 1),
            Role::SelfTest => (1, 1),
            Role::Embedding | Role::Logits => (vocabulary, d),
            Role::Position => (max_len, d),
            Role::SelfQuery | Role::SelfKey | Role::SelfValue => (a, d),
            Role::CrossQuery | Role::CrossKey | Role::CrossValue => (a, d),
            Role::SelfOutput | Role::CrossOutput => (d, a),
            Role::FeedUp => (self.d_ff, d),
            Role::FeedDown => (d, self.d_ff),
            Role::SelfNorm | Role::CrossNorm | Role::FeedNorm | Role::FinalNorm => (d, 1),
        };
        Slot { stack, layer, role, rows, columns }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Activation;

    #[test]
    fn index_of_is_the_reverse_of_slot() {
        for (norm, tied_output) in
            [(NormOrder::Pre, true), (NormOrder::Post, false), (NormOrder::Pre, false)]
        {
            let dims = Dims {
                norm,
                tied_output,
                activation: Activation::Relu,
                d_model: 8,
                n_heads: 2,
                d_head: 4,
                d_ff: 16,
                encoder_layers: 2,
                decoder_layers: 3,
                source_vocabulary: 9,
                target_vocabulary: 11,
                max_source_len: 5,
                max_target_len: 6,
                alignment_layer: 0,
                source_pad: 0,
                source_eos: 2,
                target_pad: 0,
                target_bos: 1,
                target_eos: 2,
                lowercase: true,
                embedding_multiplier: 16384,
                embedding_exponent: 0,
            };
            let mut n = 0;
            while let Some(slot) = dims.slot(n) {
                assert_eq!(dims.index_of(slot.stack, slot.layer, slot.role), Some(n), "{slot:?}");
                n += 1;
            }
            assert_eq!(n, dims.sections());
            assert_eq!(dims.index_of(Stack::Encoder, 0, Role::CrossKey), None);
            assert_eq!(dims.index_of(Stack::Encoder, 2, Role::SelfKey), None);
        }
    }
}
