//! What can go wrong, one variant per cause, each a sentence with file and tensor.

use std::path::{Path, PathBuf};
use twin::error::{hint, list};

/// Why nothing could be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A description or a word list is wrong, or what is read by the twin.
    #[error(transparent)]
    Twin(#[from] twin::Error),
    /// A tokenizer file is wrong, or of a kind that is not read.
    #[error(transparent)]
    Tokenizer(#[from] tokenizer::Error),
    /// The file could not be read at all.
    #[error("cannot read {}: {cause}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A folder, a pipe or a device.
    #[error("{} is not a file", path.display())]
    NotAFile {
        /// Which.
        path: PathBuf,
    },
    /// A file of no kind that is read.
    #[error(
        "{} is neither a safetensors file nor one of torch.save, Keras 3 or ONNX{what}",
        path.display()
    )]
    Unknown {
        /// Which file.
        path: PathBuf,
        /// What it looks like.
        what: &'static str,
    },
    /// A file that is of a kind by its first bytes, and broken, or has what is not read.
    #[error("{} is not a {kind} file that can be read: {}", path.display(), one_line(why))]
    Container {
        /// Which file.
        path: PathBuf,
        /// What it began as.
        kind: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The numbers of a tensor cannot be read.
    #[error("{}: tensor `{name}` cannot be read: {cause}", path.display())]
    Tensor {
        /// Which file.
        path: PathBuf,
        /// The tensor.
        name: String,
        /// Why.
        cause: std::io::Error,
    },
    /// Two tensors have one name.
    #[error("{} has two tensors of the name `{name}`", path.display())]
    Twice {
        /// Which file.
        path: PathBuf,
        /// The tensor.
        name: String,
    },
    /// A tensor that the model needs is absent.
    #[error(
        "{}: tensor `{name}`, of shape {need:?}, is missing{}",
        path.display(),
        hint(.nearest.as_deref())
    )]
    Missing {
        /// Which file.
        path: PathBuf,
        /// The name that was looked for.
        name: String,
        /// The shape that it should have.
        need: Vec<usize>,
        /// The name in the file that is spelled most like it.
        nearest: Option<String>,
    },
    /// A tensor has another shape than the model needs.
    #[error("{}: tensor `{name}` has shape {have:?}, but the model needs {need:?}", path.display())]
    Shape {
        /// Which file.
        path: PathBuf,
        /// The tensor.
        name: String,
        /// Its shape in the file.
        have: Vec<usize>,
        /// The shape that the model needs.
        need: Vec<usize>,
    },
    /// A tensor is not of floating point numbers.
    #[error(
        "{}: tensor `{name}` holds {have} elements; F64, F32, F16 and BF16 are read",
        path.display()
    )]
    ElementType {
        /// Which file.
        path: PathBuf,
        /// The tensor.
        name: String,
        /// Its element type.
        have: String,
    },
    /// A weight is NaN or infinite.
    #[error("{}: tensor `{name}` holds {value} at index {at:?}", path.display())]
    NotFinite {
        /// Which file.
        path: PathBuf,
        /// The tensor.
        name: String,
        /// Where, one number per dimension.
        at: Vec<usize>,
        /// NaN, inf or -inf.
        value: f32,
    },
    /// The model is too large.
    #[error(
        "{}: with tensor `{name}` the model has over {most} numbers, more than is read",
        path.display()
    )]
    Numbers {
        /// Which file.
        path: PathBuf,
        /// The tensor.
        name: String,
        /// The limit.
        most: usize,
    },
    /// The file holds tensors that the model has no use for.
    #[error("{}: the model has no use for tensor {}", path.display(), list(.names))]
    Unused {
        /// Which file.
        path: PathBuf,
        /// Their names, sorted.
        names: Vec<String>,
    },
    /// JSON that says no model.
    #[error("{} is not what it should be: {cause}", path.display())]
    Json {
        /// Which file.
        path: PathBuf,
        /// What and where (line, column).
        cause: serde_json::Error,
    },
    /// A field of `config.json` that cannot be said to the engine.
    #[error("{}: `{}` {}", path.display(), one_line(field), one_line(why))]
    Field {
        /// Which file.
        path: PathBuf,
        /// Which field.
        field: String,
        /// What is wrong with it.
        why: String,
    },
    /// A file that does not say what model it is of.
    #[error("{}: {}", path.display(), one_line(why))]
    Model {
        /// Which file.
        path: PathBuf,
        /// What is missing, and what to do.
        why: String,
    },
}

impl Error {
    /// What is wrong with a container.
    pub(crate) fn container(path: &Path, kind: &'static str, why: &str) -> Self {
        Self::Container { path: path.into(), kind, why: why.into() }
    }
}

/// A sentence with names out of a file in it: one line that steers no terminal, whatever they are.
fn one_line(why: &str) -> String {
    let shown = |letter: char| match letter.is_control() {
        true => letter.escape_default().to_string(),
        false => letter.to_string(),
    };
    why.chars().map(shown).collect()
}
