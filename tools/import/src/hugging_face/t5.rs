//! T5 and its version 1.1 (arXiv 1910.10683, 2002.05202), also mT5, ByT5 and Flan.
//!
//! | there | here |
//! |---|---|
//! | `shared`, or `….embed_tokens` | `encoder.embedding`, `decoder.embedding` |
//! | `….block.{i}.layer.0.SelfAttention`, `….layer.1.EncDecAttention` of `q`, `k`, `v`, `o` | `self_attention`, `cross_attention` of `query`, `key`, `value`, `output` |
//! | `….block.0.layer.0.SelfAttention.relative_attention_bias` | `….relative` |
//! | `….layer.{n}.layer_norm` | the norm of the n-th of these |
//! | `….DenseReluDense.wi`, `wo` | `feed_forward.up`, `feed_forward.down` |
//! | `….DenseReluDense.wi_0`, `wi_1` where it is gated | `feed_forward.gate`, `feed_forward.up` |
//! | `….final_layer_norm` | `encoder.norm`, `decoder.norm` |
//! | `lm_head` | `output`; where it is tied, 1/√d_model becomes part of `decoder.norm` |

use super::fields::Fields;
use super::generation::Marks;
use super::{Family, Head, activation};
use crate::Error;
use crate::container::Store;
use crate::taken::Taken;
use ndarray::Array1;
use twin::Weights;
use twin::transformer::{Activation, Config, NormKind, NormPlace, Positions, Relative};

/// What the fields say.
pub(super) fn family(fields: &Fields) -> Result<Family, Error> {
    let (gated, activation) = feed_forward_of(fields)?;
    let tied = fields.flag("tie_word_embeddings", true)?;
    // New versions of the library say apart what a tied head always meant.
    if fields.flag("scale_decoder_outputs", tied)? != tied {
        return fields
            .wrong("scale_decoder_outputs", "goes only with a tied head, and always with it");
    }
    let layers = fields.count("num_layers")?;
    let decoder_layers = fields.maybe_count("num_decoder_layers")?.unwrap_or(layers);
    let config = Config {
        layers,
        d_model: fields.count("d_model")?,
        n_heads: fields.count("num_heads")?,
        d_head: fields.count("d_kv")?,
        d_ff: fields.count("d_ff")?,
        norm: NormPlace::Pre,
        norm_kind: NormKind::Rms,
        norm_epsilon: fields.number("layer_norm_epsilon", 1e-6)?,
        last_norm: true,
        embedding_norm: false,
        activation,
        gated,
        positions: Positions::Relative(Relative {
            buckets: fields.maybe_count("relative_attention_num_buckets")?.unwrap_or(32),
            distance: fields.maybe_count("relative_attention_max_distance")?.unwrap_or(128),
        }),
        embedding_scale: 1.0,
        attention_scale: 1.0,
    };
    let words = fields.words("vocab_size")?;
    let decoder = Config { layers: decoder_layers, ..config.clone() };
    Ok(Family { encoder: config, decoder, words: [words; 2], tied, longest: None, head: Head::T5 })
}

/// `"relu"`, `"gated-gelu"` …; two more fields say the same again.
fn feed_forward_of(fields: &Fields) -> Result<(bool, Activation), Error> {
    let said = fields.text("feed_forward_proj")?.unwrap_or("relu");
    let (gated, name) = match said.strip_prefix("gated-") {
        Some(name) => (true, name),
        None => (false, said),
    };
    if fields.flag("is_gated_act", gated)? != gated {
        return fields
            .wrong("is_gated_act", format!("is not what `feed_forward_proj` {said:?} says"));
    }
    // So it is in the library: for the models of version 1.1.
    let usual = if said == "gated-gelu" { "gelu_new" } else { name };
    Ok((gated, activation(fields, "dense_act_fn", usual)?))
}

/// Everything in the file under our names.
pub(super) fn weights(store: Store, family: &Family, marks: &Marks) -> Result<Weights, Error> {
    let mut taken = Taken::from(store);
    // Early files have one, and no version of the model ever read it.
    let unread = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight";
    taken.store().leave_out(|name| name == unread);
    let shape = [family.words[1], family.decoder.d_model];
    embedding(&mut taken, shape)?;
    for (side, config) in [("encoder", &family.encoder), ("decoder", &family.decoder)] {
        let Positions::Relative(relative) = config.positions else { continue };
        let bias = format!("{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight");
        let buckets = [relative.buckets, config.n_heads];
        taken.carry(&bias, format!("{side}.relative.weight"), &buckets)?;
        for i in 0..config.layers {
            layer(&mut taken, side, i, config)?;
        }
        let mut last: Array1<f32> =
            taken.vector(&format!("{side}.final_layer_norm.weight"), config.d_model)?;
        if family.tied && side == "decoder" {
            last /= (config.d_model as f32).sqrt();
        }
        taken.put(format!("{side}.norm.weight"), last);
    }
    if family.tied {
        taken.store().leave_out(|name| name == "lm_head.weight");
    } else {
        taken.carry("lm_head.weight", "output.weight", &shape)?;
    }
    if !marks.unsaid.is_empty() {
        taken.put("output.bias", marks.silenced(Array1::zeros(shape[0])));
    }
    taken.weights()
}

/// One table for both sides, however often it lies in the file.
fn embedding(taken: &mut Taken, shape: [usize; 2]) -> Result<(), Error> {
    const NAMES: [&str; 3] =
        ["shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"];
    let name = NAMES.into_iter().find(|name| taken.store().has(name)).unwrap_or(NAMES[0]);
    let table = taken.store().share(name, shape)?;
    taken.store().leave_out(|name| NAMES.contains(&name));
    taken.put("encoder.embedding.weight", table.clone());
    taken.put("decoder.embedding.weight", table);
    Ok(())
}

fn layer(taken: &mut Taken, side: &str, i: usize, c: &Config) -> Result<(), Error> {
    let (theirs, ours) = (format!("{side}.block.{i}.layer"), format!("{side}.layers.{i}"));
    let attentions = [("SelfAttention", "self_attention"), ("EncDecAttention", "cross_attention")];
    let attentions = &attentions[..if side == "decoder" { 2 } else { 1 }];
    for (n, (attn, attention)) in attentions.iter().enumerate() {
        let inner = c.d_attention();
        for (short, part) in [("q", "query"), ("k", "key"), ("v", "value"), ("o", "output")] {
            let shape = if short == "o" { [c.d_model, inner] } else { [inner, c.d_model] };
            let ours = format!("{ours}.{attention}.{part}");
            taken.linear(&format!("{theirs}.{n}.{attn}.{short}"), &ours, shape)?;
        }
        norm(taken, &theirs, n, &format!("{ours}.{attention}_norm"), c)?;
    }
    let n = attentions.len();
    let (dense, feed) = (format!("{theirs}.{n}.DenseReluDense"), format!("{ours}.feed_forward"));
    let (up, down) = ([c.d_ff, c.d_model], [c.d_model, c.d_ff]);
    if c.gated {
        taken.linear(&format!("{dense}.wi_0"), &format!("{feed}.gate"), up)?;
        taken.linear(&format!("{dense}.wi_1"), &format!("{feed}.up"), up)?;
    } else {
        taken.linear(&format!("{dense}.wi"), &format!("{feed}.up"), up)?;
    }
    taken.linear(&format!("{dense}.wo"), &format!("{feed}.down"), down)?;
    norm(taken, &theirs, n, &format!("{feed}_norm"), c)
}

fn norm(taken: &mut Taken, theirs: &str, n: usize, ours: &str, c: &Config) -> Result<(), Error> {
    let theirs = format!("{theirs}.{n}.layer_norm.weight");
    taken.carry(&theirs, format!("{ours}.weight"), &[c.d_model])
}
