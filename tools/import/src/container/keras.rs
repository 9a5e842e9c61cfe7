//! What Keras 3 saves: a `.weights.h5` alone, or a `.keras`, a zip archive with one in it.
//!
//! ```text
//! my.keras ─┬ config.json        classes, sizes and connections of the layers
//!           ├ metadata.json      not read
//!           └ model.weights.h5   ─► tensors, by the paths of their layers
//! ```
//! Keras stores the entries as they are, so that tensors are read out of the archive in place; one
//! that was packed later is unpacked in RAM, if it is no more than [`MOST_TIMES`] times as large, and no
//! larger than [`MOST_UNPACKED`].

use super::{Found, hdf5};
use crate::Error;
use hdf5_reader::{BytesStorage, FileStorage, RangeRequestStorage, Storage};
use serde_json::Value;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex};
use zip::{CompressionMethod, ZipArchive};

const CONFIG: &str = "config.json";
const WEIGHTS: &str = "model.weights.h5";
/// Largest `config.json` that is read, in bytes: of 100 layers it has some 100 kB, and in RAM it may have
/// a hundred times as many as it has here.
const MOST_CONFIG: u64 = 1 << 20;
/// Largest packed file of weights that is read, unpacked: far more than a microcontroller holds.
const MOST_UNPACKED: u64 = 1 << 28;
/// How many times as many bytes as the archive an entry may have, unpacked. The gaps of small HDF5 files
/// pack well, numbers hardly.
const MOST_TIMES: u64 = 8;

/// The tensors of a file, and what a `.keras` says of them.
pub(super) type Saved = (Vec<(String, Found)>, Option<Value>);

/// Whether a zip archive is a `.keras`; one that cannot be read is not.
pub(super) fn is_one(file: &File) -> bool {
    let Ok(zip) = file
        .try_clone()
        .and_then(|file| ZipArchive::new(BufReader::new(file)).map_err(io::Error::other))
    else {
        return false;
    };
    zip.index_for_name(WEIGHTS).is_some()
}

/// The tensors of a `.weights.h5`.
pub(super) fn open_weights(path: &Path, file: File) -> Result<Saved, Error> {
    let failed = |cause: hdf5_reader::error::Error| hdf5::wrong(path, &cause.to_string());
    let storage = FileStorage::from_file(file).map_err(failed)?;
    Ok((hdf5::open(path, Arc::new(storage))?, None))
}

/// The tensors of a `.keras`.
pub(super) fn open_archive(path: &Path, file: File, bytes: u64) -> Result<Saved, Error> {
    let wrong = |why: &str| Error::container(path, "Keras", why);
    let again = file.try_clone().map_err(|cause| Error::Read { path: path.into(), cause })?;
    let mut zip =
        ZipArchive::new(BufReader::new(file)).map_err(|cause| wrong(&cause.to_string()))?;
    let text = entry(&mut zip, CONFIG, MOST_CONFIG.min(bytes.saturating_mul(MOST_TIMES)))
        .map_err(|why| wrong(&why))?;
    let config = serde_json::from_slice(&text)
        .map_err(|cause| wrong(&format!("its {CONFIG} is not JSON: {cause}")))?;
    let storage = weights(&mut zip, again, bytes).map_err(|why| wrong(&why))?;
    Ok((hdf5::open(path, storage)?, Some(config)))
}

/// An entry, unpacked; `most`: bytes that it may have.
fn entry(zip: &mut ZipArchive<BufReader<File>>, name: &str, most: u64) -> Result<Vec<u8>, String> {
    let entry = zip.by_name(name).map_err(|cause| format!("its {name}: {cause}"))?;
    let claimed = entry.size();
    if claimed > most {
        return Err(format!("its {name} claims {claimed} bytes; at most {most} are read"));
    }
    let mut bytes = Vec::new();
    let read = entry.take(most + 1).read_to_end(&mut bytes);
    read.map_err(|cause| format!("its {name} cannot be read to its end: {cause}"))?;
    if bytes.len() as u64 != claimed {
        return Err(format!("its {name} claims {claimed} bytes, but has {}", bytes.len()));
    }
    Ok(bytes)
}

/// The file of weights where it lies, or unpacked.
fn weights(
    zip: &mut ZipArchive<BufReader<File>>,
    file: File,
    bytes: u64,
) -> Result<Arc<dyn Storage>, String> {
    let said = |cause: zip::result::ZipError| format!("its {WEIGHTS}: {cause}");
    let index = zip.index_for_name(WEIGHTS).ok_or_else(|| format!("it has no {WEIGHTS}"))?;
    let (start, size, method) = {
        let entry = zip.by_index_raw(index).map_err(said)?;
        (entry.data_start(), entry.size(), entry.compression())
    };
    if method != CompressionMethod::Stored {
        let most = MOST_UNPACKED.min(bytes.saturating_mul(MOST_TIMES));
        return Ok(Arc::new(BytesStorage::new(entry(zip, WEIGHTS, most)?)));
    }
    let start = start.ok_or_else(|| format!("its {WEIGHTS} has no place"))?;
    if start.checked_add(size).is_none_or(|end| end > bytes) {
        return Err(format!("its {WEIGHTS} claims {size} bytes, but it has {bytes}"));
    }
    let file = Mutex::new(file);
    Ok(Arc::new(RangeRequestStorage::new(size, move |offset, length| {
        Ok(range(&file, start, size, [offset, length as u64])?)
    })))
}

/// `[offset, length]` of the `size` bytes from `start`.
fn range(
    file: &Mutex<File>,
    start: u64,
    size: u64,
    [offset, length]: [u64; 2],
) -> io::Result<Vec<u8>> {
    let inside = offset.checked_add(length).is_some_and(|end| end <= size);
    let (Some(at), true) = (start.checked_add(offset), inside) else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    let mut file = file.lock().map_err(|_| io::ErrorKind::Other)?;
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}
