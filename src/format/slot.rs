//! A section: which half, layer and role it has, and what its words are.

use crate::kernel::Layout;

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
    /// All gates of a cell, what reads its input: rows unit after unit, with the biases.
    CellInput = 20,
    /// The same for what reads its state; of [`Cell::GruBefore`](super::Cell::GruBefore) only r and z.
    CellState = 21,
    /// What reads r∘h of [`Cell::GruBefore`](super::Cell::GruBefore).
    CellCandidate = 22,
    Bridge = 23,
    BridgeCell = 24,
    AttentionQuery = 25,
    AttentionKey = 26,
    AttentionEnergy = 27,
    Readout = 28,
    /// The filter of a convolutional layer: a row per channel of its output, columns in the order
    /// row, column, channel of the window.
    Filter = 29,
    ContextGate = 30,
    /// What turns pixels into numbers: a multiplier and an offset for each channel.
    Picture = 31,
    EmbeddingNorm = 32,
    /// Of distances: where each run of them begins, then for each head what it adds to energies.
    Relative = 33,
    FeedGate = 34,
}

/// What the words of a section are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Kind {
    /// A table of words, or the self-test: its own module says how.
    Table,
    /// [`Rows`](crate::kernel::Rows), in one of their layouts.
    Matrix,
    /// Epsilon, then 15-bit gammas stored 16 bits up, then betas.
    Norm,
}

/// What the last byte of an id says.
const TABLE: u8 = 0;
const PAIRS: u8 = 1;
const NORM: u8 = 2;
const FOURS: u8 = 3;
const BYTES: u8 = 4;

/// The byte of a layout.
const fn byte_of(layout: Layout) -> u8 {
    match layout {
        Layout::Pairs => PAIRS,
        #[cfg(feature = "int4")]
        Layout::Fours => FOURS,
        #[cfg(feature = "bytes")]
        Layout::Bytes => BYTES,
    }
}

/// The layout that the id of a matrix tells, `Pairs` if it tells none; or the Cargo feature that it
/// takes to read it.
pub(super) const fn layout_in(id: u32) -> Result<Layout, &'static str> {
    match (id >> 24) as u8 {
        #[cfg(feature = "int4")]
        FOURS => Ok(Layout::Fours),
        #[cfg(not(feature = "int4"))]
        FOURS => Err("int4"),
        #[cfg(feature = "bytes")]
        BYTES => Ok(Layout::Bytes),
        #[cfg(not(feature = "bytes"))]
        BYTES => Err("bytes"),
        _ => Ok(Layout::Pairs),
    }
}

/// Is it the id of a table?
#[cfg(feature = "far-flash")]
pub(super) const fn is_table(id: u32) -> bool {
    (id >> 24) as u8 == TABLE
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
    /// What its words are.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.role {
            Role::SourceWords
            | Role::TargetWords
            | Role::SelfTest
            | Role::Picture
            | Role::Relative => Kind::Table,
            Role::SelfNorm
            | Role::CrossNorm
            | Role::FeedNorm
            | Role::FinalNorm
            | Role::EmbeddingNorm => Kind::Norm,
            _ => Kind::Matrix,
        }
    }

    /// The first word of its entry. `layout`: of a matrix.
    pub(crate) const fn id(&self, layout: Layout) -> u32 {
        let last = match self.kind() {
            Kind::Table => TABLE,
            Kind::Matrix => byte_of(layout),
            Kind::Norm => NORM,
        };
        key(self.stack, self.layer, self.role) | (last as u32) << 24
    }

    /// The words it takes, if its shape says so. `layout`: of a matrix.
    pub(crate) const fn words(&self, layout: Layout) -> Option<usize> {
        match self.kind() {
            Kind::Matrix => Some(layout.words_needed(self.rows, self.columns)),
            Kind::Norm => Some(self.rows.wrapping_add(1).wrapping_mul(2)),
            Kind::Table if matches!(self.role, Role::Picture) => Some(self.rows.wrapping_mul(2)),
            #[cfg(feature = "variants")]
            Kind::Table if matches!(self.role, Role::Relative) => {
                Some((self.rows / 2).wrapping_mul(self.columns.wrapping_add(2)))
            }
            Kind::Table => None,
        }
    }
}

/// What tells the first word of an entry from that of any other, in its lower three bytes.
pub(crate) const fn key(stack: Stack, layer: usize, role: Role) -> u32 {
    u32::from_le_bytes([stack as u8, layer as u8, role as u8, 0])
}
