//! A model of pictures, and files for it.

use crate::scratch::file;
use serde_json::{Value, json};
use twin::{Description, Error};

/// Pictures of 10 × 9 become 5 × 5, 5 × 5, 5 × 5 and 2 × 2 places of 8 numbers.
pub(crate) fn fields() -> Value {
    json!({
        "encoder": {
            "kind": "convolutional",
            "picture": {
                "width": 10, "height": 9, "channels": 3,
                "mean": [0.5, 0.5, 0.5], "deviation": [0.25, 0.25, 0.25]
            },
            "layers": [
                {"kind": "conv", "channels": 8, "kernel": 3, "stride": 2, "padding": "same", "norm": true},
                {"kind": "depthwise", "kernel": 3, "padding": 1, "activation": "relu"},
                {"kind": "conv", "channels": 8, "kernel": 1, "add": 0, "activation": "relu6"},
                {"kind": "average_pool", "kernel": 2, "stride": 2}
            ]
        },
        "decoder": {
            "kind": "recurrent", "cell": "lstm", "hidden": 6, "layers": 1, "start": "mean",
            "bridge_activation": "none",
            "attention": {"kind": "additive", "d_attention": 5, "activation": "relu"},
            "context_gate": "vector",
            "cell_reads": ["embedding", "context"],
            "output_reads": ["state", "context", "embedding"], "readout": 7,
            "readout_activation": "none"
        },
        "d_embedding": 7, "tied_output": true, "max_source_len": 4, "max_target_len": 6,
        "target": {"words": ["<pad>", "<bos>", "<eos>", "a", "b"], "pad": 0, "bos": 1, "eos": 2},
        "selftest": "random"
    })
}

pub(crate) fn described(fields: &Value) -> Result<Description, Error> {
    Description::read(&file(fields.to_string().as_bytes()))
}
