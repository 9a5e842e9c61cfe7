//! What can go wrong, one variant per cause, each a sentence that a person can act on.

use std::path::PathBuf;

/// Why a model could not be read or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be read at all.
    #[error("cannot read {}: {cause}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file is larger than any file of its kind that this tool serves.
    #[error("{} has {have} bytes or more; at most {most} are read of such a file", path.display())]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// Its size in bytes, as far as it was read.
        have: u64,
        /// The limit in bytes.
        most: u64,
    },
    /// The description is not the JSON that `Description` states.
    #[error("{} is not a model description: {cause}", path.display())]
    Json {
        /// Which file.
        path: PathBuf,
        /// What and where (line, column).
        cause: serde_json::Error,
    },
    /// The description is well-formed, but a value in it cannot be.
    #[error("model description: `{field}` {why}")]
    Field {
        /// Which field, by its path: `encoder.hidden`.
        field: String,
        /// What is wrong with it.
        why: String,
    },
    /// The weights are not a safetensors file.
    #[error("{} is not a safetensors file, or is cut short: {cause}", path.display())]
    Safetensors {
        /// Which file.
        path: PathBuf,
        /// What the reader says.
        cause: safetensors::SafeTensorError,
    },
    /// A tensor that the description asks for is absent.
    #[error("tensor `{name}` is missing{}", hint(.nearest.as_deref()))]
    Missing {
        /// The name that was looked for.
        name: String,
        /// The name in the file that is spelled most like it.
        nearest: Option<String>,
    },
    /// A tensor has another shape than the description gives it.
    #[error("tensor `{name}` has shape {have:?}, but the description needs {need:?}")]
    Shape {
        /// The tensor.
        name: String,
        /// Its shape in the file.
        have: Vec<usize>,
        /// The shape that the description implies.
        need: Vec<usize>,
    },
    /// A tensor has elements that are neither f32, f16 nor bf16.
    #[error("tensor `{name}` holds {have} elements; F32, F16 and BF16 are read")]
    ElementType {
        /// The tensor.
        name: String,
        /// Its element type.
        have: String,
    },
    /// A weight is NaN or infinite.
    #[error("tensor `{name}` holds {value} at index {index:?}")]
    NotFinite {
        /// The tensor.
        name: String,
        /// Where, one number per dimension.
        index: Vec<usize>,
        /// NaN, inf or -inf.
        value: f32,
    },
    /// The file holds tensors that the description has no use for.
    #[error("the description has no use for tensor {}", list(.names))]
    Unused {
        /// Their names, sorted.
        names: Vec<String>,
    },
    /// A bias that adds the same to every energy of a sentence.
    #[error("tensor `{name}` adds the same to every energy, which softmax ignores; leave it out")]
    Unseen {
        /// The tensor.
        name: String,
    },
    /// The variance of a batch normalisation is below zero.
    #[error("tensor `{name}` holds {value} at index [{index}]; a variance is not negative")]
    Variance {
        /// The tensor.
        name: String,
        /// Where.
        index: usize,
        /// The value.
        value: f32,
    },
    /// A sentence for a model that reads pictures, or a picture for one that reads sentences.
    #[error("the model reads {need}, but was given {have}")]
    Source {
        /// What was given.
        have: &'static str,
        /// What the model reads.
        need: &'static str,
    },
    /// Bytes that are not those of a picture of the size given with them.
    #[error("a picture of {} has {} bytes, but {have} were given", size(.need), .need.iter().product::<usize>())]
    Pixels {
        /// Number of bytes.
        have: usize,
        /// Height, width and channels.
        need: [usize; 3],
    },
    /// A picture of another size than the model's.
    #[error("the picture has {}; the model reads {}", size(.have), size(.need))]
    Picture {
        /// Its height, width and channels.
        have: [usize; 3],
        /// The model's.
        need: [usize; 3],
    },
    /// A token id that the word table does not have.
    #[error("token id {id} is outside the word table of {size} words")]
    Token {
        /// The id.
        id: u32,
        /// Number of words.
        size: usize,
    },
    /// A sequence is empty, or longer than the positions of the model.
    #[error("the {side} has {have} tokens; the model takes 1 to {most}")]
    Length {
        /// `source` or `target`.
        side: &'static str,
        /// Number of tokens, end token included.
        have: usize,
        /// The model's limit.
        most: usize,
    },
}

/// Width first, as people say it.
fn size([height, width, channels]: &[usize; 3]) -> String {
    format!("{width} × {height} pixels of {channels} channels")
}

/// The end of a sentence on a missing tensor.
#[must_use]
pub fn hint(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; the nearest name in the file is `{name}`")).unwrap_or_default()
}

/// The first of some names, and how many more there are.
#[must_use]
pub fn list(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(5).map(|name| format!("`{name}`")).collect();
    let more = match names.len().saturating_sub(shown.len()) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    shown.join(", ") + &more
}
