//! `weights.safetensors`: named arrays of `f32`, taken out one by one.

use crate::{Error, file, nearest};
use half::{bf16, f16};
use ndarray::{ArcArray, ArcArray2, Array1, Array4, ArrayD, Dimension, IxDyn};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use std::collections::BTreeMap;
use std::path::Path;

/// Largest weight file that is read, in bytes: over a hundred times what a microcontroller holds.
const MOST_BYTES: u64 = 1 << 30;

/// How the name of a count of batches ends.
const COUNT: &str = ".num_batches_tracked";

/// The tensors of a file. Each is taken once; what is left at the end is reported. A table that has several
/// names is in memory once.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    tensors: BTreeMap<String, ArcArray<f32, IxDyn>>,
    /// Every name of the file, also of those taken: spelling hints draw on all of them.
    names: Vec<String>,
    /// What tensors are called in the file, if not as here.
    theirs: BTreeMap<String, String>,
}

impl Weights {
    /// Reads all tensors; f16 and bf16 become f32. PyTorch's count of batches, an integer beside
    /// each batch normalisation, is no weight and left out.
    ///
    /// # Errors
    /// Unreadable, too large or malformed file, other element types, NaN or infinity.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let bytes = file::read(path, MOST_BYTES)?;
        let malformed = |cause| Error::Safetensors { path: path.into(), cause };
        let file = SafeTensors::deserialize(&bytes).map_err(malformed)?;
        let mut tensors = BTreeMap::new();
        for (name, view) in file.iter().filter(|(name, _)| !name.ends_with(COUNT)) {
            tensors.insert(name.to_owned(), array(name, &view)?.into_shared());
        }
        let names = tensors.keys().cloned().collect();
        Ok(Self { names, tensors, theirs: BTreeMap::new() })
    }

    /// Of these tensors, as another reader found them.
    pub fn of<N: Into<String>, A: Into<ArcArray<f32, IxDyn>>>(
        tensors: impl IntoIterator<Item = (N, A)>,
    ) -> Self {
        let tensors: BTreeMap<_, _> =
            tensors.into_iter().map(|(name, array)| (name.into(), array.into())).collect();
        Self { names: tensors.keys().cloned().collect(), tensors, theirs: BTreeMap::new() }
    }

    /// Takes the matrix `name`: `[rows, columns]`.
    ///
    /// # Errors
    /// The tensor is missing or has another shape.
    pub fn matrix(&mut self, name: &str, shape: [usize; 2]) -> Result<ArcArray2<f32>, Error> {
        self.shaped(name, &shape)
    }

    /// Takes the vector `name`: `[length]`.
    ///
    /// # Errors
    /// The tensor is missing or has another shape.
    pub fn vector(&mut self, name: &str, length: usize) -> Result<Array1<f32>, Error> {
        Ok(self.shaped(name, &[length])?.into_owned())
    }

    /// Takes the filters `name`, of four axes.
    ///
    /// # Errors
    /// The tensor is missing or has another shape.
    pub fn tensor4(&mut self, name: &str, shape: [usize; 4]) -> Result<Array4<f32>, Error> {
        Ok(self.shaped(name, &shape)?.into_owned())
    }

    fn shaped<D: Dimension>(
        &mut self,
        name: &str,
        need: &[usize],
    ) -> Result<ArcArray<f32, D>, Error> {
        let array = self.take(name)?;
        let have = array.shape().to_vec();
        match array.into_dimensionality() {
            Ok(array) if have == need => Ok(array),
            _ => {
                let name = self.theirs.remove(name).unwrap_or_else(|| name.into());
                Err(Error::Shape { name, have, need: need.into() })
            }
        }
    }

    /// Calls a tensor of the file by another name, which no tensor has yet; errors still speak of
    /// the one in the file.
    pub(crate) fn rename(&mut self, theirs: &str, ours: &str) {
        if self.has(ours) {
            return;
        }
        if let Some(tensor) = self.tensors.remove(theirs) {
            self.tensors.insert(ours.into(), tensor);
            self.theirs.insert(ours.into(), theirs.into());
        }
    }

    /// Leaves a tensor out, if the file has it.
    pub(crate) fn leave_out(&mut self, name: &str) {
        self.tensors.remove(name);
    }

    /// Whether `name` is in the file and was not taken yet.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// Takes the vector `name` if the file has it.
    ///
    /// # Errors
    /// The tensor has another shape.
    pub fn maybe_vector(
        &mut self,
        name: &str,
        length: usize,
    ) -> Result<Option<Array1<f32>>, Error> {
        if self.has(name) { self.vector(name, length).map(Some) } else { Ok(None) }
    }

    /// Numbers in all tensors that were not taken yet.
    #[must_use]
    pub fn numbers(&self) -> usize {
        self.tensors.values().map(ArcArray::len).sum()
    }

    /// Ends the taking.
    ///
    /// # Errors
    /// Names the tensors that nothing took.
    pub fn finish(self) -> Result<(), Error> {
        if self.tensors.is_empty() {
            return Ok(());
        }
        let mut theirs = self.theirs;
        let name = |ours: String| theirs.remove(&ours).unwrap_or(ours);
        let mut names: Vec<String> = self.tensors.into_keys().map(name).collect();
        names.sort();
        Err(Error::Unused { names })
    }

    fn take(&mut self, name: &str) -> Result<ArcArray<f32, IxDyn>, Error> {
        self.tensors.remove(name).ok_or_else(|| {
            // What is still there is likelier to be the misspelled one than what was taken.
            let left = self.tensors.keys().map(String::as_str);
            let near = nearest(name, left)
                .or_else(|| nearest(name, self.names.iter().map(String::as_str)));
            Error::Missing { name: name.into(), nearest: near.map(str::to_owned) }
        })
    }
}

fn array(name: &str, view: &TensorView<'_>) -> Result<ArrayD<f32>, Error> {
    let bytes = view.data();
    let values: Vec<f32> = match view.dtype() {
        Dtype::F32 => bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
        Dtype::F16 => bytes.as_chunks().0.iter().map(|b| f16::from_le_bytes(*b).to_f32()).collect(),
        Dtype::BF16 => {
            bytes.as_chunks().0.iter().map(|b| bf16::from_le_bytes(*b).to_f32()).collect()
        }
        other => return Err(Error::ElementType { name: name.into(), have: format!("{other:?}") }),
    };
    let shape = view.shape();
    if let Some(at) = values.iter().position(|value| !value.is_finite()) {
        let index = unravel(at, shape);
        return Err(Error::NotFinite { name: name.into(), index, value: values[at] });
    }
    let have = vec![values.len()];
    ArrayD::from_shape_vec(shape, values).map_err(|_| Error::Shape {
        name: name.into(),
        have,
        need: shape.to_vec(),
    })
}

/// The index along each dimension of the element at `at` in row-major order.
#[must_use]
pub fn unravel(mut at: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (index, &size) in index.iter_mut().zip(shape).rev() {
        *index = at % size.max(1);
        at /= size.max(1);
    }
    index
}
