//! The object `tokenizer` of `model.json`, beside the words of a side.

use serde::{Deserialize, Serialize};

/// How text becomes tokens, and tokens text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokenizer {
    /// How a word becomes pieces.
    pub method: Method,
    /// The token of what is unknown, if there is one.
    pub unknown: Option<u32>,
    /// A token before each source.
    #[serde(default)]
    pub start: Option<u32>,
    /// How text is cut into words.
    pub split: Split,
    /// What becomes of blanks.
    #[serde(default)]
    pub blanks: Blanks,
    /// Letters, or several together, and what they become.
    #[serde(default)]
    pub becomes: Vec<(String, String)>,
    /// What is one letter to a reader (UAX 29) is normalised as one, as the `tokenizers` crate does.
    #[serde(default)]
    pub clusters: bool,
    /// Several letters are looked up as what each of them becomes alone.
    #[serde(default)]
    pub mapped: bool,
    /// How pieces are joined.
    pub join: Join,
    /// Of `"marked"`: ▁ of the first piece is a blank too.
    #[serde(default)]
    pub keeps_first: bool,
    /// Of `"continued"`: no blank before marks and English endings.
    #[serde(default)]
    pub tidy: bool,
}

/// How a word becomes pieces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Method {
    /// It is one, or unknown.
    Whole,
    /// The longest piece first (WordPiece).
    LongestFirst {
        /// What pieces inside a word begin with.
        prefix: String,
        /// Most letters of a word that is not unknown.
        most_letters: u16,
    },
    /// Merges, the first of the list first; those of equal rank, if ranks are given, from left to right.
    Bpe {
        /// Left and right token, what they become, and the rank.
        merges: Vec<(u32, u32, u32, u32)>,
        /// Unknown letters become the pieces of their bytes.
        bytes: bool,
        /// Unknown letters that follow each other are one token.
        fuse: bool,
        /// A word that is a piece is not split.
        whole: bool,
    },
    /// The largest sum of scores.
    Unigram {
        /// The score of each token; none of those that no text becomes.
        scores: Vec<Option<f64>>,
        /// That of an unknown letter.
        penalty: f64,
        /// Unknown letters become the pieces of their bytes.
        bytes: bool,
    },
}

/// How text is cut into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Blanks become ▁; a word starts at ▁ behind another letter.
    Runs,
    /// Blanks become ▁; a word starts at each ▁.
    Marks,
    /// At blanks.
    Blanks,
    /// At blanks; punctuation is words of its own (BERT).
    Alone,
    /// At blanks, and where letters of words meet others.
    Kinds,
    /// GPT-2's words, in bytes.
    Bytes,
}

/// What becomes of blanks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Blanks {
    /// All white space is blanks, not U+0020 alone.
    pub white: bool,
    /// Blanks that follow each other are one.
    pub collapse: bool,
    /// Those in front are dropped.
    pub strip_left: bool,
    /// Those behind are dropped.
    pub strip_right: bool,
    /// With them, all white space there is.
    pub trim: bool,
    /// Is one put in front?
    pub prefix: Prefix,
}

/// Is a blank put in front?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prefix {
    /// No.
    #[default]
    Never,
    /// If there is none.
    Missing,
    /// Yes.
    Always,
}

/// How pieces are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// With blanks between them.
    Blanks,
    /// ▁ is a blank.
    Marked,
    /// Their letters are bytes (GPT-2).
    Bytes,
    /// With blanks, but before those that start with `##`.
    Continued,
}

impl Tokenizer {
    /// The same of `size` other ids. `to`: the new one of each; merges and scores of those that have none are
    /// left out.
    #[must_use]
    pub fn renumbered(mut self, size: usize, to: impl Fn(u32) -> Option<u32>) -> Self {
        self.unknown = self.unknown.and_then(&to);
        self.start = self.start.and_then(&to);
        match &mut self.method {
            Method::Whole | Method::LongestFirst { .. } => {}
            Method::Bpe { merges, .. } => {
                let merge = |&(left, right, both, rank): &(u32, u32, u32, u32)| {
                    Some((to(left)?, to(right)?, to(both)?, rank))
                };
                *merges = merges.iter().filter_map(merge).collect();
            }
            Method::Unigram { scores, .. } => {
                let mut new = vec![None; size];
                for (id, score) in (0..).zip(&*scores) {
                    if let Some(place) = to(id).and_then(|id| new.get_mut(id as usize)) {
                        *place = *score;
                    }
                }
                *scores = new;
            }
        }
        self
    }
}
