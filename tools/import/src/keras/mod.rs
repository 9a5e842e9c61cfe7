//! Models of Keras 3: `.keras`, and `.weights.h5` with a description beside it.
//!
//! ```text
//! config.json ─► Graph ─► recurrent::Model or Transformer ─► Description, Weights
//! names alone, and a description of ours ─► named ─► Weights
//! ```
//! docs/CONVERT.md lists which layers of Keras are what here.

mod graph;
mod layers;
mod looks;
mod recurrent;
mod said;
mod starts;

use crate::container::Store;
use crate::{Error, Request};
use graph::Graph;
use recurrent::Model;
use serde_json::Value;
use twin::{Description, Weights};

/// How the layers of a file become ours.
pub(crate) struct Saved(Model);

impl Saved {
    /// Reads what a `.keras` says of itself.
    pub(crate) fn of(
        store: &Store,
        config: &Value,
        request: &Request,
        remarks: &mut Vec<String>,
    ) -> Result<(Self, Description), Error> {
        let graph = Graph::of(store.path(), config)?;
        let model = Model::of(&graph)?;
        let description = model.description(request, remarks)?;
        Ok((Self(model), description))
    }

    /// Everything in the file under our names.
    pub(crate) fn weights(&self, store: Store) -> Result<Weights, Error> {
        self.0.weights(store)
    }
}
