//! Every way to fail, each one sentence. Exit code 1: the data is wrong; 2: the request is.

use std::path::PathBuf;

/// Why the command ends early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error(transparent)]
    Twin(#[from] twin::Error),
    #[error("cannot read {}: {cause}", path.display())]
    Read { path: PathBuf, cause: std::io::Error },
    #[error("cannot write {}: {cause}", path.display())]
    Write { path: PathBuf, cause: std::io::Error },
    #[error("cannot write the picture: {0}")]
    Picture(image::ImageError),
    #[error("{} is an input; choose another name for the output", path.display())]
    Overwrite { path: PathBuf },
    #[error("{}:{line}: {what}", path.display())]
    Line { path: PathBuf, line: usize, what: String },
    /// Standard output went away; nothing to say about it.
    #[error("output failed: {0}")]
    Output(#[from] std::io::Error),
}

impl Problem {
    /// What the process returns.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Overwrite { .. } => 2,
            Self::Output(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe => 0,
            _ => 1,
        }
    }
}
