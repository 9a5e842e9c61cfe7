//! Tensors under our names, taken from a store one by one.

use crate::Error;
use crate::container::Store;
use ndarray::{ArcArray, Array1, Array2, Dimension, IxDyn};
use std::path::Path;
use twin::Weights;

/// With how many tensors of its shape one is compared.
const MOST_ALIKE: usize = 4;

/// What was taken so far, and what it is taken from.
pub(crate) struct Taken {
    store: Store,
    tensors: Vec<(String, ArcArray<f32, IxDyn>)>,
}

impl Taken {
    pub(crate) fn from(store: Store) -> Self {
        Self { store, tensors: Vec::new() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.store.path()
    }

    pub(crate) fn store(&mut self) -> &mut Store {
        &mut self.store
    }

    pub(crate) fn matrix(&mut self, theirs: &str, shape: [usize; 2]) -> Result<Array2<f32>, Error> {
        self.store.take(theirs, &shape)
    }

    pub(crate) fn vector(&mut self, theirs: &str, length: usize) -> Result<Array1<f32>, Error> {
        self.store.take(theirs, &[length])
    }

    /// A tensor under its name here. What one of the first of its shape is already, as a table of both sides, the two
    /// share.
    pub(crate) fn put<D: Dimension>(
        &mut self,
        ours: impl Into<String>,
        array: impl Into<ArcArray<f32, D>>,
    ) {
        let array = array.into().into_dyn();
        let alike = self.tensors.iter().map(|(_, other)| other);
        let mut alike = alike.filter(|other| other.shape() == array.shape()).take(MOST_ALIKE);
        let array = alike.find(|other| **other == array).cloned().unwrap_or(array);
        self.tensors.push((ours.into(), array));
    }

    /// A tensor as it is, under another name.
    pub(crate) fn carry(
        &mut self,
        theirs: &str,
        ours: impl Into<String>,
        shape: &[usize],
    ) -> Result<(), Error> {
        let array = self.store.take::<IxDyn>(theirs, shape)?;
        self.put(ours, array);
        Ok(())
    }

    /// `weight` `[rows, columns]`, and `bias` `[rows]` if there is one.
    pub(crate) fn linear(
        &mut self,
        theirs: &str,
        ours: &str,
        shape: [usize; 2],
    ) -> Result<(), Error> {
        self.carry(&format!("{theirs}.weight"), format!("{ours}.weight"), &shape)?;
        let bias = format!("{theirs}.bias");
        if self.store.has(&bias) {
            self.carry(&bias, format!("{ours}.bias"), &shape[..1])?;
        }
        Ok(())
    }

    /// γ and β of a norm.
    pub(crate) fn norm(&mut self, theirs: &str, ours: &str, width: usize) -> Result<(), Error> {
        for part in ["weight", "bias"] {
            self.carry(&format!("{theirs}.{part}"), format!("{ours}.{part}"), &[width])?;
        }
        Ok(())
    }

    /// Ends the taking: every tensor of the file was wanted.
    pub(crate) fn weights(self) -> Result<Weights, Error> {
        self.store.finish()?;
        Ok(Weights::of(self.tensors))
    }
}
