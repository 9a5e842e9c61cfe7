//! Layers of a Transformer, found by the `MultiHeadAttention` inside them.
//!
//! | here | there, inside a layer of any name |
//! |---|---|
//! | `self_attention` | `self_attention`, `attention`, `attention_1`, `mha`, `mha1`, `self_attention/mha`, `causal_self_attention/mha` |
//! | `cross_attention` | `cross_attention`, `attention_2`, `mha2`, `cross_attention/mha` |
//! | norms | our names; `layernorm_1`, `layernorm_2`, and of a decoder `layernorm_3`; `layernorm` beside an `mha`, `ffn/layer_norm` |
//! | `feed_forward.up`, `feed_forward.down` | our names; both `Dense` of a `Sequential` called `dense_proj`, `feed_forward`, `ffn` or `ffn/seq` |
//!
//! Those of keras.io's and TensorFlow's tutorials are among them. A layer with a second attention is of
//! the decoder.

use super::layers::{dense, heads, norm, var};
use crate::Error;
use crate::container::Store;
use crate::taken::Taken;
use twin::transformer::Config;

const OWN: [&str; 9] = [
    "self_attention",
    "self_attn",
    "attention",
    "attention_1",
    "mha",
    "mha1",
    "mha_1",
    "self_attention/mha",
    "causal_self_attention/mha",
];
const CROSS: [&str; 6] =
    ["cross_attention", "cross_attn", "attention_2", "mha2", "mha_2", "cross_attention/mha"];
const OWN_NORM: [&str; 6] = [
    "self_attention_norm",
    "layernorm_1",
    "layernorm1",
    "norm1",
    "self_attention/layernorm",
    "causal_self_attention/layernorm",
];
const CROSS_NORM: [&str; 5] =
    ["cross_attention_norm", "layernorm_2", "layernorm2", "norm2", "cross_attention/layernorm"];
/// Of an encoder, and behind these of a decoder.
const LAST_NORM: [[&str; 5]; 2] = [
    ["feed_forward_norm", "layernorm_2", "layernorm2", "norm2", "ffn/layer_norm"],
    ["feed_forward_norm", "layernorm_3", "layernorm3", "norm3", "ffn/layer_norm"],
];
const FEEDS: [[&str; 2]; 5] = [
    ["feed_forward/up", "feed_forward/down"],
    ["feed_forward/layers/dense", "feed_forward/layers/dense_1"],
    ["dense_proj/layers/dense", "dense_proj/layers/dense_1"],
    ["ffn/layers/dense", "ffn/layers/dense_1"],
    ["ffn/seq/layers/dense", "ffn/seq/layers/dense_1"],
];
/// How the first variable of an attention ends.
pub(super) const HEADS: &str = "/query_dense/vars/0";

/// One layer.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) path: String,
    own: String,
    cross: Option<String>,
}

/// All layers in the file, those of the encoder and those of the decoder, each in their order.
pub(super) fn blocks(store: &Store) -> [Vec<Block>; 2] {
    found(&store.names().filter_map(|name| name.strip_suffix(HEADS)).collect::<Vec<_>>())
}

/// The same, by the paths of all attentions.
fn found(attentions: &[&str]) -> [Vec<Block>; 2] {
    let ends = |names: &[&str]| {
        let mut found: Vec<(String, String)> = Vec::new();
        for attention in attentions {
            let longest = names
                .iter()
                .filter_map(|name| attention.strip_suffix(name)?.strip_suffix('/'))
                .min_by_key(|path| path.len());
            if let Some(path) = longest {
                found.push((path.to_owned(), (*attention).to_owned()));
            }
        }
        found
    };
    let cross = ends(&CROSS);
    // `cross_attention/mha` is no `mha` of a layer `cross_attention`.
    let is_cross = |own: &str| cross.iter().any(|(_, cross)| cross == own);
    let mut all: Vec<Block> = ends(&OWN)
        .into_iter()
        .filter(|(_, own)| !is_cross(own))
        .map(|(path, own)| {
            let of = cross.iter().find(|(other, _)| *other == path);
            Block { cross: of.map(|(_, cross)| cross.clone()), path, own }
        })
        .collect();
    all.sort_by_key(|block| natural(&block.path));
    let (decoder, encoder) = all.into_iter().partition(|block| block.cross.is_some());
    [encoder, decoder]
}

/// A path whose numbers count as numbers: `layer_2` before `layer_10`, `layer` before all of them.
pub(super) fn natural(path: &str) -> Vec<(String, u64)> {
    let part = |part: &str| {
        let word = part.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let number = part[word.len()..].parse().unwrap_or(0);
        (word.trim_end_matches('_').to_owned(), number)
    };
    path.split('/').map(part).collect()
}

/// `[d_model, heads, d_head, d_ff]`, as far as the file has a layer; 0 otherwise.
pub(super) fn sizes(store: &Store, block: &Block) -> [usize; 4] {
    let size = |path: &str, axis| store.size(&var(path, 0), axis);
    let query = format!("{}/query_dense", block.own);
    let up = FEEDS.iter().map(|[up, _]| size(&format!("{}/{up}", block.path), 1)).max();
    [size(&query, 0), size(&query, 1), size(&query, 2), up.unwrap_or(0)]
}

/// Which of these names the layer has; the first if none.
fn named(taken: &mut Taken, path: &str, names: &[&str]) -> String {
    let paths = names.iter().map(|name| format!("{path}/{name}"));
    let mut all: Vec<String> = paths.collect();
    let there = all.iter().position(|path| taken.store().has(&var(path, 0)));
    all.swap_remove(there.unwrap_or(0))
}

impl Block {
    /// Takes the layer as layer `i` of a side. `memory`: width of what a decoder looks at.
    pub(super) fn take(
        &self,
        taken: &mut Taken,
        i: usize,
        c: &Config,
        memory: usize,
    ) -> Result<(), Error> {
        let side = if self.cross.is_some() { "decoder" } else { "encoder" };
        let ours = format!("{side}.layers.{i}");
        heads(taken, &self.own, &format!("{ours}.self_attention"), c, c.d_model)?;
        let theirs = named(taken, &self.path, &OWN_NORM);
        norm(taken, &theirs, &format!("{ours}.self_attention_norm"), c.d_model)?;
        if let Some(cross) = &self.cross {
            heads(taken, cross, &format!("{ours}.cross_attention"), c, memory)?;
            let theirs = named(taken, &self.path, &CROSS_NORM);
            norm(taken, &theirs, &format!("{ours}.cross_attention_norm"), c.d_model)?;
        }
        let theirs = named(taken, &self.path, &LAST_NORM[usize::from(self.cross.is_some())]);
        norm(taken, &theirs, &format!("{ours}.feed_forward_norm"), c.d_model)?;
        let [up, down] = [0, 1].map(|k| FEEDS.map(|feed| feed[k]));
        let theirs = named(taken, &self.path, &up);
        dense(taken, &theirs, &format!("{ours}.feed_forward.up"), [c.d_ff, c.d_model])?;
        let theirs = named(taken, &self.path, &down);
        dense(taken, &theirs, &format!("{ours}.feed_forward.down"), [c.d_model, c.d_ff])
    }
}

#[cfg(test)]
mod tests {
    use super::{CROSS, OWN, found};

    #[test]
    fn every_name_of_the_table_makes_a_layer() {
        for own in OWN {
            let layer = format!("encoder/layer/{own}");
            let [encoder, decoder] = found(&[&layer]);
            assert_eq!((encoder.len(), decoder.len()), (1, 0), "{own}");
            for cross in CROSS {
                let all = [layer.clone(), format!("encoder/layer/{cross}")];
                let [encoder, decoder] = found(&all.each_ref().map(String::as_str));
                assert_eq!((encoder.len(), decoder.len()), (0, 1), "{own}, {cross}");
                assert_eq!(decoder[0].path, "encoder/layer");
            }
        }
    }
}
