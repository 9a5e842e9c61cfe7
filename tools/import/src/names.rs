//! Names as the model has them, without what wraps a model or a file put around them.
//!
//! | wraps | example | becomes |
//! |---|---|---|
//! | a checkpoint | `model_state_dict.encoder.gru.weight_ih_l0` beside `optimizer_state_dict.…` | `encoder.gru.weight_ih_l0` |
//! | `nn.DataParallel` | `module.fc.weight` | `fc.weight` |
//! | `torch.compile` | `_orig_mod.fc.weight` | `fc.weight` |

use crate::Error;
use std::collections::BTreeMap;
use std::path::Path;

/// What checkpoints call the weights of a model.
const MODELS: [&str; 5] = ["model_state_dict", "state_dict", "model_state", "model", "net"];
/// What they call that no model has.
const OTHERS: [&str; 12] = [
    "optimizer",
    "optimizer_state_dict",
    "optimizer_states",
    "optim",
    "scheduler",
    "lr_scheduler",
    "scheduler_state_dict",
    "scaler",
    "encoder_optimizer",
    "decoder_optimizer",
    // The chatbot tutorial's.
    "en_opt",
    "de_opt",
];
/// Wrappers of a whole model.
const WRAPPERS: [&str; 2] = ["module", "_orig_mod"];

/// Named things under their plain names; two of one name are an error.
pub(crate) fn plain<T>(path: &Path, found: Vec<(String, T)>) -> Result<BTreeMap<String, T>, Error> {
    if let Some((name, _)) = found.iter().find(|(name, _)| name.contains(char::is_control)) {
        let why = format!("the name of a tensor, {name:?}, is not text of one line");
        return Err(Error::container(path, "weight", &why));
    }
    let mut found = found;
    found.retain(|(name, _)| !OTHERS.iter().any(|other| inside(name, other).is_some()));
    // A checkpoint may have other things beside the weights (a tensor of the loss, an average of them),
    // but only if it says what the weights are: "model" alone may be a part of one.
    let wrapped = |name: &str| {
        let marked = |(other, _): &(String, T)| inside(other, name).is_some();
        let sure = name.ends_with("state_dict") || name == "model_state";
        if sure { found.iter().any(marked) } else { !found.is_empty() && found.iter().all(marked) }
    };
    if let Some(model) = MODELS.into_iter().find(|name| wrapped(name) && !is_part(name, &found)) {
        found =
            found.into_iter().filter_map(|(name, t)| Some((inside(&name, model)?, t))).collect();
    }
    while let Some(wrapper) = wrapper(&found) {
        for (name, _) in &mut found {
            if let Some(rest) = inside(name, wrapper) {
                *name = rest;
            }
        }
    }
    let mut named = BTreeMap::new();
    for (name, thing) in found {
        if named.contains_key(&name) {
            return Err(Error::Twice { path: path.into(), name });
        }
        named.insert(name, thing);
    }
    Ok(named)
}

/// Hugging Face's own `model.` before all names is a part of theirs: `model.shared.weight`.
fn is_part<T>(name: &str, found: &[(String, T)]) -> bool {
    name == "model"
        && found.iter().any(|(name, _)| {
            name.starts_with("model.encoder.layers.") || name.starts_with("model.shared.")
        })
}

/// A wrapper that is around all.
fn wrapper<T>(found: &[(String, T)]) -> Option<&'static str> {
    let around = |wrapper: &&str| {
        !found.is_empty() && found.iter().all(|(name, _)| inside(name, wrapper).is_some())
    };
    WRAPPERS.into_iter().find(|wrapper| around(wrapper))
}

/// What follows `outer.` in a name.
fn inside(name: &str, outer: &str) -> Option<String> {
    Some(name.strip_prefix(outer)?.strip_prefix('.')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::plain;

    fn named(names: &[&str]) -> Vec<String> {
        let found = names.iter().map(|&name| (name.to_owned(), ())).collect();
        plain("f".as_ref(), found).unwrap().into_keys().collect()
    }

    #[test]
    fn what_wraps_a_model_is_taken_off() {
        assert_eq!(named(&["module.a.weight", "module.b"]), ["a.weight", "b"]);
        assert_eq!(named(&["model.a", "model.b"]), ["a", "b"]);
        let checkpoint = ["state_dict.module.a", "optimizer.state.0.exp_avg", "loss"];
        assert_eq!(named(&checkpoint), ["a"]);
        assert_eq!(named(&["encoder.a", "decoder.a"]), ["decoder.a", "encoder.a"]);
    }

    #[test]
    fn a_part_of_a_name_stays() {
        assert_eq!(named(&["module.a", "b"]), ["b", "module.a"]);
        let theirs = ["model.encoder.layers.0.fc1.weight", "model.shared.weight"];
        assert_eq!(named(&theirs), theirs);
        assert_eq!(named(&["final_logits_bias", "model.shared.weight"]).len(), 2);
    }
}
