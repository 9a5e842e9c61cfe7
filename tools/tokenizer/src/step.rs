//! Steps of a normaliser: what each makes of a letter.

use crate::letters::Letters;
use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_categories::UnicodeCategories as _;
use unicode_normalization::char::decompose_canonical;

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
    /// Letters without their accents.
    StripAccents,
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
        }
    }

    /// Letters that it changes, found once.
    fn changed(self) -> &'static Letters {
        static OF_ALL: [LazyLock<Letters>; 4] = [
            LazyLock::new(|| Fixed::Lowercase.changes()),
            LazyLock::new(|| Fixed::Clean.changes()),
            LazyLock::new(|| Fixed::Chinese.changes()),
            LazyLock::new(|| Fixed::StripAccents.changes()),
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
