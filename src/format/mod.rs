//! The model file `.rgd`: little-endian words, read in place from flash.
//!
//! ```text
//! header      64 words   magic, version, length, checksums, dims, arena size   (field.rs, dims.rs)
//! layers      2 words a convolutional layer                                    (conv_layer.rs)
//! directory   8 words a section, in the one order that the dims prescribe      (groups.rs, section.rs)
//! data        sections, each at a multiple of 16 bytes
//! ```
//! `parse` (here) and `emit` share every constant. The format has no recursion and no offsets
//! that may point anywhere: section n starts where section n − 1 ends, up to padding. What `parse`
//! has accepted cannot make the engine panic, read elsewhere or loop for ever; that the weights
//! also keep their widths, so that sums cannot wrap and the words are those that the file's maker
//! meant, is [`Model::verify`]'s to say: `emit` and `load` ask it.

pub mod bank;
mod checksum;
mod conv_layer;
mod convolution;
mod dims;
#[cfg(feature = "emit")]
pub mod emit;
mod far;
mod field;
mod fold;
mod groups;
mod include;
mod kinds;
pub mod limits;
#[cfg(feature = "far-flash")]
mod load_far;
mod maps_plan;
mod near;
mod plan;
mod recurrent_decoder;
mod recurrent_encoder;
mod section;
mod shape;
mod sizes;
mod slot;
pub(crate) mod subwords;
mod variant;
mod verify;
mod widths;
mod words;

pub use checksum::Checksum;
pub use conv_layer::{ConvActivation, ConvKind, ConvLayer, MapSize};
pub use convolution::{ConvolutionalDims, MAX_CONV_LAYERS};
pub use dims::{Activation, Dims, NormOrder};
#[cfg(feature = "far-flash")]
pub(crate) use far::Far;
pub(crate) use far::Watch;
#[doc(hidden)]
pub use include::words_from_bytes;
pub use kinds::{DecoderKind, EncoderKind};
pub(crate) use maps_plan::MapsPlan;
pub(crate) use near::Hook;
#[cfg(feature = "slow-flash")]
pub use near::Upcoming;
pub(crate) use plan::{Plan, alignment_rows, source_room};
pub use recurrent_decoder::{ContextGate, RecurrentDecoderDims, Score, Start};
pub use recurrent_encoder::{Cell, Directions, RecurrentEncoderDims};
pub(crate) use section::Directory;
pub use section::Section;
pub(crate) use sizes::{CachePlan, RowsPlan, exponent_fours};
pub use slot::{Kind, Role, Slot, Stack};
#[cfg(feature = "subwords")]
pub use subwords::{Join, Method, SourcePieces, TargetPieces};
pub use subwords::{MAX_SUBWORD_TEXT, SubwordDims};
pub use variant::Variant;
pub use verify::BIAS_LIMIT;
pub use words::WordTable;

use crate::Error;
use crate::kernel::bytes_of;
use field::HEADER_WORDS;
use near::Near;
use section::ENTRY_WORDS;

/// `?` for constant functions.
macro_rules! tri {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(error) => return Err(error),
        }
    };
}
pub(crate) use tri;

/// The first word of a model file: `rgd` and a byte that no text has.
pub const MAGIC: u32 = u32::from_le_bytes(*b"rgd\x01");
/// Major and minor version of the format: files of another major version are refused, and files
/// of a newer minor version too.
pub const VERSION: (u16, u16) = (4, 1);

/// A checked model file, read in place. Copying it copies a reference and the dims.
#[derive(Clone, Copy, Debug)]
pub struct Model<'m> {
    words: &'m [u32],
    dims: Dims,
    near: Near<'m>,
}

impl<'m> Model<'m> {
    /// Checks `words`, the whole file, and nothing but the file.
    pub const fn parse(words: &'m [u32]) -> Result<Self, Error> {
        let dims = tri!(parse_head(words));
        let data = Checksum::new().range(words, data_start(&dims), words.len());
        Self::parse_rest(words, dims, data)
    }

    /// [`Self::parse`] for the compiler, which has room for `blocks`, the whole blocks of 16 bytes
    /// of `words`.
    #[doc(hidden)]
    pub const fn parse_constant(words: &'m [u32], blocks: &mut [u128]) -> Result<Self, Error> {
        let dims = tri!(parse_head(words));
        let data = fold::checksum(words, blocks, data_start(&dims));
        Self::parse_rest(words, dims, data)
    }

    const fn parse_rest(words: &'m [u32], dims: Dims, data: Checksum) -> Result<Self, Error> {
        let model = Self { words, dims, near: Near::NONE };
        tri!(model.check_rest(data));
        Ok(model)
    }

    /// What is to be checked once the head is. `data`: the checksum of what follows it.
    #[inline(never)] // For the flash.
    const fn check_rest(&self, data: Checksum) -> Result<(), Error> {
        let (stored, computed) = (self.field(field::DATA_CHECKSUM), data.finish());
        if stored != computed {
            return Err(Error::DataChecksum { stored, computed });
        }
        let (stated, need) = (self.field(field::ARENA), Plan::of(&self.dims).bytes());
        if stated as u64 != need {
            return Err(Error::ArenaSize { stated, need: need as u32 });
        }
        if self.dims.reads_words() {
            tri!(words::check(self, Role::SourceWords));
        }
        tri!(words::check(self, Role::TargetWords));
        subwords::check(self)
    }

    /// Checks the bytes of a file, at an address that is a multiple of 4, weights included
    /// ([`Self::verify`]).
    pub fn load(bytes: &'m [u8]) -> Result<Self, Error> {
        let by = bytes.as_ptr() as usize % 4;
        if by != 0 {
            return Err(Error::Misaligned { by });
        }
        let whole = bytes.get(..bytes.len() & !3).unwrap_or(bytes);
        let words: &[u32] =
            bytemuck::try_cast_slice(whole).map_err(|_| Error::Misaligned { by: 0 })?;
        let stated = words.get(field::LENGTH).map_or(0, |&bytes| bytes as usize);
        if words.first() == Some(&MAGIC) && stated > bytes.len() {
            return Err(Error::Truncated { need: stated, have: bytes.len() });
        }
        if words.first() == Some(&MAGIC) && stated < bytes.len() {
            return Err(Error::TrailingBytes { stated, have: bytes.len() });
        }
        let model = Self::parse(words)?;
        model.verify()?;
        Ok(model)
    }

    /// What the model is made of.
    #[must_use]
    pub const fn dims(&self) -> &Dims {
        &self.dims
    }

    /// The bytes of RAM that the model needs, all of them.
    #[must_use]
    pub const fn arena_bytes(&self) -> usize {
        self.field(field::ARENA) as usize // `parse` has compared it with the plan.
    }

    /// The parts of the arena, named, with their bytes: those that stay, those of encoding, and
    /// those of decoding, which take the place of encoding's.
    #[cfg(feature = "emit")]
    #[must_use]
    pub const fn arena_parts(&self) -> [[(&'static str, u64); 6]; 3] {
        Plan::of(&self.dims).parts()
    }

    /// The bytes of the file.
    #[must_use]
    pub const fn file_bytes(&self) -> usize {
        self.field(field::LENGTH) as usize // `parse` has compared it with the file.
    }

    /// The checksum of header, directory and, by its own there, all the rest.
    pub(crate) const fn header_checksum(&self) -> u32 {
        self.field(field::HEADER_CHECKSUM)
    }

    /// A word of the header.
    const fn field(&self, at: usize) -> u32 {
        match self.words.split_at_checked(at) {
            Some((_, [word, ..])) => *word,
            _ => 0,
        }
    }

    /// The words of the source language, token after token.
    #[must_use]
    pub const fn source_words(&self) -> WordTable<'m> {
        WordTable::of(self, Role::SourceWords)
    }

    /// The words of the target language, token after token.
    #[must_use]
    pub const fn target_words(&self) -> WordTable<'m> {
        WordTable::of(self, Role::TargetWords)
    }
}

const fn check_frame(words: &[u32]) -> Result<(), Error> {
    let have = words.len() * 4;
    if !words.is_empty() && words[0] != MAGIC {
        return Err(Error::BadMagic { found: words[0] });
    }
    if words.len() < HEADER_WORDS {
        return Err(Error::Truncated { need: HEADER_WORDS * 4, have });
    }
    let (major, minor) = (words[field::VERSION] as u16, (words[field::VERSION] >> 16) as u16);
    if major != VERSION.0 || minor > VERSION.1 {
        return Err(Error::BadVersion { major, minor });
    }
    let stated = words[field::LENGTH] as usize;
    if stated > have {
        return Err(Error::Truncated { need: stated, have });
    }
    if stated < have {
        return Err(Error::TrailingBytes { stated, have });
    }
    Ok(())
}

/// Header and directory, and their checksum, of all their words but its own.
const fn parse_head(words: &[u32]) -> Result<Dims, Error> {
    tri!(check_frame(words));
    let dims = tri!(Dims::parse(words));
    tri!(section::check_directory(words, &dims));
    let (stored, computed) = (words[field::HEADER_CHECKSUM], header_checksum(words, &dims));
    if stored != computed {
        return Err(Error::HeaderChecksum { stored, computed });
    }
    Ok(dims)
}

/// The first word behind the directory.
pub(crate) const fn data_start(dims: &Dims) -> usize {
    dims.sections().wrapping_mul(ENTRY_WORDS).wrapping_add(dims.header_words())
}

const fn header_checksum(words: &[u32], dims: &Dims) -> u32 {
    let before = Checksum::new().range(words, 0, field::HEADER_CHECKSUM);
    before.range(words, field::HEADER_CHECKSUM + 1, data_start(dims)).finish()
}

/// The file's bytes from a word offset on.
pub(crate) const fn tail_bytes(words: &[u32], from: usize) -> &[u8] {
    if from > words.len() {
        return &[];
    }
    let (_, tail) = words.split_at(from);
    bytes_of(tail)
}
