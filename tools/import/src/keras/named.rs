//! Tensors under the paths of Keras' layers, for a model that a description of ours describes.
//!
//! | here | there |
//! |---|---|
//! | a side | the path has `encoder` or `decoder` in it |
//! | `embedding`, `position` | a layer with `emb` in its name; with `pos` in it, or `position_embeddings` |
//! | `rnn` | layers of cells, `rnn`, `gru`, `lstm`, in the order of their numbers; also cells alone, a list of them, and `Bidirectional` |
//! | layers of a Transformer | `blocks.rs` |
//! | `encoder.layers.{i}`, its `norm` | filters of four axes, and `BatchNormalization`, in the order of their numbers |
//! | `decoder.attention.query`, `key`, `energy` … | a `Dense` under these names; `energy` also an `AdditiveAttention`, or one in `attention` itself |
//! | `output` | the one `Dense` that is left, of this shape |
//!
//! A class of one's own that is a `Model` has its later attributes under `layers`, by their classes:
//! `encoder/layers/gru` is as good as `encoder/rnn`.

use super::blocks::{HEADS, blocks, natural};
use super::denses;
use super::layers::{cell, dense, norm, var};
use super::tables;
use crate::Error;
use crate::container::Store;
use crate::taken::Taken;
use std::collections::BTreeSet;
use twin::convolutional::Operation;
use twin::recurrent::{Cell, Directions};
use twin::{DecoderKind, Description, EncoderKind, Weights};

/// How layers of cells are called.
const CELLS: [&str; 7] =
    ["rnn", "gru", "lstm", "simple_rnn", "gru_cell", "lstm_cell", "simple_rnn_cell"];
/// Parts of wrappers and of layers of cells, behind the layer itself.
const INSIDE: [&str; 4] = ["cell", "forward_layer", "backward_layer", "layer"];

/// Everything in the file under our names.
pub(super) fn weights(store: Store, d: &Description) -> Result<Weights, Error> {
    let mut taken = Taken::from(store);
    transformers(&mut taken, d)?;
    let heads = taken.store().names().find_map(|name| name.strip_suffix(HEADS));
    if let Some(name) = heads.map(str::to_owned) {
        let why = format!(
            "`{name}` is a MultiHeadAttention where the description has none: a recurrent decoder of the \
             engine has one head without matrices of values, and no norm behind it"
        );
        return Err(Error::Model { path: taken.path().into(), why });
    }
    if let EncoderKind::Convolutional(config) = &d.encoder {
        filters(&mut taken, config)?;
    }
    if let EncoderKind::Recurrent(c) = &d.encoder {
        let both = matches!(c.directions, Directions::Both(_));
        let sizes = Sizes { cell: c.cell, hidden: c.hidden, layers: c.layers, both };
        cells(&mut taken, "encoder", &sizes, [c.d_embedding, c.row_width()])?;
    }
    let memory = d.encoder.memory_width();
    if let DecoderKind::Recurrent(c) = &d.decoder {
        let width = c.width_of(&c.cell_reads, memory);
        let sizes = Sizes { cell: c.cell, hidden: c.hidden, layers: c.layers, both: false };
        cells(&mut taken, "decoder", &sizes, [width, c.hidden])?;
    }
    if let (Some(source), false) = (&d.source, matches!(d.encoder, EncoderKind::Convolutional(_))) {
        let (width, config) = match &d.encoder {
            EncoderKind::Recurrent(config) => (config.d_embedding, None),
            other => (other.memory_width(), other.transformer()),
        };
        tables::take(&mut taken, "encoder", [source.words.len(), width], d.max_source_len, config)?;
    }
    let shape = [d.target.words.len(), d.decoder.embedding_width()];
    tables::take(&mut taken, "decoder", shape, d.max_target_len, d.decoder.transformer())?;
    if let DecoderKind::Recurrent(c) = &d.decoder {
        denses::take(&mut taken, c, memory, d.encoder.ends_width())?;
    }
    output(&mut taken, d)?;
    taken.weights()
}

/// Layers of the sides that are Transformers, and the norms behind the last of them.
fn transformers(taken: &mut Taken, d: &Description) -> Result<(), Error> {
    let [encoder, decoder] = blocks(taken.store());
    let memory = d.encoder.memory_width();
    for (side, blocks, config) in [
        ("encoder", encoder, d.encoder.transformer()),
        ("decoder", decoder, d.decoder.transformer()),
    ] {
        let Some(config) = config else { continue };
        if blocks.len() != config.layers {
            let why = format!(
                "it has {} layers with the attention of {} {side}, but `{side}_layers` is {}",
                blocks.len(),
                if side == "encoder" { "an" } else { "a" },
                config.layers
            );
            return Err(Error::Model { path: taken.path().into(), why });
        }
        for (i, block) in blocks.iter().enumerate() {
            block.take(taken, i, config, memory)?;
        }
        let norms: [(bool, &[&str], String); 2] = [
            (
                config.last_norm,
                &["norm", "last_norm", "layernorm", "final_norm"],
                format!("{side}.norm"),
            ),
            (config.embedding_norm, &["embedding_norm"], format!("{side}.embedding_norm")),
        ];
        for (there, names, ours) in norms {
            if there {
                let theirs = named(taken, side, names);
                norm(taken, &theirs, &ours, config.d_model)?;
            }
        }
    }
    Ok(())
}

/// The layer of a side that has one of these names; the first name if none has.
fn named(taken: &mut Taken, side: &str, names: &[&str]) -> String {
    let all = modules(taken, |_, _| true);
    let found = names.iter().find_map(|name| {
        let end = format!("/{name}");
        all.iter().find(|path| path.contains(side) && format!("/{path}").ends_with(&end))
    });
    found.cloned().unwrap_or_else(|| format!("{side}/{}", names[0]))
}

/// Paths of all layers with a first variable that fits, in the order of their numbers.
pub(super) fn modules(taken: &mut Taken, fits: impl Fn(&str, &[usize]) -> bool) -> Vec<String> {
    let store = taken.store();
    let paths: BTreeSet<String> = store
        .names()
        .filter_map(|name| {
            let path = name.strip_suffix("/vars/0")?;
            fits(path, store.shape(name)?).then(|| path.to_owned())
        })
        .collect();
    let mut paths: Vec<String> = paths.into_iter().collect();
    paths.sort_by_key(|path| natural(path));
    paths
}

/// The cells of a side.
struct Sizes {
    cell: Cell,
    hidden: usize,
    layers: usize,
    both: bool,
}

fn word(part: &str) -> &str {
    part.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '_')
}

/// `[width, row]`: of what the lowest layer reads, of what the others do.
fn cells(
    taken: &mut Taken,
    side: &str,
    c: &Sizes,
    [mut width, row]: [usize; 2],
) -> Result<(), Error> {
    let is_cell = |path: &str| {
        let parts: Vec<&str> = path.split('/').collect();
        let inside = parts.iter().rev().take_while(|part| INSIDE.contains(part)).count();
        inside > 0 && parts.last() == Some(&"cell")
            || parts.last().is_some_and(|last| CELLS.contains(&word(last)))
    };
    let all =
        modules(taken, |path, shape| shape.len() == 2 && path.contains(side) && is_cell(path));
    let (back, forward): (Vec<String>, Vec<String>) =
        all.into_iter().partition(|path| path.contains("/backward_layer"));
    for (paths, there, end) in [(&forward, true, ""), (&back, c.both, "_reverse")] {
        let need = if there { c.layers } else { 0 };
        if paths.len() != need {
            let way = if end.is_empty() { "forward" } else { "backward" };
            let why = format!(
                "it has {} layers of cells of the {side} that go {way}, but the description has {need}: \
                 their paths must have `{side}` in them, and be called rnn, gru or lstm",
                paths.len()
            );
            return Err(Error::Model { path: taken.path().into(), why });
        }
    }
    for i in 0..c.layers {
        for (path, end) in
            forward.get(i).iter().zip([""]).chain(back.get(i).iter().zip(["_reverse"]))
        {
            let (ours, end) = (format!("{side}.rnn"), format!("l{i}{end}"));
            cell(taken, path, &ours, &end, c.cell, [width, c.hidden])?;
        }
        width = row;
    }
    Ok(())
}

/// Filters, each kind in the order of its numbers, and norms.
fn filters(taken: &mut Taken, config: &twin::convolutional::Config) -> Result<(), Error> {
    let deep = |path: &str| path.rsplit('/').next().unwrap_or_default().contains("depthwise");
    let mut conv = modules(taken, |path, shape| shape.len() == 4 && !deep(path)).into_iter();
    let mut depthwise = modules(taken, |path, shape| shape.len() == 4 && deep(path)).into_iter();
    let mut norms = modules(taken, |path, _| path.contains("norm")).into_iter();
    for (i, layer) in config.layers.iter().enumerate() {
        let ours = format!("encoder.layers.{i}");
        let theirs = match layer.operation {
            Operation::Conv { .. } => conv.next(),
            Operation::Depthwise { .. } => depthwise.next(),
            Operation::MaxPool | Operation::AveragePool { .. } => continue,
        };
        let missing = |what: &str, taken: &Taken| {
            let why = format!("it has no {what} for `{ours}`");
            Error::Model { path: taken.path().into(), why }
        };
        let theirs = theirs.ok_or_else(|| missing("filter", taken))?;
        let mut parts = vec![(theirs, vec![("kernel", 0), ("bias", 1)])];
        if layer.operation.behind().is_some_and(|behind| behind.norm.is_some()) {
            let norm = norms.next().ok_or_else(|| missing("BatchNormalization", taken))?;
            let names = ["norm.gamma", "norm.beta", "norm.moving_mean", "norm.moving_variance"];
            parts.push((norm, names.into_iter().zip(0..).collect()));
        }
        for (theirs, names) in parts {
            for (name, number) in names {
                let theirs = var(&theirs, number);
                if let Some(shape) = taken.store().shape(&theirs).map(<[usize]>::to_vec) {
                    taken.carry(&theirs, format!("{ours}.{name}"), &shape)?;
                }
            }
        }
    }
    Ok(())
}

/// The `Dense` that is left; where it is tied, a layer that has a bias alone.
fn output(taken: &mut Taken, d: &Description) -> Result<(), Error> {
    let [words, width] = [d.target.words.len(), d.output_width()];
    let all = modules(taken, |_, shape| shape == [width, words]);
    match &all[..] {
        _ if d.tied_output => {
            let said = ["bias", "logits", "output"];
            let fits = |path: &str, shape: &[usize]| {
                shape == [words] && said.iter().any(|name| path.contains(name))
            };
            if let [bias] = &modules(taken, fits)[..] {
                taken.carry(&var(bias, 0), "output.bias", &[words])?;
            }
            Ok(())
        }
        [one] => dense(taken, one, "output", [words, width]),
        _ => {
            let why = format!(
                "it has {} layers that may be `output`, a Dense of [{width}, {words}]; 1 was expected",
                all.len()
            );
            Err(Error::Model { path: taken.path().into(), why })
        }
    }
}
