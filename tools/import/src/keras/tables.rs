//! Tables of words and of places, for a model that a description of ours describes.

use super::blocks::natural;
use super::layers::var;
use super::named::modules;
use super::transformer::positions;
use crate::Error;
use crate::taken::Taken;
use twin::transformer::{Config, Positions};

/// Table of words, and of trained places.
pub(super) fn take(
    taken: &mut Taken,
    side: &str,
    shape: [usize; 2],
    places: usize,
    config: Option<&Config>,
) -> Result<(), Error> {
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let is_place = |path: &str| last(path).contains("pos");
    if config.is_some_and(|config| config.positions == Positions::Learned) {
        let all = modules(taken, |path, table| {
            table.len() == 2 && table[1] == shape[1] && is_place(path)
        });
        let theirs = choose(taken, side, "position", &all, [places, shape[1]])?;
        positions(taken, &theirs, side, [places, shape[1]])?;
    }
    let all = modules(taken, |path, table| {
        table == shape && path.contains("emb") && !is_place(path) && !path.ends_with("cell")
    });
    let theirs = choose(taken, side, "embedding", &all, shape)?;
    taken.carry(&var(&theirs, 0), format!("{side}.embedding.weight"), &shape)
}

/// The one of a side, or the one that is left.
fn choose(
    taken: &Taken,
    side: &str,
    what: &str,
    all: &[String],
    [rows, columns]: [usize; 2],
) -> Result<String, Error> {
    let own: Vec<&String> = all.iter().filter(|path| path.contains(side)).collect();
    match (&own[..], all) {
        ([one], _) => Ok((*one).clone()),
        ([], [one]) => Ok(one.clone()),
        // Of two sides of one class the encoder's is the first: `embedding` and `embedding_1`.
        ([], [first, second]) if side == "encoder" && numbered(first, second) => Ok(first.clone()),
        _ => {
            let named: Vec<String> = all.iter().take(5).map(|path| format!("`{path}`")).collect();
            let why = match named.is_empty() {
                true => format!("it has no layer for `{side}.{what}`, [{rows}, {columns}]"),
                false => format!(
                    "of {} it cannot be told which is `{side}.{what}`, [{rows}, {columns}]; the path of \
                     one must have `{side}` in it",
                    named.join(", ")
                ),
            };
            Err(Error::Model { path: taken.path().into(), why })
        }
    }
}

/// Whether two paths differ in the numbers behind their words alone.
fn numbered(one: &str, other: &str) -> bool {
    let words = |path: &str| natural(path).into_iter().map(|(word, _)| word);
    words(one).eq(words(other))
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn two_languages_are_not_told_apart_by_the_alphabet() {
        assert!(numbered("layers/embedding", "layers/embedding_1"));
        assert!(!numbered("answer_embedding", "question_embedding"));
        assert!(!numbered("deu_emb", "eng_emb"));
    }
}
