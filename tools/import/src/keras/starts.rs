//! The first states of a recurrent decoder, as `initial_state` says them.
//!
//! | there | here |
//! |---|---|
//! | none | `zero` |
//! | of each layer, the last states of the encoder's layer; of two directions their `Concatenate` (or `Add`, if rows are summed) | `last` |
//! | a `Dense` of the last hidden states of the encoder's top layer, both directions side by side | `bridge` |

use super::graph::{Graph, Ref};
use super::recurrent::{Linear, first, is_dense, last_axis, linear, passed};
use super::stack::{Stack, is_encoder, is_last};
use crate::Error;
use twin::recurrent::{Cell, Function, Merge, StartKind};

/// The first states.
#[derive(Debug)]
pub(super) struct Starts {
    /// Of each layer of the decoder: h, and c of an LSTM; none if it starts from zeros.
    states: Vec<Vec<State>>,
    pub(super) kind: StartKind,
    /// Of each layer: what makes h, and c.
    pub(super) bridges: Vec<Vec<Linear>>,
}

/// One of them.
#[derive(Debug)]
struct State {
    /// What the graph reads there.
    at: Ref,
    bridge: Option<Linear>,
    join: Option<Merge>,
    /// Outputs of layers of the encoder.
    of: Vec<Ref>,
}

impl Starts {
    /// Reads what is said of all layers of the decoder.
    pub(super) fn of(graph: &Graph, decoder: &Stack) -> Result<Self, Error> {
        let states = decoder.layers.iter().map(|layer| {
            let mut said = graph.state(&layer.at)?;
            if said.is_empty() {
                said = graph.inputs(&layer.at)?.into_iter().skip(1).collect();
            }
            said.iter().map(|at| State::of(graph, at)).collect()
        });
        let states = states.collect::<Result<_, Error>>()?;
        Ok(Self { states, kind: StartKind::Zero, bridges: Vec::new() })
    }

    /// The top layer of the encoder, as far as the states lead to it.
    pub(super) fn reads(&self) -> Option<Ref> {
        let one = self.states.last()?.first()?.of.first()?;
        Some(one.rows())
    }

    /// What they are of this encoder.
    pub(super) fn fit(
        mut self,
        graph: &Graph,
        encoder: &Stack,
        decoder: &Stack,
    ) -> Result<Self, Error> {
        if self.states.iter().all(Vec::is_empty) {
            return Ok(self);
        }
        let need = if decoder.cell == Cell::Lstm { 2 } else { 1 };
        for (i, layer) in decoder.layers.iter().enumerate() {
            let states = &self.states[i];
            let (node, _) = graph.node(&layer.at)?;
            if states.len() != need {
                let why = format!("it has {} first states; {need} are expected", states.len());
                return Err(graph.unfit(node, &why));
            }
            let bridged = states.iter().filter(|state| state.bridge.is_some()).count();
            let from = match bridged {
                0 => encoder.layers.get(i),
                n if n == need => encoder.layers.last(),
                _ => {
                    return Err(graph.unfit(node, "a Dense makes only one of its two first states"));
                }
            };
            for (number, state) in states.iter().enumerate() {
                let fits = match from {
                    Some(from) if bridged > 0 => {
                        state.is_of(graph, encoder, &from.at, 0, Merge::Concat)?
                    }
                    Some(from) => {
                        let merge = encoder.merge.unwrap_or_default();
                        state.is_of(graph, encoder, &from.at, number, merge)?
                    }
                    None => false,
                };
                if !fits {
                    let (node, _) = graph.node(&state.at)?;
                    return Err(graph.misfit(node, EXPECTED));
                }
            }
        }
        let all: Vec<&Linear> =
            self.states.iter().flatten().filter_map(|s| s.bridge.as_ref()).collect();
        self.kind = match all.first() {
            None => StartKind::Last,
            Some(one)
                if all.len() == need * self.states.len()
                    && all.iter().all(|l| l.tanh == one.tanh) =>
            {
                StartKind::Bridge(if one.tanh { Function::Tanh } else { Function::None })
            }
            Some(_) => {
                let (node, _) = graph.node(&decoder.layers[0].at)?;
                let why =
                    "the Dense layers of first states must be there for all, with one activation";
                return Err(graph.unfit(node, why));
            }
        };
        let bridges =
            self.states.iter().map(|states| states.iter().filter_map(|s| s.bridge.clone()));
        self.bridges = bridges.map(Iterator::collect).collect();
        Ok(self)
    }
}

const EXPECTED: &str = "the last states of the encoder's layer, both directions joined as its rows are, or a \
                        Dense of the top layer's hidden ones side by side,";

impl State {
    fn of(graph: &Graph, at: &Ref) -> Result<Self, Error> {
        let said = passed(graph, at)?;
        let (mut at, mut bridge) = (said.clone(), None);
        if is_dense(graph.node(&at)?.0) {
            bridge = Some(linear(graph, &at, &["linear", "tanh"], "a Dense layer")?);
            at = passed(graph, &first(graph, &at)?)?;
        }
        let (node, _) = graph.node(&at)?;
        let join = match node.class.as_str() {
            "Concatenate" => Some(Merge::Concat),
            "Add" => Some(Merge::Sum),
            _ => None,
        };
        let of = if join.is_some() { graph.inputs(&at)? } else { vec![at] };
        let of = of.iter().map(|at| passed(graph, at)).collect::<Result<Vec<_>, _>>()?;
        if join == Some(Merge::Concat) {
            last_axis(graph, node)?;
        }
        for one in &of {
            let (node, _) = graph.node(one)?;
            if !is_encoder(node) {
                return Err(graph.misfit(node, EXPECTED));
            }
        }
        Ok(Self { at: said, bridge, join, of })
    }

    /// Whether it is state `number` (h, c) of this layer, both directions joined so.
    fn is_of(
        &self,
        graph: &Graph,
        encoder: &Stack,
        layer: &Ref,
        number: usize,
        merge: Merge,
    ) -> Result<bool, Error> {
        if self.of.iter().any(|one| one.rows() != *layer) {
            return Ok(false);
        }
        let outputs: Vec<usize> = self.of.iter().map(|one| one.output).collect();
        let (node, _) = graph.node(layer)?;
        if is_last(node) && outputs == [0] && self.join.is_none() {
            return Ok(number == 0 && encoder.merge.is_none_or(|own| own == merge));
        }
        let each = if encoder.cell == Cell::Lstm { 2 } else { 1 };
        Ok(match encoder.merge {
            None => outputs == [1 + number] && self.join.is_none(),
            Some(_) => outputs == [1 + number, 1 + each + number] && self.join == Some(merge),
        })
    }
}
