//! `weights.safetensors`: named arrays of `f32`, taken out one by one.

use crate::{Error, nearest};
use half::{bf16, f16};
use ndarray::{Array1, Array2, ArrayD, Ix1, Ix2};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use std::collections::BTreeMap;
use std::path::Path;

/// Largest weight file that is read, in bytes: over a hundred times what a microcontroller holds.
const MOST_BYTES: u64 = 1 << 30;

/// The tensors of a file. Each is taken once; what is left at the end is reported.
#[derive(Clone, Debug)]
pub struct Weights {
    tensors: BTreeMap<String, ArrayD<f32>>,
    /// Every name of the file, also of those taken: spelling hints draw on all of them.
    names: Vec<String>,
}

impl Weights {
    /// Reads all tensors; f16 and bf16 become f32.
    ///
    /// # Errors
    /// Unreadable, too large or malformed file, other element types, NaN or infinity.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let read = |cause| Error::Read { path: path.into(), cause };
        let have = std::fs::metadata(path).map_err(read)?.len();
        if have > MOST_BYTES {
            return Err(Error::TooLarge { path: path.into(), have, most: MOST_BYTES });
        }
        let bytes = std::fs::read(path).map_err(read)?;
        let malformed = |cause| Error::Safetensors { path: path.into(), cause };
        let file = SafeTensors::deserialize(&bytes).map_err(malformed)?;
        let mut tensors = BTreeMap::new();
        for (name, view) in file.iter() {
            tensors.insert(name.to_owned(), array(name, &view)?);
        }
        Ok(Self { names: tensors.keys().cloned().collect(), tensors })
    }

    /// Takes the matrix `name`: `[rows, columns]`.
    ///
    /// # Errors
    /// The tensor is missing or has another shape.
    pub fn matrix(&mut self, name: &str, shape: [usize; 2]) -> Result<Array2<f32>, Error> {
        let array = self.take(name)?;
        let have = array.shape().to_vec();
        match array.into_dimensionality::<Ix2>() {
            Ok(matrix) if matrix.shape() == shape => Ok(matrix),
            _ => Err(Error::Shape { name: name.into(), have, need: shape.into() }),
        }
    }

    /// Takes the vector `name`: `[length]`.
    ///
    /// # Errors
    /// The tensor is missing or has another shape.
    pub fn vector(&mut self, name: &str, length: usize) -> Result<Array1<f32>, Error> {
        let array = self.take(name)?;
        let have = array.shape().to_vec();
        match array.into_dimensionality::<Ix1>() {
            Ok(vector) if vector.len() == length => Ok(vector),
            _ => Err(Error::Shape { name: name.into(), have, need: vec![length] }),
        }
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
        if self.tensors.contains_key(name) { self.vector(name, length).map(Some) } else { Ok(None) }
    }

    /// Numbers in all tensors that were not taken yet.
    #[must_use]
    pub fn numbers(&self) -> usize {
        self.tensors.values().map(ArrayD::len).sum()
    }

    /// Ends the taking.
    ///
    /// # Errors
    /// Names the tensors that nothing took.
    pub fn finish(self) -> Result<(), Error> {
        if self.tensors.is_empty() {
            return Ok(());
        }
        Err(Error::Unused { names: self.tensors.into_keys().collect() })
    }

    fn take(&mut self, name: &str) -> Result<ArrayD<f32>, Error> {
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
fn unravel(mut at: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (index, &size) in index.iter_mut().zip(shape).rev() {
        *index = at % size.max(1);
        at /= size.max(1);
    }
    index
}
