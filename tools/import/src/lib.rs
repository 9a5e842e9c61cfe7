//! What people already have, as a description and weights of the float twin.
//!
//! ```text
//! a file    ─► Store: named tensors ┐
//! a folder  ─► its config.json      ┴─► Description, then Weights under our names
//! ```
//! [`open`] reads names, shapes and what describes the model; [`Import::weights`] reads the numbers, so
//! that a model that does not fit is refused before. docs/CONVERT.md lists what is read.
//! Nothing here runs what a file says. What it can ask for in RAM is limited: for numbers a few times its
//! bytes, for what describes them and for names as much as docs/CONVERT.md says.

mod container;
mod error;
mod files;
mod hugging_face;
mod keras;
mod names;
mod pytorch;
mod taken;
mod tokenizers;
mod words;

pub use error::Error;
pub use files::files;
pub use hugging_face::USUAL_LENGTH;

use container::{Origin, Store};
use pytorch::{Chatbot, Sides, Tutorial, as_they_are};
use std::path::{Path, PathBuf};
use twin::{Description, Weights};

/// What the caller wants of a model, beside what its files say.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Our own description (docs/WEIGHTS.md), where the files do not describe the model.
    pub config: Option<PathBuf>,
    /// Longest source in tokens, end mark included; a default of the kind of files if not given.
    pub max_source: Option<usize>,
    /// Longest target in tokens.
    pub max_target: Option<usize>,
    /// Words of the source in the order of their ids, where the files have none.
    pub source_words: Option<PathBuf>,
    /// Words of the target.
    pub target_words: Option<PathBuf>,
    /// Tokenizer of the source, in place of what lies beside the weights.
    pub source_tokenizer: Option<PathBuf>,
    /// Tokenizer of the target.
    pub target_tokenizer: Option<PathBuf>,
    /// What boards translate to check themselves; made up if not given.
    pub selftest: Option<String>,
}

/// A model whose weights are not yet read.
pub struct Import {
    /// What it is made of.
    pub description: Description,
    /// What the user should know: one sentence each.
    pub remarks: Vec<String>,
    store: Store,
    layout: Layout,
}

/// How the tensors of the store become ours.
enum Layout {
    AsTheyAre,
    Transformer(Sides),
    Tutorial(Tutorial),
    Chatbot(Chatbot),
    HuggingFace(hugging_face::Folder),
    Keras(keras::Saved),
}

/// Opens a file of weights, or a folder.
///
/// # Errors
/// Unreadable, malformed or unknown files, and models that cannot be described.
pub fn open(path: &Path, request: &Request) -> Result<Import, Error> {
    if path.is_dir() {
        return folder(path, request);
    }
    let store = Store::open(path)?;
    match &request.config {
        Some(config) => described(store, config, request),
        None => undescribed(store, request),
    }
}

fn folder(path: &Path, request: &Request) -> Result<Import, Error> {
    let (config, weights) = (path.join("model.json"), path.join("weights.safetensors"));
    if !hugging_face::is_one(path) && config.is_file() && weights.is_file() {
        return described(Store::open(&weights)?, &config, request);
    }
    if request.config.is_some() || !hugging_face::is_one(path) {
        let why =
            "is a folder without config.json, or has --config beside it; give the file of weights";
        return Err(Error::Model { path: path.into(), why: why.into() });
    }
    let mut remarks = Vec::new();
    let (folder, description, store) = hugging_face::open(path, request, &mut remarks)?;
    description.check()?;
    Ok(Import { description, remarks, store, layout: Layout::HuggingFace(folder) })
}

fn described(store: Store, config: &Path, request: &Request) -> Result<Import, Error> {
    let mut description = tokenizers::describe(config, request)?;
    if let Some(length) = request.max_source {
        description.max_source_len = length;
    }
    if let Some(length) = request.max_target {
        description.max_target_len = length;
    }
    if let Some(selftest) = &request.selftest {
        description.selftest.clone_from(selftest);
    }
    if matches!(store.origin(), Origin::Keras(_)) {
        description.check()?;
        let layout = Layout::Keras(keras::Saved::Named);
        return Ok(Import { description, remarks: Vec::new(), store, layout });
    }
    let sides = Sides::of(&store);
    if let Some(sides) = &sides {
        sides.complete(&store, &mut description);
    }
    let layout = sides.map_or(Layout::AsTheyAre, Layout::Transformer);
    description.check()?;
    Ok(Import { description, remarks: Vec::new(), store, layout })
}

fn undescribed(store: Store, request: &Request) -> Result<Import, Error> {
    let mut remarks = Vec::new();
    if let Origin::Keras(Some(config)) = store.origin() {
        let (saved, description) = keras::Saved::of(&store, config, request, &mut remarks)?;
        description.check()?;
        return Ok(Import { description, remarks, store, layout: Layout::Keras(saved) });
    }
    if let Some(chatbot) = Chatbot::of(&store)? {
        let description = chatbot.description(&store, request, &mut remarks)?;
        description.check()?;
        return Ok(Import { description, remarks, store, layout: Layout::Chatbot(chatbot) });
    }
    let Some(tutorial) = Tutorial::of(&store)? else {
        let why = "its tensors do not say what model they are of; describe it with --config FILE \
                   (docs/WEIGHTS.md), or give the folder of a Hugging Face model";
        return Err(Error::Model { path: store.path().into(), why: why.into() });
    };
    let description = tutorial.description(request, &mut remarks)?;
    description.check()?;
    Ok(Import { description, remarks, store, layout: Layout::Tutorial(tutorial) })
}

impl Import {
    /// The weights under our names.
    ///
    /// # Errors
    /// Missing, misshaped or unused tensors, NaN and infinity.
    pub fn weights(self) -> Result<(Description, Weights), Error> {
        let Self { description, store, layout, .. } = self;
        let weights = match layout {
            Layout::AsTheyAre => as_they_are::weights(store, &description)?,
            Layout::Transformer(sides) => sides.weights(store, &description)?,
            Layout::Tutorial(tutorial) => tutorial.weights(store)?,
            Layout::Chatbot(chatbot) => chatbot.weights(store)?,
            Layout::HuggingFace(folder) => folder.weights(store, &description)?,
            Layout::Keras(saved) => saved.weights(store, &description)?,
        };
        Ok((description, weights))
    }
}
