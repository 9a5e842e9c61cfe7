//! A file of sentences: `source TAB target [TAB gold alignment]`, one a line.
//!
//! Lines with the same source that follow each other are one item with several references, as the
//! pronunciations of a word in a dictionary.

use super::pointing::Nouns;
use crate::problem::Problem;
use std::path::Path;

/// A picture, and what of it nouns are looked for in.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) picture: twin::Picture,
    pub(crate) nouns: Nouns,
}

/// A source and what it may become.
#[derive(Debug)]
pub(crate) struct Item {
    /// The first line of the item, counted from 1.
    pub(crate) line: usize,
    /// Of a picture: `tile 7`.
    pub(crate) source: String,
    /// At least one; the first is the one that teacher forcing follows.
    pub(crate) references: Vec<String>,
    /// Source and target word of the first reference that belong together, counted from 0.
    pub(crate) gold: Vec<(usize, usize)>,
    /// What is seen, of a model that reads pictures.
    pub(crate) seen: Option<Seen>,
}

/// Reads the first `limit` items.
pub(crate) fn read(path: &Path, limit: Option<usize>) -> Result<Vec<Item>, Problem> {
    let wrong =
        |(line, what): (usize, &str)| Problem::Line { path: path.into(), line, what: what.into() };
    items(&text(path)?, limit.unwrap_or(usize::MAX)).map_err(wrong)
}

/// The text of a file.
pub(crate) fn text(path: &Path) -> Result<String, Problem> {
    String::from_utf8(crate::file::read(path)?).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        Problem::Line { path: path.into(), line, what: "the text is not UTF-8".into() }
    })
}

/// The items of a text, or the line that is wrong and why.
fn items(text: &str, limit: usize) -> Result<Vec<Item>, (usize, &'static str)> {
    let mut items: Vec<Item> = Vec::new();
    for (text, line) in text.lines().zip(1..) {
        let mut columns = text.split('\t');
        let source = columns.next().unwrap_or_default();
        let again = items.last().is_some_and(|item| item.source == source);
        if !again && items.len() == limit {
            break;
        }
        let target = columns.next().ok_or((line, "a line needs a source, a tab and a target"))?;
        match items.last_mut() {
            Some(item) if again => item.references.push(target.into()),
            _ => {
                let links = columns.next().unwrap_or("").split_whitespace().map(link);
                let gold = links.collect::<Option<_>>();
                let gold = gold.ok_or((line, "an alignment is written 0-0 1-2 …"))?;
                let (source, references) = (source.into(), vec![target.into()]);
                items.push(Item { line, source, references, gold, seen: None });
            }
        }
    }
    if items.is_empty() { Err((1, "the file has no sentences")) } else { Ok(items) }
}

fn link(text: &str) -> Option<(usize, usize)> {
    let (source, target) = text.split_once('-')?;
    Some((source.parse().ok()?, target.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::items;

    #[test]
    fn equal_sources_in_a_row_are_one_item() {
        let found = items("a b\tx\t0-0\na b\ty z\nc\tx\t\na b\tw\n", 9).expect("items");
        let seen: Vec<_> =
            found.iter().map(|i| (i.line, i.source.as_str(), i.references.join("|"))).collect();
        let (both, other, again) = ("x|y z".into(), "x".into(), "w".into());
        assert_eq!(seen, [(1, "a b", both), (3, "c", other), (4, "a b", again)]);
        assert_eq!(found[0].gold, [(0, 0)]);
    }

    #[test]
    fn a_limit_counts_items_and_keeps_their_references() {
        let found = items("a\tx\na\ty\nb\tz\nno tab\n", 1).expect("the rest is not read");
        assert_eq!((found.len(), found[0].references.len()), (1, 2));
    }
}
