//! `vocab.txt`: a token a line. With `[UNK]` it is BERT's, whose words are in lower case if the file's are;
//! else its lines are whole words.

use crate::error::{Error, wrong};
use crate::normalise::{self, Matters};
use crate::step::{Fixed, Step};
use crate::{Blanks, Found, Join, Marks, Method, Split, Tokenizer};

/// Most letters of a word that BERT splits.
const MOST_LETTERS: u16 = 100;

pub(crate) fn read(bytes: &[u8]) -> Result<Found, Error> {
    let Ok(text) = str::from_utf8(bytes) else {
        return wrong("this", "is no tokenizer.json, SentencePiece model or vocab.txt");
    };
    let words: Vec<String> = text.lines().map(str::to_owned).collect();
    let find = |names: &[&str]| {
        let at = words.iter().position(|word| names.contains(&word.as_str()));
        at.map(|at| at as u32)
    };
    let marks = Marks {
        pad: find(&["[PAD]", "<pad>"]),
        bos: find(&["[CLS]", "<s>", "<bos>"]),
        eos: find(&["[SEP]", "</s>", "<eos>"]),
    };
    let bert = find(&["[UNK]"]);
    let is_cased =
        words.iter().any(|word| !word.starts_with('[') && word.chars().any(char::is_uppercase));
    let mut steps = vec![Step::Fixed(Fixed::Clean), Step::Fixed(Fixed::Chinese)];
    if !is_cased {
        steps.extend([Step::Fixed(Fixed::StripAccents), Step::Fixed(Fixed::Lowercase)]);
    }
    let prefix = "##".to_owned();
    let (method, split) = match bert {
        Some(_) => (Method::LongestFirst { prefix, most_letters: MOST_LETTERS }, Split::Alone),
        None => (Method::Whole, Split::Blanks),
    };
    let becomes = match bert {
        Some(_) => normalise::table(&steps, &Matters::of(words.iter(), &method, split))?.0,
        None => Vec::new(),
    };
    let tokenizer = Tokenizer {
        method,
        unknown: bert.or_else(|| find(&["<unk>"])),
        start: bert.and(marks.bos),
        split,
        blanks: Blanks { white: true, ..Blanks::default() },
        becomes,
        clusters: false,
        mapped: false,
        join: if bert.is_some() { Join::Continued } else { Join::Blanks },
        keeps_first: false,
        tidy: bert.is_some(),
    };
    Ok(Found { words, marks, tokenizer })
}
