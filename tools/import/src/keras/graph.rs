//! `config.json` of a functional model: layers, and whose output each of them reads.
//!
//! ```text
//! {"class_name": "Functional", "config": {"layers": [
//!     {"class_name": "GRU", "name": "gru", "config": {…},
//!      "inbound_nodes": [{"args": [{… "keras_history": [layer, call, output]}], "kwargs": {…}}]}, …]}}
//! ```
//! Models inside a model are opened: their layers are called `model/layer`, and read what the model
//! reads. In the file of weights a layer lies under its class and a number, in the order of the list:
//! `layers/gru`, `layers/gru_1`.

use super::parse::{Reader, name, snake, text};
use crate::Error;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// Most models inside each other, and most layers of all of them.
const MOST: [usize; 2] = [8, 4096];
/// The class of a model whose connections are in the file.
const FUNCTIONAL: &str = "Functional";

/// What makes a mask of padding, of an `Embedding` or a `Masking`: the engine has no padding.
const MASKS: [&str; 2] = ["NotEqual", "Any"];

/// An output of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ref {
    pub(super) layer: String,
    /// Of several uses of one layer.
    pub(super) call: usize,
    pub(super) output: usize,
}

impl Ref {
    /// The first output of the same use.
    pub(super) fn rows(&self) -> Self {
        Self { output: 0, ..self.clone() }
    }
}

/// What one use of a layer reads.
#[derive(Clone, Debug, Default)]
pub(super) struct Call {
    pub(super) inputs: Vec<Ref>,
    /// `initial_state` of a layer of cells.
    pub(super) state: Vec<Ref>,
    /// `mask`
    pub(super) masks: Vec<Ref>,
    /// An argument by its name that is not read, or is no output of a layer.
    pub(super) other: Option<String>,
}

/// A layer.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) class: String,
    pub(super) config: Value,
    /// Of its tensors in the file of weights.
    pub(super) path: String,
    calls: Vec<Call>,
}

/// All layers of a model.
pub(super) struct Graph {
    file: PathBuf,
    nodes: BTreeMap<String, Node>,
    /// Outputs of models inside by their names.
    inner: BTreeMap<String, Vec<Ref>>,
    /// Input layers of models inside, and what these models read.
    inputs: BTreeMap<String, Ref>,
    reader: Reader,
    pub(super) output: Ref,
}

impl Graph {
    /// Reads `config.json`.
    pub(super) fn of(file: &Path, config: &Value) -> Result<Self, Error> {
        let wrong = |why: String| Error::Model { path: file.into(), why };
        let class = text(config, "class_name");
        if class != FUNCTIONAL && config["config"].get("input_layers").is_none() {
            let why = match class {
                "Sequential" => "is a Sequential, which has no two sides".to_owned(),
                class => format!(
                    "is a class of its own, `{class}`, and the file does not say what it computes"
                ),
            };
            return Err(wrong(format!(
                "its model {why}; describe it with --config FILE (docs/CONVERT.md)"
            )));
        }
        let output = Ref { layer: String::new(), call: 0, output: 0 };
        let mut graph = Self {
            file: file.into(),
            nodes: BTreeMap::new(),
            inner: BTreeMap::new(),
            inputs: BTreeMap::new(),
            reader: Reader::default(),
            output,
        };
        let outputs = graph.add(config, "", "", &[], 0).map_err(wrong)?;
        let [output] = &outputs[..] else {
            return Err(wrong(format!("its model has {} outputs; 1 was expected", outputs.len())));
        };
        graph.output = output.clone();
        Ok(graph)
    }

    /// Adds the layers of a model, and gives its outputs. `scope`: before their names · `place`: before
    /// their paths · `reads`: what the model itself reads.
    fn add(
        &mut self,
        model: &Value,
        scope: &str,
        place: &str,
        reads: &[Ref],
        depth: usize,
    ) -> Result<Vec<Ref>, String> {
        let config = &model["config"];
        let layers = config["layers"].as_array().ok_or("its config.json has no list of layers")?;
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let inputs = self.reader.refs(&config["input_layers"], scope)?;
        for (at, input) in inputs.iter().enumerate() {
            if let Some(read) = reads.get(at) {
                self.inputs.insert(input.layer.clone(), read.clone());
            }
        }
        for layer in layers {
            let (class, name) =
                (name("", text(layer, "class_name"))?, name(scope, text(layer, "name"))?);
            let family = snake(&class);
            let number = numbers.entry(family.clone()).or_default();
            let end = if *number == 0 { family } else { format!("{family}_{number}") };
            *number += 1;
            let path = format!("{place}layers/{end}");
            let calls = layer["inbound_nodes"].as_array().map_or(&[][..], Vec::as_slice);
            let calls = calls.iter().map(|call| self.reader.call(call, scope));
            let calls = calls.collect::<Result<Vec<Call>, String>>()?;
            if layer["config"].get("input_layers").is_some() {
                let reads = match &calls[..] {
                    [Call { other: Some(other), .. }] => {
                        let why = "which is not read";
                        return Err(format!("its model `{name}` is called with `{other}`, {why}"));
                    }
                    [call] => call.inputs.clone(),
                    calls => {
                        return Err(format!(
                            "its model `{name}` is used {} times; 1 was expected",
                            calls.len()
                        ));
                    }
                };
                if depth >= MOST[0] {
                    return Err(format!("its models lie more than {} deep", MOST[0]));
                }
                let outputs =
                    self.add(layer, &format!("{name}/"), &format!("{path}/"), &reads, depth + 1)?;
                self.inner.insert(name, outputs);
                continue;
            }
            let node =
                Node { name: name.clone(), class, config: layer["config"].clone(), path, calls };
            if self.nodes.insert(name.clone(), node).is_some() {
                return Err(format!("its config.json has two layers of the name {name:?}"));
            }
            if self.nodes.len() > MOST[1] {
                return Err(format!("it has over {} layers", MOST[1]));
            }
        }
        self.reader.refs(&config["output_layers"], scope)
    }

    /// All layers.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values()
    }

    /// The layer whose output this is.
    pub(super) fn node(&self, wanted: &Ref) -> Result<(&Node, Ref), Error> {
        let mut at = wanted.clone();
        // A model inside a model is at most so many steps away from a layer.
        for _ in 0..2 * MOST[0] + 2 {
            if let Some(outputs) = self.inner.get(&at.layer) {
                let Some(output) = outputs.get(at.output) else { break };
                at = output.clone();
            } else if let Some(read) = self.inputs.get(&at.layer) {
                at = read.clone();
            } else if let Some(node) = self.nodes.get(&at.layer) {
                return Ok((node, at));
            } else {
                break;
            }
        }
        let why = format!("its config.json reads layer {:?}, which it does not have", wanted.layer);
        Err(Error::Model { path: self.file.clone(), why })
    }

    /// What a layer reads where it gives this output.
    pub(super) fn inputs(&self, at: &Ref) -> Result<Vec<Ref>, Error> {
        let (node, at) = self.node(at)?;
        let Some(call) = node.calls.get(at.call) else { return Ok(Vec::new()) };
        if let Some(other) = &call.other {
            return Err(
                self.unfit(node, &format!("it is called with `{other}`, which is not read"))
            );
        }
        for mask in &call.masks {
            if !MASKS.contains(&self.node(mask)?.0.class.as_str()) {
                return Err(self.unfit(node, "its `mask` is not that of padding"));
            }
        }
        Ok(call.inputs.clone())
    }

    /// What the cells of a layer start from.
    pub(super) fn state(&self, at: &Ref) -> Result<Vec<Ref>, Error> {
        let (node, at) = self.node(at)?;
        Ok(node.calls.get(at.call).map(|call| call.state.clone()).unwrap_or_default())
    }

    /// A layer that the engine has not at this place.
    pub(super) fn misfit(&self, node: &Node, expected: &str) -> Error {
        let why =
            format!("layer `{}` ({}) stands where {expected} was expected", node.name, node.class);
        Error::Model { path: self.file.clone(), why }
    }

    /// A layer whose choice the engine has not.
    pub(super) fn unfit(&self, node: &Node, why: &str) -> Error {
        let why = format!("layer `{}` ({}): {why}", node.name, node.class);
        Error::Model { path: self.file.clone(), why }
    }
}

impl Node {
    /// A field of its configuration, which is one of `allowed`; the first if it is not there.
    pub(super) fn one_of<'a>(&self, field: &str, allowed: &[&'a str]) -> Result<&'a str, String> {
        let value = &self.config[field];
        let said = match value {
            Value::Null => allowed[0],
            Value::String(said) => said,
            // A function as an object, by its class or its name.
            Value::Object(_) => {
                value["config"].as_str().unwrap_or_else(|| text(value, "class_name"))
            }
            _ => "?",
        };
        let found = allowed.iter().find(|one| **one == said);
        found.copied().ok_or_else(|| {
            format!("`{field}` is {said:?}, and the engine has {}", allowed.join(", "))
        })
    }

    pub(super) fn flag(&self, field: &str) -> bool {
        self.config[field].as_bool().unwrap_or(false)
    }

    pub(super) fn size(&self, field: &str) -> usize {
        self.config[field].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
    }

    /// The layer inside a wrapper, under the path of `part`.
    pub(super) fn inside(&self, field: &str, part: &str) -> Self {
        let layer = &self.config[field];
        Self {
            name: self.name.clone(),
            class: text(layer, "class_name").into(),
            config: layer["config"].clone(),
            path: format!("{}/{part}", self.path),
            calls: Vec::new(),
        }
    }
}
