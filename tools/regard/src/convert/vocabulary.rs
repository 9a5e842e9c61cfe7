//! Only the words of a corpus: what is neither read nor said there loses its row of each embedding
//! and of the output layer.
//!
//! The engine itself splits the corpus into tokens, so that what it would look up is what stays. The
//! marks and the words of the self-test stay too.

use super::samples::with_engine;
use super::{dims, emitted, entries, parts_of};
use crate::check;
use crate::engine::Engine;
use crate::problem::Problem;
use crate::quantise::Form;
use std::collections::BTreeSet;
use std::path::Path;

/// What a corpus uses.
#[derive(Default)]
struct Used {
    source: BTreeSet<u32>,
    target: BTreeSet<u32>,
    /// Words that the model does not know.
    unknown: BTreeSet<String>,
}

/// Trims both tables, and says in a sentence what became of them.
pub(super) fn trim(twin: &mut twin::Model, corpus: &Path) -> Result<String, Problem> {
    let items = check::read(corpus)?;
    let before = sizes(twin);
    let dims = dims::of(&twin.description)?;
    let words = emitted(&dims, &entries(&dims, parts_of(&dims, twin), Form::INT8.most_bits))?;
    let selftest = &twin.description.selftest;
    let used = with_engine(&words, |engine| {
        engine.read_targets(&twin.description)?;
        let mut used = Used::default();
        for item in &items {
            for target in &item.references {
                used.say(engine, target);
            }
            if dims.reads_words() {
                used.read(engine, &item.source);
            }
        }
        if used.target.is_empty() || dims.reads_words() && used.source.is_empty() {
            return Err(Problem::NoWords { path: corpus.into() });
        }
        if dims.reads_words() {
            used.read(engine, selftest);
        }
        Ok(used)
    })?;
    let ids = |set: BTreeSet<u32>| set.into_iter().collect::<Vec<_>>();
    twin.keep_words(&ids(used.source), &ids(used.target))?;
    let mut remark = String::from("\nvocabulary");
    for ((side, after), before) in ["source", "target"].iter().zip(sizes(twin)).zip(before) {
        if before > 0 {
            remark += &format!(" · {after} of {before} {side} words");
        }
    }
    if !used.unknown.is_empty() {
        let some: Vec<_> = used.unknown.iter().take(3).map(|word| format!("{word:?}")).collect();
        let (count, some) = (used.unknown.len(), some.join(", "));
        remark += &format!(" · {count} words of the corpus are unknown to the model: {some} …");
    }
    Ok(remark)
}

impl Used {
    /// Tokens of a source, as far as they are known.
    fn read(&mut self, engine: &Engine<'_>, sentence: &str) {
        for word in parts(sentence) {
            match engine.tokens(&word) {
                Ok(tokens) => self.source.extend(tokens),
                Err(_) => _ = self.unknown.insert(word.trim().into()),
            }
        }
    }

    /// Tokens of a target.
    fn say(&mut self, engine: &Engine<'_>, sentence: &str) {
        for word in parts(sentence) {
            match engine.target_tokens(&word) {
                Ok(tokens) => self.target.extend(tokens),
                Err(_) => _ = self.unknown.insert(word.trim().into()),
            }
        }
    }
}

/// The words of a sentence, all but the first behind a blank, for some pieces begin with it.
fn parts(sentence: &str) -> impl Iterator<Item = String> {
    let blanks = std::iter::once("").chain(std::iter::repeat(" "));
    blanks.zip(sentence.split_whitespace()).map(|(blank, word)| blank.to_owned() + word)
}

fn sizes(twin: &twin::Model) -> [usize; 2] {
    let d = &twin.description;
    [d.source.as_ref().map_or(0, |source| source.words.len()), d.target.words.len()]
}
