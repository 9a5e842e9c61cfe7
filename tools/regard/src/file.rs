//! Reading whole files, and writing them whole or not at all.

use crate::problem::Problem;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Largest model file, data file or picture that is read, in bytes.
const MOST_BYTES: u64 = 1 << 28;

/// All bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    Ok(twin::file::read(path, MOST_BYTES)?)
}

/// Writes through a temporary file in the same folder, so that `path` is complete or untouched.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    Pending::open(path)?.finish(bytes)
}

/// A file that will be written: until then `path` is untouched.
pub(crate) struct Pending {
    file: NamedTempFile,
    path: PathBuf,
}

impl Pending {
    /// Opens a temporary file in the folder of `path`.
    pub(crate) fn open(path: &Path) -> Result<Self, Problem> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        // The cause without the name of a file that nobody asked for.
        let unnamed = |cause: std::io::Error| Problem::Write {
            path: path.into(),
            cause: cause.kind().into(),
        };
        let file = NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(unnamed)?;
        Ok(Self { file, path: path.into() })
    }

    /// Writes all bytes, and gives the file its name.
    pub(crate) fn finish(self, bytes: &[u8]) -> Result<(), Problem> {
        let Self { mut file, path } = self;
        let failed = |cause| Problem::Write { path: path.clone(), cause };
        file.write_all(bytes).map_err(failed)?;
        readable(file.as_file()).map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

/// Temporary files are private; results are not.
#[cfg(unix)]
fn readable(file: &fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &fs::File) -> std::io::Result<()> {
    Ok(())
}

/// Refuses an output that is one of the inputs, however it is spelled.
pub(crate) fn refuse_overwrite(output: &Path, inputs: &[&Path]) -> Result<(), Problem> {
    let output = place(output);
    match inputs.iter().find(|input| output.is_some() && place(input) == output) {
        Some(input) => Err(Problem::Overwrite { path: input.to_path_buf() }),
        None => Ok(()),
    }
}

/// Where a file is, however it is spelled; of one that is not there yet, where it would be.
fn place(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().or_else(|| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        Some(folder.unwrap_or(Path::new(".")).canonicalize().ok()?.join(path.file_name()?))
    })
}
