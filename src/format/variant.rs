//! What later Transformers do otherwise than that of arXiv 1706.03762: Marian, BART, T5. Read only
//! with the Cargo feature `variants`; without it the type has no content, so that it costs nothing.
//!
//! ```text
//! word 35   bytes: norm (0 LayerNorm, 1 RMSNorm), flags, 0, 0
//! word 36   relative buckets, or zero
//! ```
//! Flags: 1 feed-forward has a gate · 2 there is a norm behind the last layer where the order of norms
//! has none, and none where it has one · 4 embeddings are normed.

use super::{Dims, NormOrder, Role, field};
#[cfg(feature = "variants")]
use super::{
    limits::{MAX_BUCKETS, range},
    tri,
};
use crate::Error;

/// The choices of a Transformer that its paper has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg(feature = "variants")]
pub struct Variant {
    /// Norms are RMSNorms, without mean and β (arXiv 1910.07467).
    pub rms: bool,
    /// Feed-forward has a gate (arXiv 2002.05202).
    pub gated: bool,
    /// A norm behind the last layer where the order of norms has none; none where it has one.
    pub swaps_last_norm: bool,
    /// A norm behind the embedding.
    pub embedding_norm: bool,
    /// Numbers that a head adds to energies, by the distance from query to key (arXiv 1910.10683); 0:
    /// places are added to embeddings instead.
    pub relative_buckets: usize,
}

/// The choices of a Transformer that its paper has not: none, for the feature `variants` is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg(not(feature = "variants"))]
pub struct Variant;

#[cfg(feature = "variants")]
impl Variant {
    /// That of the paper.
    pub const PAPER: Self = Self {
        rms: false,
        gated: false,
        swaps_last_norm: false,
        embedding_norm: false,
        relative_buckets: 0,
    };

    pub(crate) const fn rms(self) -> bool {
        self.rms
    }

    pub(crate) const fn gated(self) -> bool {
        self.gated
    }

    const fn swaps_last_norm(self) -> bool {
        self.swaps_last_norm
    }

    pub(crate) const fn embedding_norm(self) -> bool {
        self.embedding_norm
    }

    pub(crate) const fn relative_buckets(self) -> usize {
        self.relative_buckets
    }

    /// Is it that of the paper?
    pub(super) const fn is_paper(self) -> bool {
        let Self { rms, gated, swaps_last_norm, embedding_norm, relative_buckets } = self;
        !(rms | gated | swaps_last_norm | embedding_norm) && relative_buckets == 0
    }

    /// Files that have one say so by their minor version.
    pub(super) const fn parse(words: &[u32]) -> Result<Self, Error> {
        let [norm, flags, a, b] = words[field::VARIANT].to_le_bytes();
        tri!(range(norm as u32, 0, 1, "norm kind"));
        tri!(range(flags as u32, 0, 7, "variant flags"));
        tri!(range((a | b) as u32, 0, 0, "reserved"));
        Ok(Self {
            rms: norm == 1,
            gated: flags & 1 == 1,
            swaps_last_norm: flags & 2 == 2,
            embedding_norm: flags & 4 == 4,
            relative_buckets: words[field::RELATIVE_BUCKETS] as usize,
        })
    }

    #[cfg(feature = "emit")]
    pub(super) fn write(self, words: &mut [u32]) {
        let flags = u8::from(self.gated)
            | u8::from(self.swaps_last_norm) << 1
            | u8::from(self.embedding_norm) << 2;
        words[field::VARIANT] = u32::from_le_bytes([self.rms.into(), flags, 0, 0]);
        words[field::RELATIVE_BUCKETS] = self.relative_buckets as u32;
    }

    /// Of a model with a Transformer, or without.
    pub(super) const fn check(self, has_transformer: bool) -> Result<(), Error> {
        if !has_transformer {
            return range(!self.is_paper() as u32, 0, 0, "variant without a Transformer");
        }
        // Two to a word.
        tri!(range(self.relative_buckets as u32 % 2, 0, 0, "relative buckets modulo 2"));
        range(self.relative_buckets as u32, 0, MAX_BUCKETS as u32, "relative buckets")
    }
}

#[cfg(not(feature = "variants"))]
impl Variant {
    /// That of the paper.
    pub const PAPER: Self = Self;

    pub(crate) const fn gated(self) -> bool {
        false
    }

    const fn swaps_last_norm(self) -> bool {
        false
    }

    pub(crate) const fn embedding_norm(self) -> bool {
        false
    }

    pub(crate) const fn relative_buckets(self) -> usize {
        0
    }

    /// Files that have one are refused.
    pub(super) const fn parse(words: &[u32]) -> Result<Self, Error> {
        let none = words[field::VARIANT] | words[field::RELATIVE_BUCKETS] == 0;
        if none { Ok(Self) } else { Err(Error::NeedsFeature { feature: "variants" }) }
    }

    pub(super) const fn check(self, _: bool) -> Result<(), Error> {
        Ok(())
    }

    #[cfg(feature = "emit")]
    pub(super) fn write(self, _: &mut [u32]) {}

    pub(super) const fn is_paper(self) -> bool {
        true
    }
}

impl Dims {
    /// Is there a norm behind the last layer?
    pub(crate) const fn has_last_norm(&self) -> bool {
        matches!(self.norm, NormOrder::Pre) != self.variant.swaps_last_norm()
    }

    /// What stands between words and layers of a Transformer side.
    pub(super) const fn place_roles(&self) -> &'static [Role] {
        let relative = self.variant.relative_buckets() > 0;
        match (relative, self.variant.embedding_norm()) {
            (false, false) => &[Role::Position],
            (false, true) => &[Role::Position, Role::EmbeddingNorm],
            (true, false) => &[Role::Relative],
            (true, true) => &[Role::EmbeddingNorm, Role::Relative],
        }
    }
}
