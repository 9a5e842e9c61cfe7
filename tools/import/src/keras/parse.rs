//! The words of `config.json`: what a use of a layer reads, and how paths are made of classes.

use super::graph::{Call, Ref};
use serde_json::Value;
use std::collections::HashMap;

/// The first states of a layer of cells.
const STATE: &str = "initial_state";
const MASK: &str = "mask";
/// Longest name of a layer, with those of the models that it is in, in bytes.
const MOST_NAME: usize = 256;
/// Most connections of a model.
const MOST_REFS: usize = 1 << 16;
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

/// Reads names and connections, as many of them as a model may have.
pub(super) struct Reader {
    /// Connections that may still be read.
    left: usize,
}

impl Default for Reader {
    fn default() -> Self {
        Self { left: MOST_REFS }
    }
}

impl Reader {
    /// One use of a layer. A layer of cells may have its first states behind what it reads.
    pub(super) fn call(&mut self, call: &Value, scope: &str) -> Result<Call, String> {
        let mut inputs = self.refs(&call["args"], scope)?;
        let idle = |value: &Value| value.is_null() || *value == Value::Bool(false);
        let known = |field: &str| READ.contains(&field) || [STATE, MASK].contains(&field);
        let (mut read, mut other) = (HashMap::new(), None);
        let all = call["kwargs"].as_object().into_iter().flatten();
        for (field, value) in all.filter(|(_, value)| !idle(value)) {
            let found = self.refs(value, scope)?;
            if !known(field) || found.is_empty() {
                other = Some(name("", field)?);
            }
            read.insert(field.as_str(), found);
        }
        let mut take = |field: &str| read.remove(field).unwrap_or_default();
        let (state, masks) = (take(STATE), take(MASK));
        inputs.extend(READ.into_iter().flat_map(take));
        Ok(Call { inputs, state, masks, other })
    }

    /// All outputs of layers that a value names, in its order.
    pub(super) fn refs(&mut self, value: &Value, scope: &str) -> Result<Vec<Ref>, String> {
        let mut found = Vec::new();
        self.gather(value, scope, &mut found)?;
        Ok(found)
    }

    fn gather(&mut self, value: &Value, scope: &str, found: &mut Vec<Ref>) -> Result<(), String> {
        match value {
            Value::Array(values) => match self.one(values, scope)? {
                Some(one) => found.push(one),
                None => {
                    return values.iter().try_for_each(|value| self.gather(value, scope, found));
                }
            },
            Value::Object(fields) => match &value["config"]["keras_history"] {
                Value::Null => {
                    return fields.values().try_for_each(|value| self.gather(value, scope, found));
                }
                history => return self.gather(history, scope, found),
            },
            _ => {}
        }
        Ok(())
    }

    /// `[layer, call, output]`
    fn one(&mut self, values: &[Value], scope: &str) -> Result<Option<Ref>, String> {
        let [Value::String(layer), call, output] = values else { return Ok(None) };
        let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
        let (Some(call), Some(output)) = (number(call), number(output)) else { return Ok(None) };
        let left = self.left.checked_sub(1);
        self.left = left.ok_or_else(|| format!("it has over {MOST_REFS} connections"))?;
        Ok(Some(Ref { layer: name(scope, layer)?, call, output }))
    }
}

/// The name of a layer behind those of the models that it is in.
pub(super) fn name(scope: &str, name: &str) -> Result<String, String> {
    let bytes = scope.len() + name.len();
    if bytes > MOST_NAME {
        return Err(format!(
            "a layer of it has a name of {bytes} bytes; at most {MOST_NAME} are read"
        ));
    }
    Ok(format!("{scope}{name}"))
}

/// The name of a class as Keras makes paths of it: `Conv2D` is `conv2d`, `InputLayer` `input_layer`,
/// `My_Encoder` `my__encoder`.
pub(super) fn snake(class: &str) -> String {
    let kept = |letter: &char| letter.is_alphanumeric() || *letter == '_';
    let letters: Vec<char> = class.chars().filter(kept).collect();
    let mut name = String::new();
    for (i, letter) in letters.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| letters.get(i)).copied().unwrap_or('_');
        let after = letters.get(i + 1).copied().unwrap_or('_');
        let begins = i > 0
            && letter.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || after.is_ascii_lowercase());
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
            ("My_Encoder", "my__encoder"),
        ] {
            assert_eq!(snake(class), path);
        }
    }
}
