//! The float twin of a model file, from the files beside it or those named.

use crate::cli::FloatFiles;
use crate::engine::Engine;
use crate::problem::Problem;
use import::Request;
use std::path::{Path, PathBuf};
use twin::Model;

/// Reads the twin of `model`, which `engine` has read already, with no more words than that has.
pub(crate) fn read(
    files: &FloatFiles,
    model: &Path,
    engine: &Engine<'_>,
) -> Result<Model, Problem> {
    let [model, weights, config] = files.inputs(model);
    // What describes itself needs no description beside the model, but lengths.
    let alone = files.config.is_none() && files.weights.is_some() && !config.is_file();
    let [source, target] = engine.lengths();
    let request = match alone || weights.is_dir() {
        true => {
            Request { max_source: Some(source), max_target: Some(target), ..Request::default() }
        }
        false => Request { config: Some(config.clone()), ..Request::default() },
    };
    let mut import = import::open(&weights, &request)?;
    if request.config.is_none() {
        // Word lists were given to `convert`: the model has them.
        engine.give_words(&mut import.description);
    }
    let Some([source, target]) = engine.ids_in(&import.description) else {
        return Err(Problem::Twins { model, config });
    };
    let (description, weights) = import.weights()?;
    let mut twin = Model::new(description, weights)?;
    twin.keep_words(&source, &target)?;
    Ok(twin)
}

impl FloatFiles {
    /// The model file, the float weights and their description.
    pub(crate) fn inputs(&self, model: &Path) -> [PathBuf; 3] {
        let beside = |named: &Option<PathBuf>, name| {
            named.clone().unwrap_or_else(|| model.with_file_name(name))
        };
        let weights = beside(&self.weights, "weights.safetensors");
        [model.into(), weights, beside(&self.config, "model.json")]
    }
}
