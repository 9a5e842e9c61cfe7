//! The float twin of a model file, from the files beside it or those named.

use crate::cli::FloatFiles;
use crate::problem::Problem;
use std::path::{Path, PathBuf};
use twin::{Description, Transformer, Weights};

/// Reads the twin of `model`.
pub(crate) fn read(files: &FloatFiles, model: &Path) -> Result<Transformer, Problem> {
    let [_, weights, config] = files.inputs(model);
    Ok(Transformer::new(Description::read(&config)?, Weights::read(&weights)?)?)
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
