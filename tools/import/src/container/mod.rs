//! Containers: a file in, named tensors out.
//!
//! ```text
//! .safetensors ─┐
//! ….index.json ─┤
//! .onnx         │
//! .pt .pth .bin ┼─► Store: a shape for each name ─ take(name, shape) ─► f32, checked
//! .weights.h5   │          (read when the file is opened)   (read now, one tensor at a time)
//! .keras       ─┘
//! ```
//! What a file is, its first bytes say, not its name. A tensor's shape must be the one that is asked
//! for before any number of it is read, so that a file cannot ask for more memory than the model does.

mod element;
mod hdf5;
mod keras;
mod metered;
mod onnx;
mod order;
mod pickle;
mod pytorch;
mod safetensors;
mod shards;
mod unknown;

pub(crate) use element::Float;

use crate::{Error, names};
use ndarray::{ArcArray2, Array, ArrayD, Dimension, IxDyn};
use order::Order;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Largest file that is opened, in bytes.
const MOST_BYTES: u64 = 1 << 32;
/// Most numbers that are taken from a model: a hundred times what a microcontroller holds.
const MOST_NUMBERS: usize = 1 << 28;
/// Bytes that say what a file is.
const START: u64 = 64;

/// A tensor that was found, not yet read.
pub(crate) struct Found {
    shape: Vec<usize>,
    /// Its element type, or the name of one that is not read.
    float: Result<Float, String>,
    place: Place,
    order: Order,
}

/// Where its numbers are.
enum Place {
    /// In a file, from this byte.
    File(Rc<File>, u64),
    PyTorch(pytorch_reader::Tensor),
    Hdf5(Box<hdf5_reader::Dataset>),
    /// Here: they were read once.
    Read(ArcArray2<f32>),
}

/// What a file says of itself beside its tensors.
pub(crate) enum Origin {
    /// Nothing.
    Names,
    /// Its tensors lie under the paths of Keras' layers; a `.keras` has what describes these.
    Keras(Option<Value>),
}

/// The tensors of a file. Each is taken once; what is left at the end is reported.
pub(crate) struct Store {
    path: PathBuf,
    origin: Origin,
    tensors: BTreeMap<String, Found>,
    /// Every name of the file, also of those taken: spelling hints draw on all of them.
    names: Vec<String>,
    /// Numbers taken so far.
    taken: usize,
}

impl Store {
    /// Opens a file of any kind.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let (found, origin) = open_any(path)?;
        Self::of(path, found, origin)
    }

    /// Opens the files of a model in parts: `rename` gives a tensor of the n-th its name in the whole.
    /// What several have, the last one's is taken.
    pub(crate) fn open_parts(
        path: &Path,
        files: &[PathBuf],
        rename: impl Fn(usize, &str) -> String,
    ) -> Result<Self, Error> {
        let mut all = BTreeMap::new();
        for (n, file) in files.iter().enumerate() {
            let found = open_file(file)?.0.into_iter();
            all.extend(found.map(|(name, found)| (rename(n, &name), found)));
        }
        Self::of(path, all.into_iter().collect(), Origin::Names)
    }

    fn of(path: &Path, found: Vec<(String, Found)>, origin: Origin) -> Result<Self, Error> {
        let tensors = names::plain(path, found)?;
        let names = tensors.keys().cloned().collect();
        Ok(Self { path: path.into(), origin, tensors, names, taken: 0 })
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The shape of a tensor that was not taken yet.
    pub(crate) fn shape(&self, name: &str) -> Option<&[usize]> {
        self.tensors.get(name).map(|found| found.shape.as_slice())
    }

    /// How long an axis of such a tensor is; 0 if it is not there.
    pub(crate) fn size(&self, name: &str, axis: usize) -> usize {
        self.shape(name).and_then(|shape| shape.get(axis)).copied().unwrap_or(0)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// Names of tensors that were not taken yet, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// The words of a dictionary under this name beside the tensors, if there is one.
    pub(crate) fn words_of(&self, key: &str) -> Result<Option<Vec<String>>, Error> {
        let pickled = self.tensors.values().any(|found| matches!(found.place, Place::PyTorch(_)));
        if pickled { pytorch::words_of(&self.path, key) } else { Ok(None) }
    }

    /// Forgets tensors that no model needs.
    pub(crate) fn leave_out(&mut self, unwanted: impl Fn(&str) -> bool) {
        self.tensors.retain(|name, _| !unwanted(name));
    }

    /// Takes a tensor of this shape.
    pub(crate) fn take<D: Dimension>(
        &mut self,
        name: &str,
        need: &[usize],
    ) -> Result<Array<f32, D>, Error> {
        let array = self.read(name, need)?;
        self.tensors.remove(name);
        Ok(array)
    }

    /// The same of a table that both sides may have: it may be taken again, and is read once.
    pub(crate) fn share(&mut self, name: &str, need: [usize; 2]) -> Result<ArcArray2<f32>, Error> {
        let found = self.tensors.get(name).filter(|found| found.shape == need);
        if let Some(Found { place: Place::Read(table), .. }) = found {
            return Ok(table.clone());
        }
        let table = self.read(name, &need)?.into_shared();
        if let Some(found) = self.tensors.get_mut(name) {
            (found.place, found.order) = (Place::Read(table.clone()), Order::Given);
        }
        Ok(table)
    }

    fn read<D: Dimension>(&mut self, name: &str, need: &[usize]) -> Result<Array<f32, D>, Error> {
        let path = || self.path.clone();
        let Some(found) = self.tensors.get(name) else { return Err(self.missing(name, need)) };
        if found.shape != need {
            let (have, need) = (found.shape.clone(), need.into());
            return Err(Error::Shape { path: path(), name: name.into(), have, need });
        }
        let float = found.float.clone().map_err(|have| Error::ElementType {
            path: path(),
            name: name.into(),
            have,
        })?;
        let count = need.iter().try_fold(1usize, |count, &n| count.checked_mul(n));
        let count = count.filter(|count| self.taken.saturating_add(*count) <= MOST_NUMBERS);
        let Some(count) = count else {
            return Err(Error::Numbers { path: path(), name: name.into(), most: MOST_NUMBERS });
        };
        self.taken += count;
        let values = match &found.place {
            Place::File(file, at) => safetensors::read(file, *at, float, count),
            Place::PyTorch(tensor) => pytorch::read(tensor, float),
            Place::Hdf5(tensor) => hdf5::read(tensor, float),
            Place::Read(table) => Ok(table.iter().copied().collect()),
        };
        let values = values.map_err(|cause| self.unreadable(name, cause))?;
        let values = found.order.given(values, need);
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let (name, value) = (name.into(), values[at]);
            return Err(Error::NotFinite {
                path: path(),
                name,
                at: twin::unravel(at, need),
                value,
            });
        }
        let have = vec![values.len()];
        let array = ArrayD::from_shape_vec(IxDyn(need), values).ok();
        let array = array.and_then(|array| array.into_dimensionality().ok());
        array.ok_or_else(|| Error::Shape {
            path: path(),
            name: name.into(),
            have,
            need: need.into(),
        })
    }

    fn unreadable(&self, name: &str, cause: std::io::Error) -> Error {
        Error::Tensor { path: self.path.clone(), name: name.into(), cause }
    }

    fn missing(&self, name: &str, need: &[usize]) -> Error {
        // What is still there is likelier to be the misspelled one than what was taken.
        let left = self.tensors.keys().map(String::as_str);
        let near = twin::nearest(name, left)
            .or_else(|| twin::nearest(name, self.names.iter().map(String::as_str)));
        Error::Missing {
            path: self.path.clone(),
            name: name.into(),
            need: need.into(),
            nearest: near.map(str::to_owned),
        }
    }

    /// Ends the taking: names the tensors that nothing took.
    pub(crate) fn finish(&self) -> Result<(), Error> {
        if self.tensors.is_empty() {
            return Ok(());
        }
        Err(Error::Unused {
            path: self.path.clone(),
            names: self.names().map(str::to_owned).collect(),
        })
    }
}

fn open_any(path: &Path) -> Result<(Vec<(String, Found)>, Origin), Error> {
    if shards::is_one(path) {
        return Ok((shards::open(path)?, Origin::Names));
    }
    open_file(path)
}

fn open_file(path: &Path) -> Result<(Vec<(String, Found)>, Origin), Error> {
    let failed = |cause| Error::Read { path: path.into(), cause };
    let metadata = path.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(Error::NotAFile { path: path.into() });
    }
    let (file, bytes) = (File::open(path).map_err(failed)?, metadata.len());
    if bytes > MOST_BYTES {
        return Err(
            twin::Error::TooLarge { path: path.into(), have: bytes, most: MOST_BYTES }.into()
        );
    }
    let mut start = Vec::new();
    (&file).take(START).read_to_end(&mut start).map_err(failed)?;
    let of_keras = |(found, config): keras::Saved| (found, Origin::Keras(config));
    if hdf5::begins(&start) {
        return keras::open_weights(path, file).map(of_keras);
    }
    if pytorch::begins_zip(&start) && keras::is_one(&file) {
        return keras::open_archive(path, file, bytes).map(of_keras);
    }
    let found = if safetensors::begins(&start) {
        safetensors::open(path, file, bytes)
    } else if pytorch::begins_zip(&start) {
        pytorch::open_zip(path, file, bytes)
    } else if pytorch::begins_legacy(&start) {
        pytorch::open_legacy(path, file, bytes)
    } else if onnx::begins(&start) {
        onnx::open(path, file, bytes)
    } else {
        Err(Error::Unknown { path: path.into(), what: unknown::what(&start) })
    };
    Ok((found?, Origin::Names))
}

/// The files beside one that it names, as far as it can be read.
pub(crate) fn beside(path: &Path) -> Vec<PathBuf> {
    let names = if shards::is_one(path) { shards::names(path) } else { onnx::names(path) };
    names.into_iter().map(|name| path.with_file_name(name)).collect()
}
