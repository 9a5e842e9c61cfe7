//! Decoders under the names of the widely read PyTorch code for *Show, Attend and Tell* (arXiv
//! 1502.03044), [a-PyTorch-Tutorial-to-Image-Captioning](https://github.com/sgrvinod/a-PyTorch-Tutorial-to-Image-Captioning):
//! its tensors get our names before anything looks for them.
//!
//! `full_att` has a bias, which adds the same to every energy; softmax ignores it, and so do we.

use crate::Weights;

/// What their names may stand behind.
const PREFIXES: [&str; 2] = ["", "decoder."];

/// Theirs and ours; `weight` and `bias` follow.
const LINEAR: [(&str, &str); 7] = [
    ("attention.encoder_att", "decoder.attention.key"),
    ("attention.decoder_att", "decoder.attention.query"),
    ("attention.full_att", "decoder.attention.energy"),
    ("init_h", "decoder.bridge.0"),
    ("init_c", "decoder.bridge_cell.0"),
    ("f_beta", "decoder.context_gate"),
    ("fc", "output"),
];

/// Whole names, theirs and ours.
const WHOLE: [(&str, &str); 5] = [
    ("embedding.weight", "decoder.embedding.weight"),
    ("decode_step.weight_ih", "decoder.rnn.weight_ih_l0"),
    ("decode_step.weight_hh", "decoder.rnn.weight_hh_l0"),
    ("decode_step.bias_ih", "decoder.rnn.bias_ih_l0"),
    ("decode_step.bias_hh", "decoder.rnn.bias_hh_l0"),
];

/// A tensor that only such a decoder has.
const MARK: &str = "decode_step.weight_ih";

/// Renames the tensors of such a decoder, if the file has one.
pub(crate) fn rename(weights: &mut Weights) {
    let Some(prefix) = PREFIXES.iter().find(|prefix| weights.has(&format!("{prefix}{MARK}")))
    else {
        return;
    };
    weights.leave_out(&format!("{prefix}attention.full_att.bias"));
    for (theirs, ours) in LINEAR {
        for part in ["weight", "bias"] {
            weights.rename(&format!("{prefix}{theirs}.{part}"), &format!("{ours}.{part}"));
        }
    }
    for (theirs, ours) in WHOLE {
        weights.rename(&format!("{prefix}{theirs}"), ours);
    }
}
