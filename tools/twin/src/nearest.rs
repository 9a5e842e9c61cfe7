//! The nearest spelling, for messages that help.

/// The name that is fewest edits (insert, delete, replace a letter) away from `wanted`; the first
/// of equals. `None` when there are no names.
pub fn nearest<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wanted: Vec<char> = wanted.chars().collect();
    names.into_iter().min_by_key(|name| distance(&wanted, name))
}

/// Levenshtein's distance, one row of the table at a time.
fn distance(a: &[char], b: &str) -> usize {
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (i, b) in b.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &a) in a.iter().enumerate() {
            let replace = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distance_counts_single_letter_edits() {
        let of = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), b);
        assert_eq!(of("milk", "milk"), 0);
        assert_eq!(of("milk", "silk"), 1);
        assert_eq!(of("kitten", "sitting"), 3);
        assert_eq!(of("", "été"), 3);
    }

    #[test]
    fn nearest_prefers_fewest_edits_then_the_first() {
        assert_eq!(nearest("milc", ["water", "milk", "mild"]), Some("milk"));
        assert_eq!(nearest("milk", []), None);
    }
}
