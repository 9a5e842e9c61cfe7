//! Everything that can go wrong, with its numbers.

use core::fmt;

/// Why a model was refused or a sentence could not be translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error {
    /// The file is shorter than its header, or than it says.
    Truncated {
        /// Bytes needed.
        need: usize,
        /// Bytes given.
        have: usize,
    },
    /// The file goes on behind its stated end.
    TrailingBytes {
        /// Bytes stated by the header.
        stated: usize,
        /// Bytes given.
        have: usize,
    },
    /// The bytes do not start at an address that is a multiple of 4.
    Misaligned {
        /// The address modulo 4.
        by: usize,
    },
    /// The file does not start as a model file does.
    BadMagic {
        /// The first word of the file.
        found: u32,
    },
    /// The file was written for another version of the format.
    BadVersion {
        /// Its major version.
        major: u16,
        /// Its minor version.
        minor: u16,
    },
    /// The header and directory were damaged.
    HeaderChecksum {
        /// The checksum in the file.
        stored: u32,
        /// The checksum of its bytes.
        computed: u32,
    },
    /// The weights were damaged.
    DataChecksum {
        /// The checksum in the file.
        stored: u32,
        /// The checksum of its bytes.
        computed: u32,
    },
    /// A field of the header, or of saved work, is out of range.
    BadField {
        /// Which.
        field: &'static str,
        /// Its value.
        value: u32,
    },
    /// An entry of the tensor directory is not what the dims ask for.
    BadTensor {
        /// Its place in the directory.
        index: u32,
        /// Which part of it.
        field: &'static str,
        /// The value that was expected, or the limit.
        expected: u32,
        /// The value found.
        found: u32,
    },
    /// A tensor lies as only a build with another Cargo feature can read it.
    LacksFeature {
        /// Its place in the directory.
        index: u32,
        /// The feature.
        feature: &'static str,
    },
    /// The model takes a Cargo feature that this build has not.
    NeedsFeature {
        /// The feature.
        feature: &'static str,
    },
    /// The header's arena size is not what its dims need.
    ArenaSize {
        /// Bytes stated.
        stated: u32,
        /// Bytes needed.
        need: u32,
    },
    /// This arena was taken before.
    ArenaTaken,
    /// The arena is smaller than the model needs.
    ArenaTooSmall {
        /// Bytes needed.
        need: usize,
        /// Bytes given.
        have: usize,
    },
    /// The buffer for weights in far flash is smaller than the model needs.
    #[cfg(feature = "far-flash")]
    BufferTooSmall {
        /// Bytes needed.
        need: usize,
        /// Bytes given.
        have: usize,
    },
    /// Weights in far flash could not be read.
    #[cfg(feature = "far-flash")]
    Bus {
        /// The byte of the model file where.
        at: usize,
    },
    /// There is nothing to translate.
    EmptySource,
    /// The bytes of a picture are not what its width and height say.
    BadPicture {
        /// Its width.
        width: usize,
        /// Its height.
        height: usize,
        /// The bytes that such a picture has.
        need: usize,
        /// The bytes given.
        have: usize,
    },
    /// The model reads pictures, not text.
    WantsPicture,
    /// The model reads text, not pictures.
    WantsText,
    /// The source has more tokens than the model takes.
    SourceTooLong {
        /// The most tokens the model takes, end mark included.
        limit: usize,
    },
    /// A word is not in the vocabulary.
    UnknownWord {
        /// Where it starts, in bytes of the text.
        at: usize,
        /// Its length in bytes.
        length: usize,
    },
    /// A word, as it is looked up, is longer than the model has room for.
    #[cfg(feature = "subwords")]
    WordTooLong {
        /// Where it starts, in bytes of the text.
        at: usize,
        /// The most bytes.
        limit: usize,
    },
    /// A token is outside the vocabulary, or padding inside the sentence.
    BadToken {
        /// The token.
        token: u16,
        /// The size of the vocabulary.
        vocabulary: usize,
    },
    /// The model has an encoder or a decoder that this type leaves out
    /// ([`crate::family::Family`]).
    OtherFamily,
    /// What was saved is another model's work.
    OtherModel,
    /// What was saved of some work was damaged, or the arena is not as it was then.
    SavedChecksum {
        /// The checksum that was saved.
        stored: u32,
        /// The checksum of what is there.
        computed: u32,
    },
    /// The self-test came to another result than the model file states.
    SelfTest {
        /// The first step that differs.
        step: usize,
    },
}

impl Error {
    /// The cause in a few words, in a constant expression too.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Truncated { .. } => "the model file is truncated",
            Self::TrailingBytes { .. } => "the model file has trailing bytes",
            Self::Misaligned { .. } => "the model's address is not a multiple of 4",
            Self::BadMagic { .. } => "this is not a model file (.rgd)",
            Self::BadVersion { .. } => "the model file has another version of the format",
            Self::HeaderChecksum { .. } => "the header's checksum is wrong",
            Self::DataChecksum { .. } => "the weights' checksum is wrong",
            Self::BadField { .. } => "a field is out of range",
            Self::BadTensor { .. } => "a tensor is not as the dims ask",
            Self::LacksFeature { .. } => "a tensor needs a Cargo feature that is off",
            Self::NeedsFeature { .. } => "the model needs a Cargo feature that is off",
            Self::ArenaSize { .. } => "the stated arena size is wrong",
            Self::ArenaTaken => "the arena is already taken",
            Self::ArenaTooSmall { .. } => "the arena is too small",
            #[cfg(feature = "far-flash")]
            Self::BufferTooSmall { .. } => "the buffer of the flash is too small",
            #[cfg(feature = "far-flash")]
            Self::Bus { .. } => "the flash could not be read",
            Self::EmptySource => "there is nothing to translate",
            Self::BadPicture { .. } => "the picture is not of its size",
            Self::WantsPicture => "the model reads pictures, not text",
            Self::WantsText => "the model reads text, not pictures",
            Self::SourceTooLong { .. } => "the sentence is too long",
            Self::UnknownWord { .. } => "a word is not in the vocabulary",
            #[cfg(feature = "subwords")]
            Self::WordTooLong { .. } => "a word is too long",
            Self::BadToken { .. } => "a token cannot stand here",
            Self::OtherFamily => "the model has an encoder or decoder that is not linked",
            Self::OtherModel => "what was saved is another model's work",
            Self::SavedChecksum { .. } => "what was saved, or the arena, is not as it was",
            Self::SelfTest { .. } => "the self-test differs",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())?;
        match *self {
            Self::Truncated { need, have } | Self::ArenaTooSmall { need, have } => {
                write!(f, ": {need} bytes needed, {have} given")
            }
            #[cfg(feature = "far-flash")]
            Self::BufferTooSmall { need, have } => write!(f, ": {need} bytes needed, {have} given"),
            #[cfg(feature = "far-flash")]
            Self::Bus { at } => write!(f, " at byte {at} of the model"),
            Self::TrailingBytes { stated, have } => {
                write!(f, ": {stated} bytes stated, {have} given")
            }
            Self::Misaligned { by } => write!(f, ", but {by} more"),
            Self::BadMagic { found } => write!(f, ": it starts with {found:#010x}"),
            Self::BadVersion { major, minor } => write!(f, ": {major}.{minor}"),
            Self::HeaderChecksum { stored, computed }
            | Self::DataChecksum { stored, computed }
            | Self::SavedChecksum { stored, computed } => {
                write!(f, ": {stored:#010x} stored, {computed:#010x} computed")
            }
            Self::BadField { field, value } => write!(f, ": {field} = {value}"),
            Self::BadTensor { index, field, expected, found } => {
                write!(f, ": tensor {index}, {field}: {expected} expected, {found} found")
            }
            Self::NeedsFeature { feature } => write!(f, ": {feature}"),
            Self::LacksFeature { index, feature } => write!(f, ": tensor {index}, {feature}"),
            Self::ArenaSize { stated, need } => write!(f, ": {stated} stated, {need} needed"),
            Self::BadPicture { width, height, need, have } => {
                write!(f, ": {width} × {height} pixels take {need} bytes, {have} given")
            }
            Self::SourceTooLong { limit } => write!(f, ": at most {limit} tokens"),
            Self::UnknownWord { at, length } => write!(f, ": {length} bytes at {at}"),
            #[cfg(feature = "subwords")]
            Self::WordTooLong { at, limit } => write!(f, " at {at}: at most {limit} bytes"),
            Self::BadToken { token, vocabulary } => write!(f, ": {token} of {vocabulary}"),
            Self::SelfTest { step } => write!(f, " at step {step}"),
            Self::ArenaTaken
            | Self::EmptySource
            | Self::WantsPicture
            | Self::WantsText
            | Self::OtherModel
            | Self::OtherFamily => Ok(()),
        }
    }
}

impl core::error::Error for Error {}
