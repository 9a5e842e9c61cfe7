//! `.safetensors`: a length of 8 bytes, a header of JSON, and the numbers of all tensors behind it.
//!
//! Only the header is read when the file is opened; a tensor is read when it is taken.

use super::{Float, Found, Order, Place};
use crate::Error;
use safetensors::Dtype;
use safetensors::tensor::Metadata;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::rc::Rc;

/// Largest header that is read, in bytes: of over 50,000 tensors.
const MOST_HEADER: u64 = 1 << 23;
/// Bytes that say how long the header is.
const LENGTH: u64 = 8;
/// Bytes that are turned into numbers at once.
const PIECE: usize = 1 << 16;

/// Whether a file that begins so is one.
pub(super) fn begins(start: &[u8]) -> bool {
    start.get(LENGTH as usize) == Some(&b'{')
}

/// The tensors that the header of a file names. `bytes`: of the whole file.
pub(super) fn open(path: &Path, file: File, bytes: u64) -> Result<Vec<(String, Found)>, Error> {
    let wrong = |why: String| Error::container(path, "safetensors", &why);
    let (header, start) = header(path, &file, bytes)?;
    let tensors = header.tensors();
    let end = start + header.data_len() as u64;
    if end != bytes {
        return Err(wrong(format!("its header speaks of {end} bytes, but it has {bytes}")));
    }
    let file = Rc::new(file);
    let found = tensors.into_iter().map(|(name, info)| {
        let float = match info.dtype {
            Dtype::F64 => Ok(Float::F64),
            Dtype::F32 => Ok(Float::F32),
            Dtype::F16 => Ok(Float::F16),
            Dtype::BF16 => Ok(Float::Bf16),
            other => Err(format!("{other:?}")),
        };
        let at = start + info.data_offsets.0 as u64;
        let place = Place::File(file.clone(), at);
        (name, Found { shape: info.shape.clone(), float, place, order: Order::Given })
    });
    Ok(found.collect())
}

/// The header, and where it ends.
fn header(path: &Path, mut file: &File, bytes: u64) -> Result<(Metadata, u64), Error> {
    let wrong = |why: String| Error::container(path, "safetensors", &why);
    let failed = |cause| Error::Read { path: path.into(), cause };
    let mut length = [0; LENGTH as usize];
    file.rewind().and_then(|()| file.read_exact(&mut length)).map_err(failed)?;
    let length = u64::from_le_bytes(length);
    let room = bytes.saturating_sub(LENGTH);
    if length > room {
        return Err(wrong(format!("its header has {length} bytes, but {room} are left")));
    }
    if length > MOST_HEADER {
        return Err(wrong(format!(
            "its header has {length} bytes; at most {MOST_HEADER} are read"
        )));
    }
    let mut text = vec![0; length as usize];
    file.read_exact(&mut text).map_err(failed)?;
    let header = serde_json::from_slice(&text).map_err(|cause| wrong(cause.to_string()))?;
    Ok((header, LENGTH + length))
}

/// The numbers of a tensor, `count` from `at`.
pub(super) fn read(
    mut file: &File,
    at: u64,
    float: Float,
    count: usize,
) -> std::io::Result<Vec<f32>> {
    file.seek(SeekFrom::Start(at))?;
    let mut values = Vec::with_capacity(count);
    let mut piece = vec![0; PIECE];
    let mut left = count * float.size();
    while left > 0 {
        let piece = &mut piece[..left.min(PIECE)];
        file.read_exact(piece)?;
        float.append(piece, &mut values);
        left -= piece.len();
    }
    Ok(values)
}
