//! `nn.Transformer`, or `nn.TransformerEncoder` and `nn.TransformerDecoder`, and what stands around
//! them.
//!
//! | there, behind any name that ends in `encoder` or `decoder` | here |
//! |---|---|
//! | `layers.{i}.self_attn`, `layers.{i}.multihead_attn` | `self_attention`, `cross_attention` |
//! | `layers.{i}.linear1`, `linear2` | `feed_forward.up`, `feed_forward.down` |
//! | `layers.{i}.norm1`, `norm2` of an encoder | `self_attention_norm`, `feed_forward_norm` |
//! | `layers.{i}.norm1`, `norm2`, `norm3` of a decoder | `self_attention_norm`, `cross_attention_norm`, `feed_forward_norm` |
//! | `norm` | `encoder.norm`, `decoder.norm`: the norm after the last layer |
//!
//! The embeddings and the output are modules that everybody calls otherwise (`around.rs`).

use super::{around, attention};
use crate::Error;
use crate::container::Store;
use crate::taken::Taken;
use ndarray::Array1;
use twin::transformer::Config;
use twin::{Description, Weights};

/// A tensor that only such a side has.
const MARKS: [&str; 3] = [
    ".layers.0.self_attn.in_proj_weight",
    ".layers.0.self_attn.q_proj_weight",
    ".layers.0.self_attn.weight",
];

/// Where the modules of both sides are, if the file has some: `transformer.encoder`.
pub(crate) struct Sides {
    encoder: Option<String>,
    decoder: Option<String>,
}

impl Sides {
    pub(crate) fn of(store: &Store) -> Option<Self> {
        let side = |end: &str| {
            let modules = store.names().filter_map(|name| {
                MARKS.iter().find_map(|mark| name.strip_suffix(mark)).filter(|m| m.ends_with(end))
            });
            modules.min_by_key(|module| module.len()).map(str::to_owned)
        };
        let sides = Self { encoder: side("encoder"), decoder: side("decoder") };
        (sides.encoder.is_some() || sides.decoder.is_some()).then_some(sides)
    }

    /// What the file itself says of the description: whether a norm follows the last layer.
    pub(crate) fn complete(&self, store: &Store, d: &mut Description) {
        let has = |module: &str| store.has(&format!("{module}.norm.weight"));
        if let (Some(module), twin::EncoderKind::Transformer(config)) =
            (&self.encoder, &mut d.encoder)
        {
            config.last_norm = has(module);
        }
        if let (Some(module), twin::DecoderKind::Transformer { config, .. }) =
            (&self.decoder, &mut d.decoder)
        {
            config.last_norm = has(module);
        }
    }

    /// Everything in the file under our names.
    pub(crate) fn weights(&self, store: Store, d: &Description) -> Result<Weights, Error> {
        let mut taken = Taken::from(store);
        let memory = d.encoder.memory_width();
        if let (Some(module), twin::EncoderKind::Transformer(config)) = (&self.encoder, &d.encoder)
        {
            for i in 0..config.layers {
                encoder_layer(&mut taken, &format!("{module}.layers.{i}"), i, config)?;
            }
            last_norm(&mut taken, module, "encoder", config)?;
        }
        if let (Some(module), twin::DecoderKind::Transformer { config, .. }) =
            (&self.decoder, &d.decoder)
        {
            for i in 0..config.layers {
                decoder_layer(&mut taken, &format!("{module}.layers.{i}"), i, config, memory)?;
            }
            last_norm(&mut taken, module, "decoder", config)?;
        }
        around::take(&mut taken, d)?;
        taken.weights()
    }
}

fn last_norm(taken: &mut Taken, module: &str, side: &str, c: &Config) -> Result<(), Error> {
    if !c.last_norm {
        return Ok(());
    }
    norm(taken, &format!("{module}.norm"), &format!("{side}.norm"), c.d_model)
}

/// A norm; of a model without biases (`bias=False`) β is 0.
fn norm(taken: &mut Taken, theirs: &str, ours: &str, width: usize) -> Result<(), Error> {
    if taken.store().has(&format!("{theirs}.bias")) {
        return taken.norm(theirs, ours, width);
    }
    taken.carry(&format!("{theirs}.weight"), format!("{ours}.weight"), &[width])?;
    taken.put(format!("{ours}.bias"), Array1::<f32>::zeros(width));
    Ok(())
}

fn encoder_layer(taken: &mut Taken, theirs: &str, i: usize, c: &Config) -> Result<(), Error> {
    let ours = format!("encoder.layers.{i}");
    let d = [c.d_model, c.d_model];
    attention::take(taken, &format!("{theirs}.self_attn"), &format!("{ours}.self_attention"), d)?;
    feed_forward(taken, theirs, &ours, c)?;
    norms(taken, theirs, &ours, &["self_attention_norm", "feed_forward_norm"], c)
}

fn decoder_layer(
    taken: &mut Taken,
    theirs: &str,
    i: usize,
    c: &Config,
    memory: usize,
) -> Result<(), Error> {
    let ours = format!("decoder.layers.{i}");
    let (own, cross) = (format!("{ours}.self_attention"), format!("{ours}.cross_attention"));
    attention::take(taken, &format!("{theirs}.self_attn"), &own, [c.d_model, c.d_model])?;
    attention::take(taken, &format!("{theirs}.multihead_attn"), &cross, [c.d_model, memory])?;
    feed_forward(taken, theirs, &ours, c)?;
    let kinds = ["self_attention_norm", "cross_attention_norm", "feed_forward_norm"];
    norms(taken, theirs, &ours, &kinds, c)
}

fn feed_forward(taken: &mut Taken, theirs: &str, ours: &str, c: &Config) -> Result<(), Error> {
    let ours = format!("{ours}.feed_forward");
    taken.linear(&format!("{theirs}.linear1"), &format!("{ours}.up"), [c.d_ff, c.d_model])?;
    taken.linear(&format!("{theirs}.linear2"), &format!("{ours}.down"), [c.d_model, c.d_ff])
}

/// The first of `kinds` is `norm1`.
fn norms(
    taken: &mut Taken,
    theirs: &str,
    ours: &str,
    kinds: &[&str],
    c: &Config,
) -> Result<(), Error> {
    for (number, kind) in (1..).zip(kinds) {
        norm(taken, &format!("{theirs}.norm{number}"), &format!("{ours}.{kind}"), c.d_model)?;
    }
    Ok(())
}
