//! Of a graph, what its weights are named by: nodes with what they read and write, and initialisers.
//! Numbers of fields are those of [onnx.proto](https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).

use super::wire::{Value, Wire};
use std::collections::BTreeSet;

/// Graphs inside each other: a merged decoder has one in each branch of an `If`.
const MOST_DEPTH: usize = 4;
/// What PyTorch's newer exporter keeps beside a node: the modules that it is in.
const SCOPES: &str = "pkg.torch.onnx.name_scopes";
/// What it keeps beside a value: whether it is a parameter, or an input.
const KIND: &str = "pkg.torch.export.graph_signature.InputSpec.kind";
/// Most axes of a tensor.
const MOST_AXES: usize = 8;

/// `NodeProto`
#[derive(Default)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) op: String,
    pub(super) inputs: Vec<String>,
    pub(super) outputs: Vec<String>,
    /// Attributes that are whole numbers: `transB`, `linear_before_reset`, `layout` …
    pub(super) numbers: Vec<(String, u64)>,
    /// `direction`, of recurrent layers.
    pub(super) direction: Option<String>,
    /// `activations`, of recurrent layers.
    pub(super) activations: Vec<String>,
    /// The module that it is of, where the exporter says so beside it.
    pub(super) module: Option<String>,
}

impl Node {
    /// A whole number among its attributes.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.numbers.iter().find(|(other, _)| other == name).map(|(_, number)| *number)
    }

    /// Its name and its kind, for a sentence.
    pub(super) fn said(&self) -> String {
        format!("node {:?} ({})", self.name, self.op)
    }
}

/// `TensorProto`
#[derive(Default)]
pub(super) struct Tensor {
    pub(super) name: String,
    pub(super) shape: Vec<u64>,
    pub(super) kind: u64,
    pub(super) data: Data,
}

/// Where the numbers of a tensor lie.
#[derive(Default)]
pub(super) enum Data {
    #[default]
    None,
    /// In the file itself: from this byte, so many.
    Here(u64, u64),
    /// In another file: its name, and from which byte on.
    Beside(String, u64),
}

/// Nodes and initialisers of a file, those of inner graphs too.
#[derive(Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) tensors: Vec<Tensor>,
    /// Names that are said to be of parameters.
    pub(super) parameters: BTreeSet<String>,
}

impl Graph {
    /// Of the `ModelProto` that a file of so many bytes is.
    pub(super) fn of(wire: &mut Wire<'_>, bytes: u64) -> Result<Self, String> {
        let mut graph = Self::default();
        let mut found = false;
        wire.fields([0, bytes], &mut |wire, field, value| match (field, value) {
            (7, Value::Bytes(at, length)) => {
                found = true;
                graph.read(wire, [at, at + length], 0)
            }
            _ => Ok(()),
        })?;
        if found { Ok(graph) } else { Err("it has no graph".into()) }
    }

    fn read(&mut self, wire: &mut Wire<'_>, range: [u64; 2], depth: usize) -> Result<(), String> {
        if depth == MOST_DEPTH {
            return Err(format!("it has over {MOST_DEPTH} graphs inside each other"));
        }
        wire.fields(range, &mut |wire, field, value| match (field, value) {
            (1, Value::Bytes(at, length)) => self.node(wire, [at, at + length], depth),
            (5, Value::Bytes(at, length)) => {
                let tensor = tensor(wire, [at, at + length])?;
                self.tensors.push(tensor);
                Ok(())
            }
            (13, Value::Bytes(at, length)) => {
                self.parameters.extend(parameter(wire, [at, at + length])?);
                Ok(())
            }
            _ => Ok(()),
        })
    }

    fn node(&mut self, wire: &mut Wire<'_>, range: [u64; 2], depth: usize) -> Result<(), String> {
        let mut node = Node::default();
        wire.keep(size_of::<Node>())?;
        wire.fields(range, &mut |wire, field, value| {
            match field {
                1 => node.inputs.push(plain(wire.text(value)?)),
                2 => node.outputs.push(wire.text(value)?),
                3 => node.name = wire.text(value)?,
                4 => node.op = wire.text(value)?,
                5 => self.attribute(wire, value, &mut node, depth)?,
                9 => {
                    if let Some(scopes) = entry(wire, value, SCOPES)? {
                        node.module = innermost(&scopes);
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        self.nodes.push(node);
        Ok(())
    }

    fn attribute(
        &mut self,
        wire: &mut Wire<'_>,
        value: Value,
        node: &mut Node,
        depth: usize,
    ) -> Result<(), String> {
        let Value::Bytes(at, length) = value else { return Ok(()) };
        let (mut name, mut number, mut text, mut texts) = (String::new(), None, None, Vec::new());
        wire.fields([at, at + length], &mut |wire, field, value| {
            match (field, value) {
                (1, _) => name = wire.text(value)?,
                (3, Value::Number(n)) => number = Some(n),
                (4, _) => text = Some(value),
                (9, _) => texts.push(wire.text(value)?),
                (6, Value::Bytes(at, length)) => self.read(wire, [at, at + length], depth + 1)?,
                _ => {}
            }
            Ok(())
        })?;
        match (name.as_str(), text) {
            ("direction", Some(value)) => node.direction = Some(wire.text(value)?),
            ("activations", _) => node.activations = texts,
            _ => node.numbers.extend(number.map(|number| (name, number))),
        }
        Ok(())
    }
}

/// A parameter's name without what optimum puts behind it in a merged decoder: `fc.weight_merged_0`. Behind a made-up
/// name, `onnx::MatMul_7_merged_1`, the number tells one from another.
fn plain(mut name: String) -> String {
    let number =
        |(name, end): &(&str, &str)| !name.contains([':', '/']) && end.parse::<u16>().is_ok();
    if let Some((whole, _)) = name.rsplit_once("_merged_").filter(number) {
        name.truncate(whole.len());
    }
    name
}

/// The text of an entry of metadata, if its key is this one; others are not kept, and may be long.
fn entry(wire: &mut Wire<'_>, value: Value, key: &str) -> Result<Option<String>, String> {
    let Value::Bytes(at, length) = value else { return Ok(None) };
    let (mut found, mut text) = (false, None);
    wire.fields([at, at + length], &mut |wire, field, value| {
        match (field, value) {
            (1, Value::Bytes(_, length)) if length == key.len() as u64 => {
                found = wire.text(value)? == key;
            }
            (2, _) => text = Some(value),
            _ => {}
        }
        Ok(())
    })?;
    text.filter(|_| found).map(|value| wire.text(value)).transpose()
}

/// The name of a value, if it is said to be a parameter or a buffer of the module.
fn parameter(wire: &mut Wire<'_>, range: [u64; 2]) -> Result<Option<String>, String> {
    let (mut name, mut is_one) = (None, false);
    wire.fields(range, &mut |wire, field, value| {
        match field {
            1 => name = Some(value),
            4 => {
                let kind = entry(wire, value, KIND)?;
                is_one |= kind.is_some_and(|kind| ["PARAMETER", "BUFFER"].contains(&&*kind));
            }
            _ => {}
        }
        Ok(())
    })?;
    name.filter(|_| is_one).map(|name| wire.text(name)).transpose()
}

/// The last module of `['', 'encoder', 'encoder.rnn', 'gru']`, whose last name is the node's own.
fn innermost(scopes: &str) -> Option<String> {
    let names: Vec<&str> = scopes.split('\'').skip(1).step_by(2).collect();
    let [.., module, _] = names.as_slice() else { return None };
    Some((*module).to_owned())
}

fn tensor(wire: &mut Wire<'_>, range: [u64; 2]) -> Result<Tensor, String> {
    let mut tensor = Tensor::default();
    let (mut outside, mut place) = (false, (None, 0));
    wire.keep(size_of::<Tensor>())?;
    wire.fields(range, &mut |wire, field, value| {
        match (field, value) {
            (1, _) => wire.numbers(value, &mut tensor.shape)?,
            (2, Value::Number(kind)) => tensor.kind = kind,
            (8, _) => tensor.name = plain(wire.text(value)?),
            // Packed numbers lie as raw ones do.
            (4 | 9 | 10, Value::Bytes(at, length)) => {
                if matches!(tensor.data, Data::Here(..)) {
                    return Err(format!("tensor {:?} has its numbers twice", tensor.name));
                }
                tensor.data = Data::Here(at, length);
            }
            (13, Value::Bytes(at, length)) => external(wire, [at, at + length], &mut place)?,
            (14, Value::Number(1)) => outside = true,
            _ => {}
        }
        Ok(())
    })?;
    if tensor.shape.len() > MOST_AXES {
        return Err(format!("tensor {:?} has {} axes", tensor.name, tensor.shape.len()));
    }
    if outside {
        let Some(file) = place.0 else {
            return Err(format!("tensor {:?} lies in another file, but not in which", tensor.name));
        };
        tensor.data = Data::Beside(file, place.1);
    }
    Ok(tensor)
}

/// One entry of `external_data`: its file, or where it begins there.
fn external(
    wire: &mut Wire<'_>,
    range: [u64; 2],
    place: &mut (Option<String>, u64),
) -> Result<(), String> {
    let (mut key, mut text) = (String::new(), String::new());
    wire.fields(range, &mut |wire, field, value| {
        match field {
            1 => key = wire.text(value)?,
            2 => text = wire.text(value)?,
            _ => {}
        }
        Ok(())
    })?;
    match key.as_str() {
        "location" => place.0 = Some(text),
        "offset" => {
            let offset = text.parse();
            place.1 =
                offset.map_err(|_| format!("numbers begin at {text:?}, which is no number"))?;
        }
        _ => {}
    }
    Ok(())
}
