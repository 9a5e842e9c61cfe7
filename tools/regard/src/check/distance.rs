//! Edit distance, and the nearest of several references.
//!
//! With phonemes as tokens, the sum of distances over the sum of lengths is the phoneme error rate.

/// How many tokens must be inserted, deleted or replaced to make `b` of `a`. Levenshtein (1966), a
/// row at a time: `[a] × [b]` steps, `[b]` numbers.
pub(crate) fn distance<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (left, token) in (1..).zip(a) {
        let mut corner = std::mem::replace(&mut row[0], left);
        for (column, other) in b.iter().enumerate() {
            let replaced = corner + usize::from(token != other);
            corner = row[column + 1];
            row[column + 1] = replaced.min(corner + 1).min(row[column] + 1);
        }
    }
    row[b.len()]
}

/// Distance to the nearest reference and the length of that one; of equally near ones the first.
pub(crate) fn to_nearest<T: PartialEq>(answer: &[T], references: &[&[T]]) -> (usize, usize) {
    let distances = references.iter().map(|known| (distance(answer, known), known.len()));
    distances.min_by_key(|&(distance, _)| distance).unwrap_or((answer.len(), 0))
}

#[cfg(test)]
mod tests {
    use super::{distance, to_nearest};

    #[test]
    fn distances_are_those_of_the_textbook() {
        for (a, b, expected) in [
            ("", "", 0),
            ("abc", "", 3),
            ("", "abc", 3),
            ("abc", "abc", 0),
            ("kitten", "sitting", 3),
            ("saturday", "sunday", 3),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
            assert_eq!(distance(b.as_bytes(), a.as_bytes()), expected, "{b} {a}");
        }
    }

    #[test]
    fn the_nearest_reference_gives_the_length_too() {
        let references: [&[u8]; 3] = [b"abcdef", b"abx", b"xbc"];
        assert_eq!(to_nearest(b"abc", &references), (1, 3));
        assert_eq!(to_nearest(b"abcdef", &references), (0, 6));
        assert_eq!(to_nearest(b"abcd", &references), (2, 6), "the first of equally near ones");
    }
}
