//! HDF5, as Keras writes it: groups, and in each `vars` the tensors of a layer by their number.
//!
//! ```text
//! layers/gru/cell/vars/0  kernel    1  recurrent_kernel    2  bias
//! ```
//! `hdf5-reader` reads the format: in safe bounds, without other files that a link may name, and a tensor
//! only when it is taken; how much of a file its groups may lead to, `metered.rs` limits. Names, shapes and types are looked at when the file is opened. What an
//! optimiser keeps and states of random numbers are left out.

use super::metered::Metered;
use super::{Float, Found, Order, Place};
use crate::Error;
use hdf5_reader::group::Group;
use hdf5_reader::{ByteOrder, Dataset, Datatype, Hdf5File, OpenOptions, Storage};
use std::path::Path;
use std::sync::Arc;

/// The first bytes of every such file.
const MAGIC: [u8; 8] = *b"\x89HDF\r\n\x1a\n";
/// Most groups inside each other.
const MOST_DEPTH: usize = 32;
/// Most groups and tensors.
const MOST_OBJECTS: usize = 1 << 16;
/// Most bytes of all their paths.
const MOST_NAMES: usize = 1 << 25;
/// Largest header of a group or a tensor, in bytes.
const MOST_HEADER: usize = 1 << 20;
/// How many times as many bytes as the file has its tensors may have, packed ones unpacked.
const MOST_TIMES: u64 = 4;
/// Variables of optimisers, beside the layers.
const OPTIMISER: &str = "optimizer";
/// States of random numbers, inside layers such as `Dropout`.
const SEEDS: &str = "seed_generator";
/// What Keras 2 wrote, at the root.
const KERAS_2: [&str; 2] = ["layer_names", "model_weights"];

/// Whether a file that begins so is one.
pub(super) fn begins(start: &[u8]) -> bool {
    start.starts_with(&MAGIC)
}

/// What is wrong with such a file.
pub(super) fn wrong(path: &Path, why: &str) -> Error {
    Error::container(path, "HDF5", why)
}

/// The tensors of a file in a storage.
pub(super) fn open(path: &Path, storage: Arc<dyn Storage>) -> Result<Vec<(String, Found)>, Error> {
    let failed = |cause: hdf5_reader::error::Error| wrong(path, &cause.to_string());
    let most = usize::try_from(storage.len().saturating_mul(MOST_TIMES)).unwrap_or(usize::MAX);
    let options = OpenOptions::default()
        .with_chunk_cache_bytes(0)
        .with_max_chunk_bytes(most)
        .with_max_read_bytes(most)
        .with_max_object_header_bytes(MOST_HEADER);
    let metered = Metered::of(storage);
    let file = Hdf5File::from_storage_with_options(metered.clone(), options).map_err(failed)?;
    let root = file.root_group().map_err(failed)?;
    if KERAS_2.iter().any(|name| root.attribute(name).is_ok() || root.group(name).is_ok()) {
        let why = "it is of Keras 2 or before; load it with Keras 3, and save it as `.keras`";
        return Err(wrong(path, why));
    }
    let (left, names) = (most as u64, MOST_NAMES);
    let mut walk = Walk { path, objects: 0, left, names, found: Vec::new() };
    walk.group(&root, "", 0)?;
    metered.listed();
    Ok(walk.found)
}

/// What was met on the way through all groups.
struct Walk<'p> {
    path: &'p Path,
    objects: usize,
    /// Bytes that the tensors may still have.
    left: u64,
    /// Bytes that their paths may still have.
    names: usize,
    found: Vec<(String, Found)>,
}

impl Walk<'_> {
    /// `inside`: the path of the group, with an end `/` unless it is the root.
    fn group(&mut self, group: &Group, inside: &str, depth: usize) -> Result<(), Error> {
        if depth > MOST_DEPTH {
            let why = format!("its groups lie more than {MOST_DEPTH} deep, or in themselves");
            return Err(wrong(self.path, &why));
        }
        let failed = |cause: hdf5_reader::error::Error| {
            wrong(self.path, &format!("{cause} (in group `/{inside}`)"))
        };
        let (groups, tensors) = group.members().map_err(failed)?;
        self.objects += groups.len() + tensors.len();
        if self.objects > MOST_OBJECTS {
            let why = format!("it has over {MOST_OBJECTS} groups and tensors");
            return Err(wrong(self.path, &why));
        }
        for tensor in tensors {
            let name = self.path_of(inside, tensor.name())?;
            let found = self.tensor(&name, tensor)?;
            self.found.push((name, found));
        }
        for group in groups {
            let name = group.name();
            if !(depth == 0 && name == OPTIMISER || name.starts_with(SEEDS)) {
                let inside = self.path_of(inside, name)? + "/";
                self.group(&group, &inside, depth + 1)?;
            }
        }
        Ok(())
    }

    fn path_of(&mut self, inside: &str, name: &str) -> Result<String, Error> {
        let left = self.names.checked_sub(inside.len().saturating_add(name.len()));
        self.names = left.ok_or_else(|| {
            wrong(self.path, &format!("its paths have over {MOST_NAMES} bytes in all"))
        })?;
        Ok(format!("{inside}{name}"))
    }

    fn tensor(&mut self, name: &str, tensor: Dataset) -> Result<Found, Error> {
        let size = tensor.raw_byte_len().map_err(|cause| wrong(self.path, &cause.to_string()))?;
        let left = self.left.checked_sub(size as u64);
        self.left = left.ok_or_else(|| {
            let why = format!(
                "with `{name}` its tensors claim over {MOST_TIMES} times as many bytes as it has"
            );
            wrong(self.path, &why)
        })?;
        let axis = |&n: &u64| usize::try_from(n).unwrap_or(usize::MAX);
        let shape = tensor.shape().iter().map(axis).collect();
        let (float, order) = (float(&tensor), Order::Given);
        Ok(Found { shape, float, place: Place::Hdf5(Box::new(tensor)), order })
    }
}

/// Its element type. Keras keeps bfloat16 as two bytes each, and says so beside them.
fn float(tensor: &Dataset) -> Result<Float, String> {
    match tensor.dtype() {
        Datatype::FloatingPoint { size: 8, byte_order: ByteOrder::LittleEndian } => Ok(Float::F64),
        Datatype::FloatingPoint { size: 4, byte_order: ByteOrder::LittleEndian } => Ok(Float::F32),
        Datatype::FloatingPoint { size: 2, byte_order: ByteOrder::LittleEndian } => Ok(Float::F16),
        Datatype::Opaque { size: 2, .. } if is_bfloat16(tensor) => Ok(Float::Bf16),
        Datatype::FloatingPoint { size, .. } => {
            Err(format!("big-endian F{}", 8 * u32::from(*size)))
        }
        Datatype::FixedPoint { size, signed, .. } => {
            Err(format!("{}{}", if *signed { 'I' } else { 'U' }, 8 * u32::from(*size)))
        }
        _ => Err("unknown".into()),
    }
}

fn is_bfloat16(tensor: &Dataset) -> bool {
    tensor.attribute("dtype").is_ok_and(|said| said.read_string().is_ok_and(|s| s == "bfloat16"))
}

/// The numbers of a tensor.
pub(super) fn read(tensor: &Dataset, float: Float) -> std::io::Result<Vec<f32>> {
    let bytes = tensor.read_raw_bytes().map_err(std::io::Error::other)?;
    let mut values = Vec::with_capacity(bytes.len() / float.size());
    float.append(&bytes, &mut values);
    Ok(values)
}
