//! What the engine stores, from what `model.json` says.

use crate::error::{Error, wrong};
use crate::{Join, Method, Prefix, Split, Tokenizer, letters, normalise};
use regard::format::emit::{self, Choices, Content, PieceTable, Subwords};
use regard::format::{self, MAX_SUBWORD_TEXT, SourcePieces, TargetPieces};

/// Longest word, in bytes, that a model file may have room for.
pub const MOST_WORD: usize = MAX_SUBWORD_TEXT;
/// Longest piece of Unigram, in bytes.
const MOST_PIECE: usize = 127;
/// Most merges, and most ranks.
const MOST_MERGES: usize = 65_535;

/// A section of a model file, and what its header says of it.
#[derive(Clone, Debug)]
pub struct Packed {
    /// The section.
    pub content: Content,
    /// The method, with room for a word of one byte; more is the converter's to give.
    pub dims: SourcePieces,
}

/// How targets are joined.
#[must_use]
pub fn target(tokenizer: &Tokenizer) -> TargetPieces {
    let join = match tokenizer.join {
        Join::Blanks => format::Join::Blanks,
        Join::Marked => format::Join::Marked,
        Join::Bytes => format::Join::Bytes,
        Join::Continued => format::Join::Continued,
    };
    let Tokenizer { keeps_first, tidy, .. } = *tokenizer;
    TargetPieces { join, byte_pieces: has_bytes(&tokenizer.method), keeps_first, tidy }
}

fn has_bytes(method: &Method) -> bool {
    matches!(method, Method::Bpe { bytes: true, .. } | Method::Unigram { bytes: true, .. })
}

impl Packed {
    /// Packs what splits texts into these words.
    ///
    /// # Errors
    /// What contradicts itself, or has no room in the file.
    pub fn new(tokenizer: &Tokenizer, words: &[String]) -> Result<Self, Error> {
        check(tokenizer, words)?;
        let table = Table::of(&tokenizer.method, words)?;
        let [first, second] = ranges(tokenizer)?;
        let becomes: Vec<(&str, &str)> =
            tokenizer.becomes.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
        let unjoined =
            if tokenizer.clusters { normalise::unjoined(&tokenizer.becomes) } else { Vec::new() };
        let longest_first = match &tokenizer.method {
            Method::LongestFirst { prefix, most_letters } => (*most_letters, prefix.as_str()),
            _ => (0, ""),
        };
        let subwords = Subwords {
            split: split(tokenizer.split),
            choices: choices(tokenizer),
            unknown: tokenizer.unknown.map(|token| token as u16),
            start: tokenizer.start.map(|token| token as u16),
            penalty: table.penalty,
            longest_first,
            becomes: &becomes,
            unjoined: &unjoined,
            first: &first,
            second: &second,
            table: table.borrowed(),
        };
        let content = Content::subwords(&subwords)
            .map_err(|emit::TooLarge { part, have, most }| Error::TooLarge { part, have, most })?;
        let method = match tokenizer.method {
            Method::Whole => format::Method::Whole,
            Method::LongestFirst { .. } => format::Method::LongestFirst,
            Method::Bpe { .. } => format::Method::Bpe,
            Method::Unigram { .. } => format::Method::Unigram,
        };
        Ok(Self { content, dims: SourcePieces { method, window: table.window, longest_word: 1 } })
    }
}

fn split(split: Split) -> emit::Split {
    match split {
        Split::Runs => emit::Split::Runs,
        Split::Marks => emit::Split::Marks,
        Split::Blanks => emit::Split::Blanks,
        Split::Alone => emit::Split::Alone,
        Split::Kinds => emit::Split::Kinds,
        Split::Bytes => emit::Split::Bytes,
    }
}

fn choices(tokenizer: &Tokenizer) -> Choices {
    let blanks = tokenizer.blanks;
    Choices {
        white: blanks.white,
        collapse: blanks.collapse,
        strip_left: blanks.strip_left,
        strip_right: blanks.strip_right,
        trim: blanks.trim,
        prefix: blanks.prefix == Prefix::Missing,
        always_prefix: blanks.prefix == Prefix::Always,
        bytes: has_bytes(&tokenizer.method),
        fuse: matches!(tokenizer.method, Method::Bpe { fuse: true, .. } | Method::Unigram { .. }),
        whole: matches!(tokenizer.method, Method::Bpe { whole: true, .. }),
        clusters: tokenizer.clusters,
        mapped: tokenizer.mapped,
    }
}

/// The ranges that a tokenizer needs.
fn ranges(tokenizer: &Tokenizer) -> Result<[letters::Ranges; 2], Error> {
    Ok(match tokenizer.split {
        Split::Alone => [letters::punctuation(), Vec::new()],
        Split::Kinds => [letters::of_class(r"\w")?, Vec::new()],
        Split::Bytes => [letters::of_class(r"\p{L}")?, letters::of_class(r"\p{N}")?],
        Split::Runs | Split::Marks if tokenizer.clusters => {
            [letters::prepended(), letters::marks()]
        }
        Split::Runs | Split::Marks | Split::Blanks => [Vec::new(), Vec::new()],
    })
}

/// The method's own table.
struct Table {
    scores: Vec<Option<i32>>,
    merges: Vec<(u16, u16, u16, u16)>,
    penalty: i32,
    window: u32,
}

impl Table {
    fn of(method: &Method, words: &[String]) -> Result<Self, Error> {
        let mut table = Self { scores: Vec::new(), merges: Vec::new(), penalty: 0, window: 0 };
        match method {
            Method::Whole | Method::LongestFirst { .. } => {}
            Method::Bpe { merges, .. } => {
                for &(left, right, to, rank) in merges {
                    let narrow = |id: u32| id as u16;
                    table.merges.push((narrow(left), narrow(right), narrow(to), narrow(rank)));
                }
            }
            Method::Unigram { scores, penalty, .. } => {
                let all = scores.iter().flatten().chain([penalty]);
                let largest = all.fold(1.0f64, |largest, score| largest.max(score.abs()));
                // Below 2³⁰, with as many bits behind the point as there is room for.
                let unit = (30.0 - largest.log2()).floor().exp2();
                let fixed = |score: f64| (score * unit).round() as i32;
                table.scores = scores.iter().map(|score| score.map(fixed)).collect();
                table.penalty = fixed(*penalty);
                let said = scores.iter().zip(words).filter(|(score, _)| score.is_some());
                let longest = said.map(|(_, word)| word.len()).max().unwrap_or(1).max(4);
                table.window = (longest + 1).next_power_of_two().ilog2();
            }
        }
        Ok(table)
    }

    fn borrowed(&self) -> PieceTable<'_> {
        match (self.scores.as_slice(), self.merges.as_slice()) {
            ([], []) => PieceTable::None,
            ([], merges) => PieceTable::Merges(merges),
            (scores, _) => PieceTable::Scores(scores),
        }
    }
}

/// Tokens are tokens, and no piece lies across words.
fn check(tokenizer: &Tokenizer, words: &[String]) -> Result<(), Error> {
    let token = |what: &str, id: u32| match words.get(id as usize) {
        Some(_) if id <= u32::from(u16::MAX) => Ok(()),
        _ => wrong(format!("tokenizer.{what}"), format!("is {id} of {} tokens", words.len())),
    };
    tokenizer.unknown.map_or(Ok(()), |id| token("unknown", id))?;
    tokenizer.start.map_or(Ok(()), |id| token("start", id))?;
    if tokenizer.becomes.windows(2).any(|pair| pair[0].0.as_bytes() >= pair[1].0.as_bytes()) {
        return wrong("tokenizer.becomes", "is not sorted, or has a text twice");
    }
    if tokenizer.becomes.iter().any(|(from, _)| from.is_empty()) {
        return wrong("tokenizer.becomes", "has an empty text");
    }
    let is_said: Vec<bool> = match &tokenizer.method {
        Method::Unigram { scores, penalty, .. } => {
            check_scores(scores, *penalty, words)?;
            scores.iter().map(Option::is_some).collect()
        }
        Method::Bpe { merges, .. } => {
            check_merges(merges, words)?;
            let mut made = vec![false; words.len()];
            merges.iter().for_each(|&(_, _, to, _)| made[to as usize] = true);
            made
        }
        Method::Whole | Method::LongestFirst { .. } => Vec::new(),
    };
    if has_bytes(&tokenizer.method) {
        for byte in 0..=u8::MAX {
            let name = format!("<0x{byte:02X}>");
            if !words.contains(&name) {
                return wrong(
                    "tokenizer.method",
                    format!("says bytes, but there is no piece {name}"),
                );
            }
        }
    }
    let across = |word: &str| {
        let mut before = None;
        word.chars().any(|c| {
            c == '▁' && before.replace(c).is_some_and(|b| b != '▁') || {
                before = Some(c);
                false
            }
        })
    };
    let said = words.iter().zip(&is_said).filter(|(_, said)| **said);
    if tokenizer.split == Split::Runs
        && let Some((word, _)) = said.into_iter().find(|(word, _)| across(word))
    {
        let why = format!("lies across words, {word:?}; the engine splits text there");
        return wrong("a piece", why);
    }
    Ok(())
}

fn check_scores(scores: &[Option<f64>], penalty: f64, words: &[String]) -> Result<(), Error> {
    if scores.len() != words.len() {
        let why = format!("are {} for {} words", scores.len(), words.len());
        return wrong("tokenizer.method.scores", why);
    }
    if let Some(score) =
        scores.iter().flatten().chain([&penalty]).find(|s| s.is_nan() || s.abs() > 1e6)
    {
        return wrong("tokenizer.method.scores", format!("have {score}; they must be below 10⁶"));
    }
    let said = scores.iter().zip(words).filter(|(score, _)| score.is_some());
    match said.map(|(_, word)| word).find(|word| word.len() > MOST_PIECE) {
        Some(word) => {
            wrong("a piece", format!("has {} bytes, {word:?}; at most {MOST_PIECE}", word.len()))
        }
        None => Ok(()),
    }
}

fn check_merges(merges: &[(u32, u32, u32, u32)], words: &[String]) -> Result<(), Error> {
    if merges.len() > MOST_MERGES {
        return Err(Error::TooLarge { part: "merges", have: merges.len(), most: MOST_MERGES });
    }
    let mut pairs = std::collections::HashSet::new();
    for &(left, right, to, rank) in merges {
        if [left, right, to].iter().any(|&id| id as usize >= words.len())
            || rank as usize >= MOST_MERGES
        {
            let why =
                format!("have {left} {right} → {to} of rank {rank}, of {} words", words.len());
            return wrong("tokenizer.method.merges", why);
        }
        if !pairs.insert((left, right)) {
            return wrong("tokenizer.method.merges", format!("merge {left} and {right} twice"));
        }
    }
    Ok(())
}
