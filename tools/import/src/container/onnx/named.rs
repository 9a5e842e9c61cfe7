//! What PyTorch calls the initialisers of a graph.
//!
//! | read by | the initialiser | is called |
//! |---|---|---|
//! | anything | has the name of a parameter: `fc.bias` | the same |
//! | `MatMul` | has a made-up name, `onnx::MatMul_7`, and is transposed | as the bias that an `Add` behind it adds (`fc.bias`: `fc.weight`, `in_proj_bias`: `in_proj_weight`), else by the path of the node (`/encoder/fc/MatMul`: `encoder.fc.weight`) |
//! | `Gemm` | the same, transposed unless `transB` | the same |
//! | `Gather` | has a made-up name | by the path of the node |
//! | `Add` | has a made-up name, and is added to a product of the same module | the same; behind `lm_head`: `final_logits_bias` |
//! | `GRU`, `LSTM`, `RNN` | | by the path of the node, in pieces (`cell.rs`) |
//! | `Add`, `Mul`, `LayerNormalization`, `Gemm`, `Gather` | has the name of a parameter of another module, to which it is equal | by the path of the node too |
//!
//! The path of a node is the module that the exporter says beside it, or else what is before the last `/` of its name.
//! A second product of one module (`MatMul_1`) has `weight.1` and `bias.1`. Numbers alone, whole numbers and
//! nodes that are constants are parts of the computation, not weights. All else is refused with the node that
//! reads it.

use super::graph::{Graph, Node, Tensor};
use super::known::{FINAL_BIAS, Known};
use super::{Named, Order, cell};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Kinds of whole numbers, which no weight is of: int32, int64, bool.
const WHOLE: [u64; 3] = [6, 7, 9];
/// Parts of the names of nodes that read weights of few bits.
const QUANTISED: [&str; 5] = ["Integer", "QLinear", "Dequantize", "DynamicQuantize", "NBits"];

/// The output layer of transformers' models.
const LM_HEAD: &str = "lm_head";

/// What a graph has.
pub(super) struct All {
    /// Every weight.
    pub(super) weights: Vec<Named>,
    /// What must be zeros, behind the node that reads it.
    pub(super) zeros: Vec<(String, Named)>,
}

/// Names all.
pub(super) fn all(graph: &Graph) -> Result<All, String> {
    let known = Known::of(graph)?;
    let biases = biases(&known);
    let mut found = Weights::default();
    for (i, tensor) in graph.tensors.iter().enumerate() {
        if known.is_named(&tensor.name) && !WHOLE.contains(&tensor.kind) && !tensor.shape.is_empty()
        {
            found.add_own(&known, whole(i, tensor, &tensor.name, false)?)?;
        }
    }
    for (name, i) in graph.nodes.iter().filter_map(|node| copied(&known, node)) {
        found.add_own(&known, whole(i, known.tensor(i), name, false)?)?;
    }
    let (mut layers, mut zeros) = (HashMap::new(), Vec::new());
    for node in &graph.nodes {
        if let Some(rnn) = cell::Kind::of(&node.op) {
            for i in cell::starts(&known, node) {
                zeros.push((node.said(), whole(i, known.tensor(i), "", false)?));
            }
            for one in cell::weights(&known, node, rnn, &mut layers)? {
                found.add(&known, one)?;
            }
        } else if copied(&known, node).is_none() {
            found.read(&known, node, &biases)?;
        }
    }
    Ok(All { weights: found.finish(&known)?, zeros })
}

/// The name of a parameter that a node makes as a copy of another, where both sides share one.
fn copied<'g>(known: &Known<'g>, node: &'g Node) -> Option<(&'g str, usize)> {
    let name = node.outputs.first().filter(|name| node.op == "Identity" && known.is_named(name))?;
    let (i, flipped) = known.initialiser(node.inputs.first()?)?;
    (!flipped).then_some((name, i))
}

/// The name of a parameter that the graph has under that of another, equal one: exporters keep one of equal
/// tensors, such as tables that two sides share and biases that are all zeros.
fn shared(known: &Known<'_>, node: &Node, place: usize, i: usize) -> Option<String> {
    let last = match (node.op.as_str(), place) {
        // Of old exporters the path is that of the call, not of the module.
        ("Gather", 0) if node.module.is_some() => "weight",
        ("Mul", _) | ("LayerNormalization", 1) => "weight",
        ("Add", _) | ("LayerNormalization" | "Gemm", 2) => "bias",
        _ => return None,
    };
    let (path, name) = (path(node)?, &known.tensor(i).name);
    if before(&path).is_some_and(|module| is_of(name, module)) {
        return None;
    }
    let other = format!("{path}.{last}");
    let is_other = name.ends_with(&format!(".{last}")) && !is_of(name, &path) && !known.has(&other);
    is_other.then_some(other)
}

/// Whether a parameter is of the module of a path, or of a part of it. Called from elsewhere, a module has only the
/// end of its name in the path: `/bridge.0` is `decoder.bridge.0`.
fn is_of(parameter: &str, path: &str) -> bool {
    let module = of(parameter);
    let inside =
        module.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    inside || module.strip_suffix(path).is_some_and(|rest| rest.ends_with('.'))
}

/// What was named so far.
#[derive(Default)]
struct Weights<'g> {
    found: BTreeMap<String, Named>,
    /// Names that parameters have themselves.
    own: BTreeSet<String>,
    taken: BTreeSet<usize>,
    /// Initialisers that nothing named yet, and who reads them.
    left: BTreeMap<usize, &'g Node>,
}

impl<'g> Weights<'g> {
    /// Adds a parameter under the name that it has itself.
    fn add_own(&mut self, known: &Known<'_>, one: Named) -> Result<(), String> {
        let name = one.name.clone();
        self.add(known, one)?;
        self.own.insert(name);
        Ok(())
    }

    /// A parameter's own name goes before one that was found for a copy of it.
    fn add(&mut self, known: &Known<'_>, one: Named) -> Result<(), String> {
        self.taken.insert(one.tensor);
        match self.found.get(&one.name) {
            Some(other) if other.tensor != one.tensor => {
                let (a, b) = (&known.tensor(other.tensor).name, &known.tensor(one.tensor).name);
                if !self.own.contains(&one.name) {
                    return Err(format!("{a:?} and {b:?} are both weights of `{}`", one.name));
                }
            }
            _ => drop(self.found.insert(one.name.clone(), one)),
        }
        Ok(())
    }

    /// Names what a node reads.
    fn read(
        &mut self,
        known: &Known<'g>,
        node: &'g Node,
        biases: &HashMap<&str, &str>,
    ) -> Result<(), String> {
        let quantised = QUANTISED.iter().any(|part| node.op.contains(part));
        for (place, input) in node.inputs.iter().enumerate() {
            let Some((i, flipped)) = known.initialiser(input) else { continue };
            let tensor = known.tensor(i);
            if quantised {
                return Err(format!(
                    "{} reads {:?}, weights of few bits; export the model in floating point",
                    node.said(),
                    tensor.name
                ));
            }
            let made_up = !known.is_named(&tensor.name) && !WHOLE.contains(&tensor.kind);
            if let Some(shared) = shared(known, node, place, i) {
                self.add(known, whole(i, tensor, &shared, false)?)?;
            }
            let passed_on = matches!(node.op.as_str(), "Identity" | "Transpose");
            if !made_up || passed_on || tensor.shape.iter().all(|&n| n == 1) {
                continue;
            }
            match name(known, node, place, biases) {
                Some((name, _)) if self.taken.contains(&i) && before(of(&name)).is_some() => {}
                Some((name, turned)) if tensor.shape.len() <= 2 => {
                    self.add(known, whole(i, tensor, &name, turned != flipped)?)?;
                }
                _ => drop(self.left.entry(i).or_insert(node)),
            }
        }
        Ok(())
    }

    fn finish(self, known: &Known<'_>) -> Result<Vec<Named>, String> {
        let Self { found, taken, left, .. } = self;
        let Some((i, node)) = left.into_iter().find(|(i, _)| !taken.contains(i)) else {
            return Ok(found.into_values().collect());
        };
        let (said, tensor) = (node.said(), known.tensor(i));
        let why = if known.computed(&tensor.name) {
            "which the exporter computed for sentences of one length; export with dynamic_shapes"
        } else {
            "and nothing says what weight that is"
        };
        Err(format!("{said} reads {:?} of shape {:?}, {why}", tensor.name, tensor.shape))
    }
}

/// Names of the biases that are added to products, by the name of the product.
fn biases<'g>(known: &Known<'g>) -> HashMap<&'g str, &'g str> {
    let adds = known.graph.nodes.iter().filter(|node| node.op == "Add");
    let pairs = adds.filter_map(|node| {
        let [a, b] = node.inputs.as_slice() else { return None };
        let bias = |name: &'g str| {
            let (i, _) = known.initialiser(name)?;
            Some(known.tensor(i).name.as_str()).filter(|name| known.is_named(name))
        };
        bias(a).map(|bias| (b.as_str(), bias)).or_else(|| Some((a.as_str(), bias(b)?)))
    });
    let ends = |bias: &str| matches!(bias.rsplit('.').next(), Some("bias" | "in_proj_bias"));
    pairs.filter(|(_, bias)| ends(bias)).collect()
}

/// What a made-up initialiser is called that a node reads, and whether it is transposed there.
fn name<'g>(
    known: &Known<'g>,
    node: &'g Node,
    place: usize,
    biases: &HashMap<&str, &str>,
) -> Option<(String, bool)> {
    // A bias of another module stands for an equal one of this.
    let own = |bias: &str| path(node).is_none_or(|path| is_of(bias, &path));
    let weight = |bias: &str| {
        let module = bias.strip_suffix("bias").filter(|_| own(bias))?;
        Some(format!("{module}weight"))
    };
    let by_path = |end: &str| Some(format!("{}.{end}{}", path(node)?, number(node)));
    match (node.op.as_str(), place) {
        ("MatMul", 1) => {
            let bias = node.outputs.first().and_then(|output| biases.get(output.as_str()));
            Some((bias.and_then(|bias| weight(bias)).or_else(|| by_path("weight"))?, true))
        }
        ("Gemm", 1) => {
            let bias = node.inputs.get(2).filter(|name| known.is_named(name));
            let name = bias.and_then(|bias| weight(bias)).or_else(|| by_path("weight"))?;
            Some((name, node.number("transB") != Some(1)))
        }
        ("Gemm", 2) => Some((by_path("bias")?, false)),
        ("Gather", 0) => Some((by_path("weight")?, false)),
        ("Add", 0 | 1) => {
            let product = node.inputs.get(1 - place).filter(|name| known.is_product(name))?;
            let product = module(product)?;
            match path(node) {
                Some(path) if path == product => Some((by_path("bias")?, false)),
                None if product == LM_HEAD => Some((FINAL_BIAS.into(), false)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The module that a node is of: `/encoder/layers.0/fc/MatMul` is of `encoder.layers.0.fc`.
pub(super) fn path(node: &Node) -> Option<String> {
    node.module.clone().or_else(|| module(&node.name)).filter(|module| !module.is_empty())
}

/// A second product of one module, as `nn.MultiheadAttention` has it, is called so: `MatMul_1`, `.1` here.
fn number(node: &Node) -> String {
    let number = node
        .name
        .strip_prefix('/')
        .unwrap_or_default()
        .rsplit(['/', '_'])
        .next()
        .filter(|end| end.parse::<u16>().is_ok());
    number.map(|number| format!(".{number}")).unwrap_or_default()
}

/// What a module is called that has this path because it ran before: `fc_1` is `fc`.
fn before(path: &str) -> Option<&str> {
    let (module, number) = path.rsplit_once('_')?;
    number.parse::<u16>().is_ok().then_some(module)
}

/// The module of a parameter.
fn of(parameter: &str) -> &str {
    parameter.rsplit_once('.').map_or("", |(module, _)| module)
}

/// The module of a node, or of what it writes, by its name.
fn module(name: &str) -> Option<String> {
    let (module, _) = name.strip_prefix('/')?.rsplit_once('/')?;
    let parts: Vec<&str> = module.split('/').collect();
    // A child of `nn.Sequential` has its parent's name twice: `/fc/fc.1/MatMul`.
    let again = |i: usize| {
        let next = parts.get(i + 1).and_then(|next| next.strip_prefix(parts[i]));
        next.is_some_and(|rest| rest.starts_with('.'))
    };
    let kept: Vec<&str> = (0..parts.len()).filter(|&i| !again(i)).map(|i| parts[i]).collect();
    Some(kept.join("."))
}

fn whole(i: usize, tensor: &Tensor, name: &str, transposed: bool) -> Result<Named, String> {
    let shape: Result<Vec<usize>, _> = tensor.shape.iter().map(|&n| usize::try_from(n)).collect();
    let mut shape = shape.map_err(|_| format!("tensor {:?} is too large", tensor.name))?;
    let order = if transposed && shape.len() == 2 { Order::Transposed } else { Order::Given };
    if order == Order::Transposed {
        shape.reverse();
    }
    Ok(Named { name: name.to_owned(), tensor: i, skip: 0, shape, order })
}
