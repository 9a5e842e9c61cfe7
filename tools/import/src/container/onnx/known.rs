//! What is known of a graph before its weights are named: initialisers, what is a copy of what, and products.

use super::graph::{Graph, Tensor};
use std::collections::{HashMap, HashSet};

/// What BART and its like add behind their output layer; a parameter of no module.
pub(super) const FINAL_BIAS: &str = "final_logits_bias";
/// More copies of copies than are ever made.
const MOST_COPIES: usize = 8;

/// What is known.
pub(super) struct Known<'g> {
    tensors: HashMap<&'g str, usize>,
    pub(super) graph: &'g Graph,
    /// What a copy or a transposition is of, and whether it is one more transposed.
    same: HashMap<&'g str, (&'g str, bool)>,
    /// What a `MatMul` or a `Gemm` writes.
    products: HashSet<&'g str>,
    /// Whether nodes say what module they are of.
    scoped: bool,
}

impl<'g> Known<'g> {
    pub(super) fn of(graph: &'g Graph) -> Result<Self, String> {
        let mut tensors = HashMap::new();
        for (i, tensor) in graph.tensors.iter().enumerate() {
            if tensors.insert(tensor.name.as_str(), i).is_some() {
                return Err(format!("it has two tensors of the name {:?}", tensor.name));
            }
        }
        let same = graph.nodes.iter().filter_map(|node| {
            let flips = match node.op.as_str() {
                "Identity" => false,
                "Transpose" => true,
                _ => return None,
            };
            let (input, output) = (node.inputs.first()?, node.outputs.first()?);
            Some((output.as_str(), (input.as_str(), flips)))
        });
        let products = graph.nodes.iter().filter(|node| ["MatMul", "Gemm"].contains(&&*node.op));
        let products = products.filter_map(|node| node.outputs.first().map(String::as_str));
        let scoped = graph.nodes.iter().any(|node| node.module.is_some());
        Ok(Self { tensors, graph, same: same.collect(), products: products.collect(), scoped })
    }

    /// The initialiser that a name is of, and whether it is transposed.
    pub(super) fn initialiser(&self, mut name: &'g str) -> Option<(usize, bool)> {
        let mut flipped = false;
        for _ in 0..MOST_COPIES {
            if let Some(&tensor) = self.tensors.get(name) {
                return Some((tensor, flipped));
            }
            let &(other, flips) = self.same.get(name)?;
            (name, flipped) = (other, flipped != flips);
        }
        None
    }

    /// Whether a name is that of a product, or of a copy of one.
    pub(super) fn is_product(&self, mut name: &'g str) -> bool {
        for _ in 0..MOST_COPIES {
            if self.products.contains(name) {
                return true;
            }
            let Some(&(other, _)) = self.same.get(name) else { return false };
            name = other;
        }
        false
    }

    /// Whether a name is that of a parameter, not one that the exporter made up. Where nodes say their modules,
    /// what was computed is called `select`, `linear_1`, and parameters are of a module.
    pub(super) fn is_named(&self, name: &str) -> bool {
        let made_up = name.contains(['/', ':']) || name.starts_with("val_");
        !name.is_empty() && !made_up && !self.computed(name)
    }

    /// Whether a name is that of a value which the exporter computed.
    pub(super) fn computed(&self, name: &str) -> bool {
        let is_whole = name.contains('.') || name == FINAL_BIAS;
        self.scoped && !is_whole && !self.graph.parameters.contains(name)
    }

    /// Whether an initialiser has this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    pub(super) fn tensor(&self, index: usize) -> &'g Tensor {
        &self.graph.tensors[index]
    }
}
