//! `.onnx`: a graph that `torch.onnx.export` wrote, also by way of optimum, as the weights of the module
//! that it was.
//!
//! ```text
//! wire.rs ─► graph.rs: nodes, initialisers ─► named.rs: what PyTorch calls each ─► tensors
//!                                             cell.rs:  GRU, LSTM, RNN apart
//! ```
//! Numbers stay in the file, or in those beside it that it names, until they are asked for. What the graph
//! computes is not looked at: a description says it.

mod cell;
mod graph;
mod known;
mod named;
mod wire;

use super::{Float, Found, Order, Place};
use crate::Error;
use graph::{Data, Graph, Tensor};
use named::All;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::Path;
use std::rc::Rc;
use wire::Wire;

/// Most numbers of a state that a layer starts with.
const MOST_STATE: usize = 1 << 20;

/// Whether a file that begins so is one: the version of its format, a small number, then a text or the
/// graph.
pub(super) fn begins(start: &[u8]) -> bool {
    matches!(start, [0x08, 1..=32, 0x12 | 0x1a | 0x22 | 0x28 | 0x32 | 0x3a | 0x42, ..])
}

/// A tensor of the file, or a piece of one, as the module has it.
struct Named {
    name: String,
    tensor: usize,
    /// Numbers before it.
    skip: u64,
    shape: Vec<usize>,
    order: Order,
}

/// The tensors of a graph under the names that its module has.
pub(super) fn open(path: &Path, mut file: File, bytes: u64) -> Result<Vec<(String, Found)>, Error> {
    file.rewind().map_err(|cause| Error::Read { path: path.into(), cause })?;
    let wrong = |why: String| Error::container(path, "valid ONNX", &why);
    let graph = Graph::of(&mut Wire::new(&file), bytes).map_err(wrong)?;
    let All { weights, zeros } = named::all(&graph).map_err(wrong)?;
    let mut files = Files { path, own: (Rc::new(file), bytes), others: BTreeMap::new() };
    for (node, one) in zeros {
        let tensor = &graph.tensors[one.tensor];
        if !is_zero(&files.found(tensor, &one)?) {
            let name = &tensor.name;
            return Err(wrong(format!("{node} starts with {name:?}, which is not all zeros")));
        }
    }
    let found = weights.into_iter().map(|one| {
        let tensor = &graph.tensors[one.tensor];
        let found = files.found(tensor, &one)?;
        Ok((one.name, found))
    });
    found.collect()
}

/// Whether a tensor is all zeros, of no more numbers than a state has.
fn is_zero(found: &Found) -> bool {
    let count = found.shape.iter().try_fold(1usize, |count, &n| count.checked_mul(n));
    let (Some(count @ ..=MOST_STATE), Ok(float), Place::File(file, at)) =
        (count, &found.float, &found.place)
    else {
        return false;
    };
    let values = super::safetensors::read(file, *at, *float, count);
    values.is_ok_and(|values| values.iter().all(|&value| value == 0.0))
}

/// The files beside one that its tensors lie in; none if it cannot be read.
pub(super) fn names(path: &Path) -> BTreeSet<String> {
    let names = |graph: Graph| {
        let outside = graph.tensors.into_iter().filter_map(|tensor| match tensor.data {
            Data::Beside(name, _) => Some(name),
            _ => None,
        });
        outside.collect()
    };
    graph(path).map(names).unwrap_or_default()
}

/// The graph of a file, if it has one.
fn graph(path: &Path) -> Option<Graph> {
    let metadata = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let mut file = File::open(path).ok()?;
    let mut start = Vec::new();
    (&file).take(super::START).read_to_end(&mut start).ok()?;
    if !begins(&start) {
        return None;
    }
    file.rewind().ok()?;
    Graph::of(&mut Wire::new(&file), metadata.len()).ok()
}

/// Files with numbers in them.
struct Files<'p> {
    path: &'p Path,
    own: (Rc<File>, u64),
    others: BTreeMap<String, (Rc<File>, u64)>,
}

impl Files<'_> {
    fn found(&mut self, tensor: &Tensor, named: &Named) -> Result<Found, Error> {
        let path = self.path;
        let wrong = |why: String| Error::container(path, "valid ONNX", &why);
        let (size, float) = match tensor.kind {
            1 => (4, Ok(Float::F32)),
            10 => (2, Ok(Float::F16)),
            11 => (8, Ok(Float::F64)),
            16 => (2, Ok(Float::Bf16)),
            other => (1, Err(format!("ONNX type {other}"))),
        };
        let count = tensor.shape.iter().try_fold(size, |count: u64, &n| count.checked_mul(n));
        let (file, at, room) = match &tensor.data {
            Data::None => (self.own.0.clone(), 0, 0),
            Data::Here(at, length) => (self.own.0.clone(), *at, *length),
            Data::Beside(name, at) => {
                let (file, bytes) = self.beside(name)?;
                let room = bytes.saturating_sub(*at);
                (file, *at, count.map_or(room, |count| count.min(room)))
            }
        };
        if float.is_ok() && count != Some(room) {
            return Err(wrong(format!(
                "tensor {:?} of shape {:?} has {room} bytes, not {size} for each number",
                tensor.name, tensor.shape
            )));
        }
        let place = Place::File(file, at.saturating_add(named.skip.saturating_mul(size)));
        Ok(Found { shape: named.shape.clone(), float, place, order: named.order })
    }

    /// A file that lies beside this one.
    fn beside(&mut self, name: &str) -> Result<(Rc<File>, u64), Error> {
        if let Some((file, bytes)) = self.others.get(name) {
            return Ok((file.clone(), *bytes));
        }
        // A name alone: no other folder is looked into.
        if Path::new(name).file_name().is_none_or(|file| file != name) {
            let why = format!("it names {name:?}, which is not a file beside it");
            return Err(Error::container(self.path, "valid ONNX", &why));
        }
        let path = self.path.with_file_name(name);
        let failed = |cause| Error::Read { path: path.clone(), cause };
        let metadata = path.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err(Error::NotAFile { path });
        }
        let opened = (Rc::new(File::open(&path).map_err(failed)?), metadata.len());
        self.others.insert(name.to_owned(), opened.clone());
        Ok(opened)
    }
}
