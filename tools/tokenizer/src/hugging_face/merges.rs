//! `vocab.json` and `merges.txt`: GPT-2's files, which BART's folders have too, as the `tokenizer.json` that
//! `transformers` makes of them (`RobertaConverter` of its `convert_slow_tokenizer.py`).

use super::{Added, File, found};
use crate::error::{Error, unsupported, wrong};
use crate::{Found, read};
use serde_json::{Value, json};
use std::path::Path;

/// How that file is called.
pub(crate) const MERGES: &str = "merges.txt";
/// What is read beside it; the last two if they are there.
pub(crate) const BESIDE: [&str; 3] = ["vocab.json", "tokenizer_config.json", "added_tokens.json"];
/// Tokens that no text becomes, as BART calls them.
const SPECIALS: [&str; 5] = ["<s>", "</s>", "<pad>", "<unk>", "<mask>"];
/// What ends the last piece of a word in files that are no bytes.
const SUFFIX: &str = "</w>";

/// Of the merges in a file, and the words beside it.
pub(crate) fn of_merges(merges: &[u8], path: &Path) -> Result<Found, Error> {
    let Ok(merges) = str::from_utf8(merges) else { return wrong("this", "is no text") };
    // The first line says a version; `transformers` passes it over whatever it is.
    let merges: Vec<&str> = merges.lines().skip(1).filter(|line| !line.is_empty()).collect();
    if merges.iter().any(|merge| merge.ends_with(SUFFIX)) {
        return unsupported("end of words", SUFFIX, "pieces in bytes, as GPT-2 has them, are");
    }
    let [vocab, config, added] = BESIDE.map(|name| path.with_file_name(name));
    let vocab: Value = serde_json::from_slice(&read(&vocab)?)?;
    let maybe = |path: &Path| -> Result<Value, Error> {
        if path.is_file() { Ok(serde_json::from_slice(&read(path)?)?) } else { Ok(Value::Null) }
    };
    let (config, added) = (maybe(&config)?, maybe(&added)?);
    let mut names = added.as_object().into_iter().flat_map(|added| added.keys());
    if let Some(name) = names.find(|name| !SPECIALS.contains(&name.as_str())) {
        return unsupported("added token", name, format!("only {} are", SPECIALS.join(", ")));
    }
    let prefix = config["add_prefix_space"].as_bool().unwrap_or(false);
    let id = |word: &str| vocab[word].as_u64().and_then(|id| u32::try_from(id).ok());
    let special = |word: &&str| {
        let content = (*word).to_owned();
        Some(Added { id: id(word)?, content, special: true })
    };
    let (Some(cls), Some(sep)) = (id("<s>"), id("</s>")) else {
        return wrong("vocab.json", "has no <s> or </s>, between which a text is put");
    };
    let frame = json!({"type": "RobertaProcessing", "cls": ["<s>", cls], "sep": ["</s>", sep]});
    found(File {
        added_tokens: SPECIALS.iter().filter_map(special).collect(),
        normalizer: None,
        pre_tokenizer: Some(json!({"type": "ByteLevel", "add_prefix_space": prefix})),
        post_processor: Some(frame),
        decoder: Some(json!({"type": "ByteLevel"})),
        model: json!({"type": "BPE", "vocab": vocab, "merges": merges}),
    })
}
