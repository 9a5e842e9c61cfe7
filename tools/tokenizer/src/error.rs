//! What can be wrong with a tokenizer file.

use std::io;
use std::path::PathBuf;

/// Why a file was refused.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each says it itself")]
#[non_exhaustive]
pub enum Error {
    #[error("{}: {cause}", path.display())]
    Read { path: PathBuf, cause: io::Error },
    #[error("{} has more than {most} bytes, the most that are read", path.display())]
    Large { path: PathBuf, most: u64 },
    #[error("{}: {what}", path.display())]
    File { path: PathBuf, what: Box<Error> },
    #[error("this is no JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("this is no SentencePiece model: {0}")]
    Protobuf(#[from] prost::DecodeError),
    #[error("{part} {name:?} is not supported; {instead}")]
    Unsupported { part: &'static str, name: String, instead: String },
    #[error("{field} {why}")]
    Field { field: String, why: String },
    #[error("the words make no model: {0}")]
    Engine(regard::Error),
    #[error("the tables of the tokenizer have {have} {part}; they have room for {most}")]
    TooLarge { part: &'static str, have: usize, most: usize },
}

/// A part that is refused by its name.
pub(crate) fn unsupported<T>(
    part: &'static str,
    name: impl Into<String>,
    instead: impl Into<String>,
) -> Result<T, Error> {
    Err(Error::Unsupported { part, name: name.into(), instead: instead.into() })
}

/// A field with an impossible value.
pub(crate) fn wrong<T>(field: impl Into<String>, why: impl Into<String>) -> Result<T, Error> {
    Err(Error::Field { field: field.into(), why: why.into() })
}
