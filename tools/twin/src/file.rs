//! Reading whole files, but no more of them than anybody means to give.

use crate::Error;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// All bytes of a file, if they are at most `most`: a device that never ends is refused too.
///
/// # Errors
/// Unreadable, or too large.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, Error> {
    let failed = |cause| Error::Read { path: path.into(), cause };
    let file = File::open(path).map_err(failed)?;
    let stated = file.metadata().map_err(failed)?.len();
    let too_large = |have| Err(Error::TooLarge { path: path.into(), have, most });
    if stated > most {
        return too_large(stated);
    }
    let mut bytes = Vec::with_capacity(stated as usize);
    file.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    let have = bytes.len() as u64;
    if have > most { too_large(have) } else { Ok(bytes) }
}
