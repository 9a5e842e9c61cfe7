//! Steps of a normaliser: what each makes of a letter.

use crate::letters::Letters;
use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_categories::UnicodeCategories as _;
use unicode_normalization_alignments::char::{
    decompose_canonical, decompose_compatible, is_combining_mark,
};

/// A step that looks at one letter at a time, but for the first.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// SentencePiece's table, and whether clusters are normalised as one.
    Charsmap { bytes: Vec<u8>, clusters: bool },
    /// A letter becomes a text.
    Replace(char, String),
    /// One that is the same in all files.
    Fixed(Fixed),
}

/// A step that is the same in all files.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fixed {
    /// Upper case to lower case.
    Lowercase,
    /// Control characters are dropped, white space is blanks (BERT).
    Clean,
    /// Blanks around Chinese characters (BERT).
    Chinese,
    /// Letters without their accents (BERT).
    StripAccents,
    /// Letters as what they are made of (NFD), but for the order of marks.
    Decompose,
    /// The same of what is alike (NFKD).
    DecomposeAlike,
    /// Marks are dropped.
    DropMarks,
}

impl Fixed {
    fn of_letter(self, c: char, out: &mut String) {
        match self {
            Self::Lowercase => out.extend(c.to_lowercase()),
            Self::Clean => match c {
                '\t' | '\n' | '\r' => out.push(' '),
                '\0' | '\u{FFFD}' => {}
                // For private use, which a table of each of them says more slowly.
                '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' => {}
                '\u{100000}'..='\u{10FFFD}' => {}
                c if c.is_other() => {}
                c if c.is_whitespace() => out.push(' '),
                c => out.push(c),
            },
            Self::Chinese if is_chinese(c) => out.extend([' ', c, ' ']),
            Self::Chinese => out.push(c),
            Self::StripAccents => decompose_canonical(c, |c| {
                if !c.is_mark_nonspacing() {
                    out.push(c);
                }
            }),
            Self::Decompose => decompose_canonical(c, |c| out.push(c)),
            Self::DecomposeAlike => decompose_compatible(c, |c| out.push(c)),
            Self::DropMarks if is_combining_mark(c) => {}
            Self::DropMarks => out.push(c),
        }
    }

    /// Letters that it changes, found once.
    fn changed(self) -> &'static Letters {
        static OF_ALL: [LazyLock<Letters>; 7] = [
            LazyLock::new(|| Fixed::Lowercase.changes()),
            LazyLock::new(|| Fixed::Clean.changes()),
            LazyLock::new(|| Fixed::Chinese.changes()),
            LazyLock::new(|| Fixed::StripAccents.changes()),
            LazyLock::new(|| Fixed::Decompose.changes()),
            LazyLock::new(|| Fixed::DecomposeAlike.changes()),
            LazyLock::new(|| Fixed::DropMarks.changes()),
        ];
        &OF_ALL[self as usize]
    }

    fn changes(self) -> Letters {
        let mut out = String::new();
        Letters::where_(|c| {
            out.clear();
            self.of_letter(c, &mut out);
            !out.chars().eq([c])
        })
    }
}

/// BERT's Chinese characters.
fn is_chinese(c: char) -> bool {
    matches!(c as u32,
        0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0x20000..=0x2A6DF | 0x2A700..=0x2B73F
        | 0x2B740..=0x2B81F | 0x2B920..=0x2CEAF | 0xF900..=0xFAFF | 0x2F800..=0x2FA1F)
}

/// Texts through steps, letter by letter.
pub(crate) struct Through<'s> {
    steps: &'s [Step],
    /// What SentencePiece's table has for single letters.
    map: &'s HashMap<char, String>,
    text: String,
    next: String,
}

impl<'s> Through<'s> {
    pub(crate) fn new(steps: &'s [Step], map: &'s HashMap<char, String>) -> Self {
        Self { steps, map, text: String::new(), next: String::new() }
    }

    /// What a text becomes.
    pub(crate) fn of(&mut self, text: &str) -> &str {
        text.clone_into(&mut self.text);
        for step in self.steps {
            if self.text.is_empty() {
                break;
            }
            self.next.clear();
            for c in self.text.chars() {
                match step {
                    Step::Charsmap { .. } if let Some(to) = self.map.get(&c) => self.next += to,
                    Step::Replace(from, to) if *from == c => self.next += to,
                    Step::Fixed(step) if step.changed().has(c) => {
                        step.of_letter(c, &mut self.next);
                    }
                    _ => self.next.push(c),
                }
            }
            std::mem::swap(&mut self.text, &mut self.next);
        }
        &self.text
    }

    /// Letters that become something else, and maybe some that do not.
    pub(crate) fn changed(&self) -> Letters {
        let mut all = Letters::default();
        for step in self.steps {
            match step {
                Step::Charsmap { .. } => all.extend(self.map.keys().copied()),
                Step::Replace(from, _) => all.extend([*from]),
                Step::Fixed(step) => all.unite(step.changed()),
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokenizers::normalizers::{BertNormalizer, Lowercase, NFD, NFKD, StripAccents};
    use tokenizers::{NormalizedString, Normalizer};
    use unicode_normalization_alignments::char::canonical_combining_class;

    fn agree(steps: &[Fixed], theirs: &[&dyn Normalizer]) {
        let (steps, map): (Vec<Step>, _) =
            (steps.iter().copied().map(Step::Fixed).collect(), HashMap::new());
        let mut through = Through::new(&steps, &map);
        let changed = through.changed();
        for c in '\0'..=char::MAX {
            let mut text = NormalizedString::from(String::from(c));
            for normalizer in theirs {
                normalizer.normalize(&mut text).unwrap();
            }
            let mut bytes = [0; 4];
            let from: &str = c.encode_utf8(&mut bytes);
            assert_eq!(through.of(from), text.get(), "{c:?}");
            assert!(changed.has(c) || text.get() == from, "{c:?}");
        }
    }

    #[test]
    fn each_letter_becomes_what_the_crate_makes_of_it() {
        let bert =
            |clean, chinese, strip, lower| BertNormalizer::new(clean, chinese, Some(strip), lower);
        agree(&[Fixed::Lowercase], &[&Lowercase]);
        agree(&[Fixed::Clean], &[&bert(true, false, false, false)]);
        agree(&[Fixed::Chinese], &[&bert(false, true, false, false)]);
        agree(&[Fixed::StripAccents], &[&bert(false, false, true, false)]);
        agree(&[Fixed::Decompose, Fixed::DropMarks], &[&NFD, &StripAccents]);
        agree(
            &[Fixed::DecomposeAlike, Fixed::Lowercase, Fixed::DropMarks],
            &[&NFKD, &Lowercase, &StripAccents],
        );
    }

    /// So their order, which a step that looks at one letter cannot know, is nothing to who drops them.
    #[test]
    fn letters_that_change_places_are_marks_and_stay_marks_in_lower_case() {
        for c in ('\0'..=char::MAX).filter(|&c| canonical_combining_class(c) > 0) {
            assert!(is_combining_mark(c), "{c:?}");
            assert!(c.to_lowercase().all(is_combining_mark), "{c:?}");
        }
    }
}
