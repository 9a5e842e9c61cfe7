//! Word tables that the twin takes: no word twice, none empty, none with spaces in it.

use crate::Error;
use std::collections::HashSet;

/// Most words of a language, as the twin has it.
const MOST: usize = 65_535;

/// Refuses a table of so many words before it is made.
pub(crate) fn possible(side: &str, size: usize) -> Result<(), Error> {
    if (1..=MOST).contains(&size) {
        return Ok(());
    }
    let why = format!("has {size} words; it must have 1 to {MOST}");
    Err(twin::Error::Field { field: side.into(), why }.into())
}

/// Words that are not there are called after their id: `<7>`.
pub(crate) fn numbered(words: impl Iterator<Item = Option<String>>) -> Vec<String> {
    words.enumerate().map(|(id, word)| word.unwrap_or_else(|| format!("<{id}>"))).collect()
}

/// Words that could not be told apart or written between spaces are called after their id.
pub(crate) fn distinct(words: Vec<String>, side: &str, remarks: &mut Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    let usable = words.into_iter().map(|word| {
        let whole = !word.is_empty() && !word.contains(char::is_whitespace);
        (whole && seen.insert(word.clone())).then_some(word)
    });
    let usable: Vec<Option<String>> = usable.collect();
    let left = usable.iter().filter(|word| word.is_none()).count();
    if left > 0 {
        remarks.push(format!(
            "{left} words of the {side} are empty, twice there or have spaces in them; they are called \
             after their ids, as <7>"
        ));
    }
    // A name after an id may be a word of the list: it gets one more bracket.
    let mut words = numbered(usable.into_iter());
    let mut seen = HashSet::new();
    for word in &mut words {
        while !seen.insert(word.clone()) {
            *word = format!("<{word}>");
        }
    }
    words
}

/// What ends a word of a text, as the engine splits it, beside blanks.
const ENDS: [char; 6] = ['?', ',', '.', '!', ';', ':'];
/// Most words of a made-up sentence.
const FEW: usize = 4;

/// Some words that are no marks, far apart in the table; they and an end mark are at most `longest`.
pub(crate) fn made_up(words: &[String], marks: &[u32], longest: usize) -> String {
    let few = FEW.min(longest.saturating_sub(1)).max(1);
    let whole = |word: &str| !word.contains(ENDS) && word.to_lowercase() == word;
    let plain: Vec<&str> = (0u32..)
        .zip(words)
        .filter(|(id, word)| !marks.contains(id) && whole(word))
        .map(|(_, word)| word.as_str())
        .collect();
    let chosen = (1..=few).filter_map(|k| plain.get(k * plain.len() / (few + 1)));
    chosen.copied().collect::<Vec<_>>().join(" ")
}
