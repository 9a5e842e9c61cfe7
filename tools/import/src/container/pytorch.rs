//! `.pt`, `.pth`, `pytorch_model.bin`: what `torch.save` wrote, since PyTorch 0.2.
//!
//! Pickles say which tensors there are, and the numbers lie beside them: in a zip archive (1.6 and
//! later), or behind them (earlier). Both are walked over first (`pickle.rs`) and then read by
//! `pytorch-reader`, which runs nothing either.

use super::pickle::Walk;
use super::{Float, Found, Order, Place};
use crate::Error;
use pytorch_reader::{DType, PickleValue, PytorchReader};
use std::fs::File;
use std::io::{BufReader, Cursor, Read as _, Seek as _};
use std::path::Path;
use zip::{CompressionMethod, ZipArchive};

/// Largest pickle of a zip archive, in bytes.
const MOST_PICKLE: u64 = 1 << 25;
/// How often the same numbers may lie under different names: T5's table of words has four.
const MOST_NAMES: u64 = 5;
/// Most entries of an archive.
const MOST_ENTRIES: usize = 1 << 16;
/// Pickles at the start of a file without an archive: a magic number, the version, sizes of types, the
/// tensors, and the order of their numbers.
const PICKLES: usize = 5;
/// The magic number, as all protocols but 0 and 1 write it.
const MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
/// It lies among the first so many bytes.
const START: usize = 32;

/// Whether a file that begins so is a zip archive.
pub(super) fn begins_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04")
}

/// Whether a file that begins so is one of before PyTorch 1.6.
pub(super) fn begins_legacy(start: &[u8]) -> bool {
    start.windows(MAGIC.len()).take(START).any(|bytes| bytes == MAGIC)
}

/// The tensors of an archive.
pub(super) fn open_zip(path: &Path, file: File, bytes: u64) -> Result<Vec<(String, Found)>, Error> {
    let wrong = |why: String| Error::container(path, "PyTorch", &why);
    let mut zip =
        ZipArchive::new(BufReader::new(file)).map_err(|cause| wrong(cause.to_string()))?;
    if zip.len() > MOST_ENTRIES {
        return Err(wrong(format!(
            "it has {} entries; at most {MOST_ENTRIES} are read",
            zip.len()
        )));
    }
    let mut total = 0u64;
    let mut pickle = None;
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index).map_err(|cause| wrong(cause.to_string()))?;
        let name = entry.name().map_err(|cause| wrong(cause.to_string()))?;
        if entry.compression() != CompressionMethod::Stored {
            return Err(wrong(format!(
                "its entry {name:?} is compressed, which torch.save never does"
            )));
        }
        if name.ends_with("/constants.pkl") || name.contains("/code/") {
            let why = "it is a TorchScript program, not weights; save those with \
                       torch.save(model.state_dict(), …)";
            return Err(wrong(why.into()));
        }
        total = total.saturating_add(entry.size().max(entry.compressed_size()));
        if name == "data.pkl" || name.ends_with("/data.pkl") {
            pickle = Some((index, entry.size()));
        }
    }
    if total > bytes {
        return Err(wrong(format!("its entries claim {total} bytes, but it has {bytes}")));
    }
    let Some((index, size)) = pickle else {
        return Err(wrong("it is a zip archive without `data.pkl`".into()));
    };
    if size > MOST_PICKLE {
        return Err(wrong(format!("its pickle has {size} bytes; at most {MOST_PICKLE} are read")));
    }
    let mut text = Vec::new();
    let entry = zip.by_index(index).map_err(|cause| wrong(cause.to_string()))?;
    entry.take(MOST_PICKLE).read_to_end(&mut text).map_err(|cause| wrong(cause.to_string()))?;
    Walk::new().over(&mut Cursor::new(text)).map_err(wrong)?;
    tensors(path, bytes)
}

/// The tensors of a file of before PyTorch 1.6.
pub(super) fn open_legacy(
    path: &Path,
    mut file: File,
    bytes: u64,
) -> Result<Vec<(String, Found)>, Error> {
    let wrong = |why: String| Error::container(path, "PyTorch", &why);
    file.rewind().map_err(|cause| Error::Read { path: path.into(), cause })?;
    let (mut reader, mut walk) = (BufReader::new(file), Walk::new());
    for _ in 0..PICKLES {
        walk.over(&mut reader).map_err(wrong)?;
    }
    tensors(path, bytes)
}

fn tensors(path: &Path, bytes: u64) -> Result<Vec<(String, Found)>, Error> {
    let wrong = |why: String| Error::container(path, "PyTorch", &why);
    let reader = PytorchReader::new(path).map_err(|cause| wrong(cause.to_string()))?;
    // A view may say a number many times over; no tensor of a model does.
    let larger = |tensor: &&pytorch_reader::Tensor| tensor.byte_len() as u64 > bytes;
    if let Some(tensor) = reader.tensors().values().find(larger) {
        let (count, size) = (tensor.num_elements(), tensor.dtype().size());
        return Err(wrong(format!(
            "tensor `{}` claims {count} numbers of {size} bytes, more than the file has",
            tensor.name
        )));
    }
    let total = reader.tensors().values().fold(0u64, |n, t| n.saturating_add(t.byte_len() as u64));
    if total > bytes.saturating_mul(MOST_NAMES) {
        return Err(wrong(format!(
            "its tensors claim {total} bytes, over {MOST_NAMES} times as many as it has"
        )));
    }
    let found = reader.into_tensors().into_iter().map(|(name, tensor)| {
        let float = match tensor.dtype() {
            DType::F64 => Ok(Float::F64),
            DType::F32 => Ok(Float::F32),
            DType::F16 => Ok(Float::F16),
            DType::BF16 => Ok(Float::Bf16),
            other => Err(format!("{other:?}")),
        };
        let (shape, place) = (tensor.shape().to_vec(), Place::PyTorch(tensor));
        (name, Found { shape, float, place, order: Order::Given })
    });
    Ok(found.collect())
}

/// The numbers of a tensor.
pub(super) fn read(tensor: &pytorch_reader::Tensor, float: Float) -> std::io::Result<Vec<f32>> {
    let bytes = tensor.read()?;
    let mut values = Vec::with_capacity(bytes.len() / float.size());
    float.append(&bytes, &mut values);
    Ok(values)
}

/// `{"index2word": {0: "PAD", …}}` under `key`, in the order of the ids; `None` if there is none.
pub(super) fn words_of(path: &Path, key: &str) -> Result<Option<Vec<String>>, Error> {
    let Ok(PickleValue::Dict(mut fields)) = PytorchReader::read_pickle_data(path, Some(key)) else {
        return Ok(None);
    };
    let Some(PickleValue::Dict(words)) = fields.remove("index2word") else { return Ok(None) };
    let pair = |(id, word): (String, PickleValue)| match word {
        PickleValue::String(word) => Some((id.parse::<usize>().ok()?, word)),
        _ => None,
    };
    let mut pairs: Vec<(usize, String)> = words.into_iter().filter_map(pair).collect();
    pairs.sort();
    if pairs.iter().enumerate().any(|(place, (id, _))| place != *id) {
        let why = format!("`{key}.index2word` does not give each id from 0 on once");
        return Err(Error::container(path, "PyTorch", &why));
    }
    Ok(Some(pairs.into_iter().map(|(_, word)| word).collect()))
}
