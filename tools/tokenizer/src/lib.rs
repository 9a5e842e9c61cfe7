//! Tokenizer files of others, as what `model.json` says and the engine stores (docs/TOKENIZERS.md).
//!
//! ```text
//! tokenizer.json ─┐
//! SentencePiece  ─┼─► Found: words, marks, Tokenizer ─► model.json ─► packed ─► the file's section
//! vocab.txt      ─┤
//! merges.txt     ─┘  with the vocab.json beside it
//! ```
//! What a file asks for and the engine does not do is refused by its name.

mod charsmap;
mod error;
mod host;
mod hugging_face;
mod letters;
mod normalise;
mod pack;
mod sentencepiece;
mod step;
mod vocabulary;

pub use error::Error;
pub use host::{Host, Texts};
pub use pack::{MOST_WORD, Packed, target};
pub use twin::tokenizer::{Blanks, Join, Method, Prefix, Split, Tokenizer};

use std::path::{Path, PathBuf};

/// Largest file that is read, in bytes.
const MOST_BYTES: u64 = 1 << 26;

/// What a file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The text of each token.
    pub words: Vec<String>,
    /// The tokens that mean something.
    pub marks: Marks,
    /// How text becomes tokens, and tokens text.
    pub tokenizer: Tokenizer,
}

/// Tokens that mean something, as far as the file says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Fills batches.
    pub pad: Option<u32>,
    /// Begins a text.
    pub bos: Option<u32>,
    /// Ends a text.
    pub eos: Option<u32>,
}

impl Found {
    /// Reads a file of any of the kinds; of `merges.txt` also those beside it.
    ///
    /// # Errors
    /// A file that cannot be read, is of no kind, or asks for what the engine does not do.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let bytes = read(path)?;
        let found = match is_merges(path) {
            true => hugging_face::of_merges(&bytes, path),
            false => Self::of(&bytes),
        };
        found.map_err(|what| Error::File { path: path.into(), what: Box::new(what) })
    }

    /// The same of the bytes of a SentencePiece model.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn of_sentencepiece(bytes: &[u8]) -> Result<Self, Error> {
        sentencepiece::read(bytes)
    }

    /// The same of a file's bytes.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn of(bytes: &[u8]) -> Result<Self, Error> {
        match bytes {
            [b'{', ..] => hugging_face::read(bytes),
            // The first field of a SentencePiece model: a piece.
            [0x0A, ..] => sentencepiece::read(bytes),
            _ => vocabulary::read(bytes),
        }
    }
}

/// The files that are read beside one.
#[must_use]
pub fn beside(path: &Path) -> Vec<PathBuf> {
    let names = if is_merges(path) { &hugging_face::BESIDE[..] } else { &[][..] };
    names.iter().map(|name| path.with_file_name(name)).collect()
}

fn is_merges(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == hugging_face::MERGES)
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    use std::io::Read as _;
    let unread = |cause| Error::Read { path: path.into(), cause };
    let file = std::fs::File::open(path).map_err(unread)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Error::Large { path: path.into(), most: MOST_BYTES });
    }
    Ok(bytes)
}
