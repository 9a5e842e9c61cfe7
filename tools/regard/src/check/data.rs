//! A file of sentences: `source TAB target [TAB gold alignment]`, one a line.

use crate::problem::Problem;
use std::path::Path;

/// One line.
pub(crate) struct Pair {
    /// Counts from 1.
    pub(crate) line: usize,
    pub(crate) source: String,
    pub(crate) target: String,
    /// Source and target word that belong together, counted from 0.
    pub(crate) gold: Vec<(usize, usize)>,
}

/// Reads the first `limit` lines.
pub(crate) fn read(path: &Path, limit: Option<usize>) -> Result<Vec<Pair>, Problem> {
    let bytes = crate::file::read(path)?;
    let wrong = |line, what: &str| Problem::Line { path: path.into(), line, what: what.into() };
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        wrong(1 + before.iter().filter(|byte| **byte == b'\n').count(), "the text is not UTF-8")
    })?;
    let mut pairs = Vec::new();
    for (text, line) in text.lines().zip(1..).take(limit.unwrap_or(usize::MAX)) {
        let mut columns = text.split('\t');
        let (Some(source), Some(target)) = (columns.next(), columns.next()) else {
            return Err(wrong(line, "a line needs a source, a tab and a target"));
        };
        let gold = columns.next().unwrap_or("").split_whitespace().map(pair).collect::<Option<_>>();
        let gold = gold.ok_or_else(|| wrong(line, "an alignment is written 0-0 1-2 …"))?;
        pairs.push(Pair { line, source: source.into(), target: target.into(), gold });
    }
    if pairs.is_empty() {
        return Err(wrong(1, "the file has no sentences"));
    }
    Ok(pairs)
}

fn pair(text: &str) -> Option<(usize, usize)> {
    let (source, target) = text.split_once('-')?;
    Some((source.parse().ok()?, target.parse().ok()?))
}
