//! How a model speaks: its marks, tokens that it must never say, and what the engine does not do.
//!
//! These fields are in `generation_config.json`, which goes first, or in `config.json`.

use super::fields::Fields;
use crate::Error;
use serde_json::Value;

/// Marks of a model.
pub(super) struct Marks {
    pub(super) pad: u32,
    /// The first token that the decoder reads.
    pub(super) start: u32,
    pub(super) eos: u32,
    /// Tokens that are never said.
    pub(super) unsaid: Vec<u32>,
}

impl Marks {
    /// All but those of this kind of models without a field of their own; `words`: of the target.
    pub(super) fn read(
        config: &Fields,
        generation: Option<&Fields>,
        words: usize,
        remarks: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let token = |field: &str| -> Result<Option<u32>, Error> {
            let generated = generation.map_or(Ok(None), |fields| first_token(fields, field))?;
            Ok(generated.or(first_token(config, field)?))
        };
        let need =
            |field: &str| token(field)?.map_or_else(|| config.wrong(field, "is missing"), Ok);
        let (pad, eos) = (need("pad_token_id")?, need("eos_token_id")?);
        let marks = Self {
            pad,
            start: token("decoder_start_token_id")?.unwrap_or(pad),
            eos,
            unsaid: unsaid(config, generation)?,
        };
        for (field, id) in [
            ("pad_token_id", marks.pad),
            ("decoder_start_token_id", marks.start),
            ("eos_token_id", marks.eos),
        ]
        .into_iter()
        .chain(marks.unsaid.iter().map(|&id| ("bad_words_ids", id)))
        {
            if id as usize >= words {
                return config.wrong(field, format!("is {id}, but there are {words} words"));
            }
        }
        for fields in [generation, Some(config)].into_iter().flatten() {
            unlike(fields, remarks)?;
        }
        if let Some(first) = token("forced_bos_token_id")? {
            remarks.push(format!(
                "transformers makes token {first} the first word of every answer (`forced_bos_token_id`); \
                 here the model must say it by itself, as it is trained to"
            ));
        }
        Ok(marks)
    }
}

/// A token, or the first of several that mean the same.
fn first_token(fields: &Fields, field: &str) -> Result<Option<u32>, Error> {
    match fields.get(field) {
        Some(Value::Array(all)) if all.len() == 1 => {
            let token = all[0].as_u64().and_then(|id| u32::try_from(id).ok());
            token.map_or_else(|| fields.wrong(field, "has no id of a word"), |id| Ok(Some(id)))
        }
        Some(Value::Array(all)) => {
            fields.wrong(field, format!("has {} tokens; the engine takes one", all.len()))
        }
        _ => fields.token(field),
    }
}

fn unsaid(config: &Fields, generation: Option<&Fields>) -> Result<Vec<u32>, Error> {
    let field = "bad_words_ids";
    // The first file that has it; both are read, so that neither is taken for unknown.
    let lists =
        [generation, Some(config)].map(|fields| fields.and_then(|f| Some((f, f.get(field)?))));
    let Some((fields, list)) = lists.into_iter().flatten().next() else { return Ok(Vec::new()) };
    let Value::Array(list) = list else { return fields.wrong(field, "is not a list") };
    let single = |words: &Value| {
        let token = words.as_array().filter(|words| words.len() == 1)?.first()?.as_u64()?;
        u32::try_from(token).ok()
    };
    match list.iter().map(single).collect() {
        Some(all) => Ok(all),
        None => fields
            .wrong(field, "has a sequence of tokens; only single ones can be kept from being said"),
    }
}

/// Speaks of what `generate` would do, and the engine does not.
fn unlike(fields: &Fields, remarks: &mut Vec<String>) -> Result<(), Error> {
    let file = fields.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    let numbers = [
        ("num_beams", 1.0),
        ("no_repeat_ngram_size", 0.0),
        ("repetition_penalty", 1.0),
        ("min_length", 0.0),
        ("min_new_tokens", 0.0),
    ];
    for (field, nothing) in numbers {
        let found = fields.number(field, nothing)?;
        if found != nothing {
            remarks.push(format!(
                "{file} has {field} {found}; the engine is greedy and leaves it out"
            ));
        }
    }
    if fields.flag("do_sample", false)? {
        remarks.push(format!("{file} has do_sample; the engine is greedy and leaves it out"));
    }
    for field in ["suppress_tokens", "begin_suppress_tokens", "force_words_ids", "sequence_bias"] {
        if fields.get(field).is_some_and(|value| value.as_array().is_none_or(|all| !all.is_empty()))
        {
            return fields
                .wrong(field, "changes what is said in a way that the engine does not know");
        }
    }
    Ok(())
}
