//! Models of Keras 3: `.keras`, and `.weights.h5` with a description beside it.
//!
//! ```text
//! config.json ─► Graph ─► recurrent::Model, or Transformer ─► Description ─► Weights
//! a description of ours ─► Named, by the paths alone ───────────────────────► Weights
//! ```
//! docs/CONVERT.md lists which layers of Keras are what here.

mod blocks;
mod denses;
mod graph;
mod layers;
mod looks;
mod named;
mod parse;
mod recurrent;
mod said;
mod stack;
mod starts;
mod tables;
mod transformer;

use crate::container::Store;
use crate::{Error, Request};
use graph::Graph;
use recurrent::Model;
use serde_json::Value;
use transformer::Transformer;
use twin::{Description, Weights};

/// How the layers of a file become ours.
pub(crate) enum Saved {
    /// By what a `.keras` says of two recurrent sides.
    Recurrent(Box<Model>),
    /// By what it says of keras.io's classes.
    Transformer(Transformer),
    /// By the names of a model that we have a description of.
    Named,
}

impl Saved {
    /// Reads what a `.keras` says of itself.
    pub(crate) fn of(
        store: &Store,
        config: &Value,
        request: &Request,
        remarks: &mut Vec<String>,
    ) -> Result<(Self, Description), Error> {
        let graph = Graph::of(store.path(), config)?;
        if let Some(model) = Transformer::of(&graph, store)? {
            let description = model.description(store, request, remarks)?;
            return Ok((Self::Transformer(model), description));
        }
        let model = Model::of(&graph)?;
        let description = model.description(request, remarks)?;
        Ok((Self::Recurrent(Box::new(model)), description))
    }

    /// Everything in the file under our names.
    pub(crate) fn weights(&self, store: Store, d: &Description) -> Result<Weights, Error> {
        match self {
            Self::Recurrent(model) => model.weights(store),
            Self::Transformer(model) => model.weights(store, d),
            Self::Named => named::weights(store, d),
        }
    }
}
