//! BART (arXiv 1910.13461), MarianMT (arXiv 1804.00344), mBART (arXiv 2001.08210) and Pegasus (arXiv
//! 1912.08777): one set of names, and four choices of norms and positions.
//!
//! | | Marian | BART | mBART | Pegasus |
//! |---|---|---|---|---|
//! | norms | post | post | pre, and a last one | pre, and a last one |
//! | norm of the embeddings | no | yes | yes | no |
//! | positions | sinusoidal, halves | learned, the first two rows unused | as BART | as Marian |
//!
//! | there, behind `model.` | here |
//! |---|---|
//! | `shared`, or `encoder.embed_tokens` and `decoder.embed_tokens` | `encoder.embedding`, `decoder.embedding` |
//! | `….embed_positions`, `….layernorm_embedding`, `….layer_norm` | `….position`, `….embedding_norm`, `….norm` |
//! | `….layers.{i}.self_attn`, `encoder_attn` | `self_attention`, `cross_attention` |
//! | of them `q_proj`, `k_proj`, `v_proj`, `out_proj` | `query`, `key`, `value`, `output` |
//! | `self_attn_layer_norm`, `encoder_attn_layer_norm`, `final_layer_norm` | `self_attention_norm`, `cross_attention_norm`, `feed_forward_norm` |
//! | `fc1`, `fc2` | `feed_forward.up`, `feed_forward.down` |
//! | `final_logits_bias` `[1, V]`, `lm_head` (not behind `model.`) | `output.bias`, `output` |

use super::fields::Fields;
use super::generation::Marks;
use super::{Family, Head, activation};
use crate::Error;
use crate::container::Store;
use crate::taken::Taken;
use ndarray::{Array1, Ix2, s};
use twin::Weights;
use twin::transformer::{Config, NormKind, NormPlace, Positions};

/// ε of its norms, which no field says.
const EPSILON: f32 = 1e-5;
/// Rows of trained positions that no place has.
const UNUSED: usize = 2;

/// Which of the four.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Marian,
    Bart,
    MBart,
    Pegasus,
}

impl Kind {
    pub(super) fn named(model_type: &str) -> Option<Self> {
        Some(match model_type {
            "marian" => Self::Marian,
            "bart" => Self::Bart,
            "mbart" => Self::MBart,
            "pegasus" => Self::Pegasus,
            _ => return None,
        })
    }

    fn pre(self) -> bool {
        matches!(self, Self::MBart | Self::Pegasus)
    }

    fn embedding_norm(self) -> bool {
        matches!(self, Self::Bart | Self::MBart)
    }

    fn computed_positions(self) -> bool {
        matches!(self, Self::Marian | Self::Pegasus)
    }
}

/// What the fields say. The output is tied unless they say otherwise.
pub(super) fn family(kind: Kind, fields: &Fields) -> Result<Family, Error> {
    for (field, expected) in [
        ("normalize_before", kind.pre()),
        ("add_final_layer_norm", kind.pre()),
        ("normalize_embedding", kind.embedding_norm()),
        ("static_position_embeddings", kind.computed_positions()),
    ] {
        fields.expect(field, expected)?;
    }
    let d_model = fields.count("d_model")?;
    let n_heads = fields.same(["encoder_attention_heads", "decoder_attention_heads"])?;
    let d_ff = fields.same(["encoder_ffn_dim", "decoder_ffn_dim"])?;
    if n_heads == 0 || d_model % n_heads != 0 {
        return fields.wrong("d_model", format!("is {d_model}, no multiple of {n_heads} heads"));
    }
    let d_head = d_model / n_heads;
    let scaled = fields.flag("scale_embedding", false)?;
    let longest = fields.count("max_position_embeddings")?;
    let vocabulary = fields.words("vocab_size")?;
    let shared = fields.flag("share_encoder_decoder_embeddings", true)?;
    let target = match (shared, fields.get("decoder_vocab_size")) {
        (false, Some(_)) => fields.words("decoder_vocab_size")?,
        _ => vocabulary,
    };
    let side = |layers: &str| -> Result<Config, Error> {
        Ok(Config {
            layers: fields.count(layers)?,
            d_model,
            n_heads,
            d_head,
            d_ff,
            norm: if kind.pre() { NormPlace::Pre } else { NormPlace::Post },
            norm_kind: NormKind::Layer,
            norm_epsilon: EPSILON,
            last_norm: kind.pre(),
            embedding_norm: kind.embedding_norm(),
            activation: activation(fields, "activation_function", "gelu")?,
            gated: false,
            positions: match kind.computed_positions() {
                true => Positions::SinusoidalHalves,
                false => Positions::Learned,
            },
            embedding_scale: if scaled { (d_model as f32).sqrt() } else { 1.0 },
            attention_scale: Config::usual_attention_scale(d_head),
        })
    };
    let (encoder, decoder) = (side("encoder_layers")?, side("decoder_layers")?);
    let tied = fields.flag("tie_word_embeddings", true)?;
    Ok(Family {
        encoder,
        decoder,
        words: [vocabulary, target],
        tied,
        longest: Some(longest),
        head: Head::Bart(kind),
    })
}

/// Everything in the file under our names.
pub(super) fn weights(
    kind: Kind,
    store: Store,
    family: &Family,
    marks: &Marks,
    lengths: [usize; 2],
) -> Result<Weights, Error> {
    let mut taken = Taken::from(store);
    taken.store().leave_out(|name| name.ends_with(".version"));
    let model =
        if taken.store().names().any(|name| name.starts_with("model.")) { "model." } else { "" };
    for ((side, config), (words, length)) in
        [("encoder", &family.encoder), ("decoder", &family.decoder)]
            .into_iter()
            .zip(family.words.into_iter().zip(lengths))
    {
        embedding(&mut taken, model, side, [words, config.d_model])?;
        let theirs = format!("{model}{side}");
        let positions = format!("{theirs}.embed_positions.weight");
        match config.positions {
            Positions::Learned => {
                learned(
                    &mut taken,
                    &positions,
                    side,
                    [family.longest.unwrap_or(0), config.d_model],
                    length,
                )?;
            }
            _ => computed(&mut taken, &positions, config.d_model)?,
        }
        if kind.embedding_norm() {
            let norm = format!("{theirs}.layernorm_embedding");
            taken.norm(&norm, &format!("{side}.embedding_norm"), config.d_model)?;
        }
        for i in 0..config.layers {
            layer(
                &mut taken,
                &format!("{theirs}.layers.{i}"),
                &format!("{side}.layers.{i}"),
                config,
            )?;
        }
        if config.last_norm {
            taken.norm(&format!("{theirs}.layer_norm"), &format!("{side}.norm"), config.d_model)?;
        }
    }
    taken.store().leave_out(|name| {
        let shared =
            [format!("{model}shared.weight"), format!("{model}encoder.embed_tokens.weight")];
        shared.contains(&name.to_owned()) || (family.tied && name == "lm_head.weight")
    });
    let shape = [family.words[1], family.decoder.d_model];
    if !family.tied {
        taken.carry("lm_head.weight", "output.weight", &shape)?;
    }
    let bias = match taken.store().has("final_logits_bias") {
        true => taken.store().take::<Ix2>("final_logits_bias", &[1, shape[0]])?.row(0).to_owned(),
        false => Array1::zeros(shape[0]),
    };
    let bias = marks.silenced(bias);
    taken.put("output.bias", bias);
    taken.weights()
}

/// The table of a side: its own, or the one that both share.
fn embedding(taken: &mut Taken, model: &str, side: &str, shape: [usize; 2]) -> Result<(), Error> {
    let own = format!("{model}{side}.embed_tokens.weight");
    let shared = format!("{model}shared.weight");
    let ours = format!("{side}.embedding.weight");
    if taken.store().has(&own) {
        taken.store().leave_out(|name| name == shared && side == "decoder");
        return taken.carry(&own, ours, &shape);
    }
    let table = taken.store().share(&shared, shape)?;
    taken.put(ours, table);
    Ok(())
}

fn learned(
    taken: &mut Taken,
    theirs: &str,
    side: &str,
    [longest, width]: [usize; 2],
    length: usize,
) -> Result<(), Error> {
    let rows = taken.matrix(theirs, [longest.saturating_add(UNUSED), width])?;
    let rows = rows.slice(s![UNUSED..UNUSED + length.min(longest), ..]).to_owned();
    taken.put(format!("{side}.position.weight"), rows);
    Ok(())
}

/// Positions that are computed may lie in the file, and must be what is computed.
fn computed(taken: &mut Taken, theirs: &str, width: usize) -> Result<(), Error> {
    let Some(&[rows, columns]) = taken.store().shape(theirs) else { return Ok(()) };
    let stored = taken.matrix(theirs, [rows, columns])?;
    let half = width.div_ceil(2);
    let expected = |row: usize, channel: usize| {
        let (pair, sine) = if channel < half { (channel, true) } else { (channel - half, false) };
        let angle = row as f64 / 10_000f64.powf((2 * pair) as f64 / width as f64);
        if sine { angle.sin() } else { angle.cos() }
    };
    let near = |((row, channel), &value): ((usize, usize), &f32)| {
        (expected(row, channel) - f64::from(value)).abs() < 1e-3
    };
    if columns == width && stored.indexed_iter().take_while(|((row, _), _)| *row < 64).all(near) {
        return Ok(());
    }
    let why = format!("`{theirs}` is not what its sinusoidal positions compute to");
    Err(Error::Model { path: taken.path().into(), why })
}

fn layer(taken: &mut Taken, theirs: &str, ours: &str, c: &Config) -> Result<(), Error> {
    let d = [c.d_model, c.d_model];
    let decoder = ours.starts_with("decoder");
    let attentions = [("self_attn", "self_attention"), ("encoder_attn", "cross_attention")];
    for (attn, attention) in attentions.into_iter().take(if decoder { 2 } else { 1 }) {
        for (short, part) in [("q", "query"), ("k", "key"), ("v", "value"), ("out", "output")] {
            let ours = format!("{ours}.{attention}.{part}");
            taken.linear(&format!("{theirs}.{attn}.{short}_proj"), &ours, d)?;
        }
        let norm = format!("{theirs}.{attn}_layer_norm");
        taken.norm(&norm, &format!("{ours}.{attention}_norm"), c.d_model)?;
    }
    let feed = format!("{ours}.feed_forward");
    taken.linear(&format!("{theirs}.fc1"), &format!("{feed}.up"), [c.d_ff, c.d_model])?;
    taken.linear(&format!("{theirs}.fc2"), &format!("{feed}.down"), [c.d_model, c.d_ff])?;
    taken.norm(&format!("{theirs}.final_layer_norm"), &format!("{feed}_norm"), c.d_model)
}
