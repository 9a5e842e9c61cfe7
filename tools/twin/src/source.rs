//! What an encoder reads: the tokens of a sentence, or a picture.

use crate::Error;

/// A source, borrowed for as long as it is read.
#[derive(Clone, Copy, Debug)]
pub enum Source<'s> {
    /// `[source_len]`, end token included.
    Tokens(&'s [u32]),
    /// As large as the model's own.
    Picture(&'s Picture),
}

impl Source<'_> {
    /// What it is, in words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tokens(_) => WORDS,
            Self::Picture(_) => PICTURE,
        }
    }
}

/// The name of tokens.
pub(crate) const WORDS: &str = "words";
/// The name of a picture.
pub(crate) const PICTURE: &str = "a picture";

impl<'s> From<&'s [u32]> for Source<'s> {
    fn from(ids: &'s [u32]) -> Self {
        Self::Tokens(ids)
    }
}

impl<'s, const N: usize> From<&'s [u32; N]> for Source<'s> {
    fn from(ids: &'s [u32; N]) -> Self {
        Self::Tokens(ids)
    }
}

impl<'s> From<&'s Vec<u32>> for Source<'s> {
    fn from(ids: &'s Vec<u32>) -> Self {
        Self::Tokens(ids)
    }
}

impl<'s> From<&'s Picture> for Source<'s> {
    fn from(picture: &'s Picture) -> Self {
        Self::Picture(picture)
    }
}

/// Pixels: rows from the top, pixels from the left, a byte per channel (red, green, blue; or grey).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Bytes of a pixel.
    pub channels: usize,
    bytes: Vec<u8>,
}

impl Picture {
    /// `bytes`: `[height × width × channels]`
    ///
    /// # Errors
    /// More or fewer bytes than that.
    pub fn new([height, width, channels]: [usize; 3], bytes: Vec<u8>) -> Result<Self, Error> {
        let size = height.checked_mul(width).and_then(|pixels| pixels.checked_mul(channels));
        if size != Some(bytes.len()) {
            return Err(Error::Pixels { have: bytes.len(), need: [height, width, channels] });
        }
        Ok(Self { width, height, channels, bytes })
    }

    /// `[height × width × channels]`
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Height, width and channels.
    #[must_use]
    pub fn size(&self) -> [usize; 3] {
        [self.height, self.width, self.channels]
    }
}
