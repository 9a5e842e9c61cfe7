//! The words of `config.json`: what a use of a layer reads, and how paths are made of classes.

use super::graph::{Call, Ref};
use serde_json::Value;

/// What layers read may have a name, in this order.
const READ: [&str; 8] = [
    "inputs",
    "sequence",
    "sequences",
    "decoder_sequence",
    "query",
    "value",
    "key",
    "encoder_outputs",
];

/// A field that is a text; nothing if it is none.
pub(super) fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

/// One use of a layer. A layer of cells may have its first states behind what it reads.
pub(super) fn read_call(call: &Value, scope: &str) -> Call {
    let mut inputs = refs(&call["args"], scope);
    let state = refs(&call["kwargs"]["initial_state"], scope);
    for field in READ {
        inputs.extend(refs(&call["kwargs"][field], scope));
    }
    Call { inputs, state }
}

/// All outputs of layers that a value names, in its order.
pub(super) fn refs(value: &Value, scope: &str) -> Vec<Ref> {
    let mut found = Vec::new();
    gather(value, scope, &mut found);
    found
}

fn gather(value: &Value, scope: &str, found: &mut Vec<Ref>) {
    match value {
        Value::Array(values) => match one(values, scope) {
            Some(one) => found.push(one),
            None => values.iter().for_each(|value| gather(value, scope, found)),
        },
        Value::Object(fields) => match &value["config"]["keras_history"] {
            Value::Null => fields.values().for_each(|value| gather(value, scope, found)),
            history => gather(history, scope, found),
        },
        _ => {}
    }
}

/// `[layer, call, output]`
fn one(values: &[Value], scope: &str) -> Option<Ref> {
    let [Value::String(layer), call, output] = values else { return None };
    let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
    Some(Ref { layer: format!("{scope}{layer}"), call: number(call)?, output: number(output)? })
}

/// The name of a class as Keras makes paths of it: `Conv2D` is `conv2d`, `InputLayer` `input_layer`.
pub(super) fn snake(class: &str) -> String {
    let letters: Vec<char> = class.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let mut name = String::new();
    for (i, letter) in letters.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| letters.get(i)).copied().unwrap_or('_');
        let after = letters.get(i + 1).copied().unwrap_or('_');
        let begins =
            i > 0 && letter.is_uppercase() && (before.is_lowercase() || after.is_lowercase());
        if begins {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::snake;

    #[test]
    fn paths_are_those_of_keras() {
        for (class, path) in [
            ("GRU", "gru"),
            ("SimpleRNN", "simple_rnn"),
            ("InputLayer", "input_layer"),
            ("Conv2D", "conv2d"),
            ("MultiHeadAttention", "multi_head_attention"),
            ("TransformerEncoder", "transformer_encoder"),
        ] {
            assert_eq!(snake(class), path);
        }
    }
}
