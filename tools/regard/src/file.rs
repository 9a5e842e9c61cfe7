//! Reading whole files, and writing them whole or not at all.

use crate::problem::Problem;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use tempfile::NamedTempFile;

/// Largest model file, data file or picture that is read, in bytes.
const MOST_BYTES: u64 = 1 << 28;

/// All bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    Ok(twin::file::read(path, MOST_BYTES)?)
}

/// Writes through a temporary file in the same folder, so that `path` is complete or untouched.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let failed = |cause| Problem::Write { path: path.into(), cause };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // The cause without the name of a file that nobody asked for.
    let unnamed = |cause: std::io::Error| failed(cause.kind().into());
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(unnamed)?;
    file.write_all(bytes).map_err(failed)?;
    readable(file.as_file()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
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
    let Ok(output) = output.canonicalize() else { return Ok(()) };
    let same = |input: &&Path| input.canonicalize().is_ok_and(|input| input == output);
    match inputs.iter().find(|input| same(input)) {
        Some(input) => Err(Problem::Overwrite { path: input.to_path_buf() }),
        None => Ok(()),
    }
}
