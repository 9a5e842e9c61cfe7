//! What a model is given to read.

/// A sentence or a picture.
#[derive(Clone, Debug)]
pub(crate) enum Given {
    /// Source tokens, end mark included.
    Tokens(Vec<u32>),
    /// Pixels in the model's own size, or for the engine of any size.
    Picture(twin::Picture),
}

impl Given {
    /// The same for the float twin.
    pub(crate) fn source(&self) -> twin::Source<'_> {
        match self {
            Self::Tokens(ids) => ids.into(),
            Self::Picture(picture) => picture.into(),
        }
    }

    /// Tokens without the end mark; none of a picture.
    pub(crate) fn words(&self) -> usize {
        match self {
            Self::Tokens(ids) => ids.len().saturating_sub(1),
            Self::Picture(_) => 0,
        }
    }
}

/// A picture as the engine takes it.
pub(crate) fn engine_picture(
    picture: &twin::Picture,
) -> Result<regard::Picture<'_>, regard::Error> {
    let (width, height, bytes) = (picture.width, picture.height, picture.bytes());
    match picture.channels {
        1 => regard::Picture::grey(width, height, bytes),
        _ => regard::Picture::rgb888(width, height, bytes),
    }
}
