//! The float twin of a model file, from the files beside it or those named.

use crate::cli::FloatFiles;
use crate::engine::Engine;
use crate::problem::Problem;
use std::path::{Path, PathBuf};
use twin::{Model, Weights};

/// Reads the twin of `model`, which `engine` has read already, with no more words than that has.
pub(crate) fn read(
    files: &FloatFiles,
    model: &Path,
    engine: &Engine<'_>,
) -> Result<Model, Problem> {
    let [model, weights, config] = files.inputs(model);
    let description = files.tokenizers.describe(&config)?;
    let Some([source, target]) = engine.ids_in(&description) else {
        return Err(Problem::Twins { model, config });
    };
    let mut twin = Model::new(description, Weights::read(&weights)?)?;
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
