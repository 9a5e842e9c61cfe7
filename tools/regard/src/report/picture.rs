//! Where bars, cells and words stand in the pictures of the page. The templates draw them.
//!
//! ```text
//! name ████████┊    43.1      a row per site or tensor; ┊ the bound, at the same place in each
//!
//!        I drink milk
//! je     ██                   a row per word that was said; the stronger the colour, the more attention
//! bois      ███
//! ```

use super::model::Look;

/// Side of a cell of attention between words, and of a place of a picture.
const CELL: f64 = 24.0;
const PLACE: f64 = 12.0;
/// Of a letter, about; and most letters of a label.
const LETTER: f64 = 7.2;
const MOST_LETTERS: usize = 18;
/// Labels over columns are slanted by 55 degrees: their parts across and up.
const ACROSS: f64 = 0.574;
const UP: f64 = 0.819;
/// Alignments below it are not drawn.
const LEAST_ALIGNMENT: f32 = 0.005;

/// A bar, of a scale that is 100 long.
pub(super) struct Bar {
    pub(super) name: String,
    /// Less important than the name.
    pub(super) note: String,
    /// How long.
    pub(super) length: String,
    /// What the number beside it says.
    pub(super) value: String,
    pub(super) below: bool,
}

/// Bars of one scale.
pub(super) struct Bars {
    pub(super) rows: Vec<Bar>,
    /// Where the bound stands.
    pub(super) bound: Option<String>,
    /// What stands at the beginning, the middle and the end of the scale.
    pub(super) scale: [String; 3],
}

/// A word at a place.
pub(super) struct Label {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) word: String,
}

/// An alignment at a place.
pub(super) struct Cell {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) alignment: String,
}

/// Attention as a picture.
pub(super) struct Map {
    pub(super) width: String,
    pub(super) height: String,
    pub(super) side: String,
    pub(super) columns: Vec<Label>,
    pub(super) rows: Vec<Label>,
    pub(super) cells: Vec<Cell>,
}

/// A coordinate.
fn at(number: f64) -> String {
    format!("{number:.1}")
}

/// Text that can stand on a page: without what controls the page or turns its words around.
pub(super) fn plain(text: &str) -> String {
    let is_plain = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
            && !matches!(c, '\u{FFFE}' | '\u{FFFF}')
    };
    let plain = |c| if is_plain(c) { c } else { char::REPLACEMENT_CHARACTER };
    text.chars().map(plain).collect()
}

/// The same, not longer than a label may be.
pub(super) fn label(word: &str) -> String {
    match word.char_indices().nth(MOST_LETTERS) {
        None => plain(word),
        Some(_) => plain(word).chars().take(MOST_LETTERS - 1).chain(['…']).collect(),
    }
}

/// About how wide a label is.
fn width(label: &str) -> f64 {
    // What is not of the alphabets of Europe is taken to be twice as wide.
    label.chars().map(|c| if c < '\u{1100}' { LETTER } else { 2.0 * LETTER }).sum()
}

impl Bars {
    /// Of signal to noise in dB. `most`: stands for no noise.
    pub(super) fn decibels(values: &[(String, f64)], bound: f64, most: f64) -> Self {
        let real = values.iter().map(|&(_, value)| value).filter(|value| *value < most);
        let end = (real.fold(bound, f64::max).max(10.0) / 10.0).ceil() * 10.0;
        let share = |value: f64| at(100.0 * value.clamp(0.0, end) / end);
        let bar = |(name, value): &(String, f64)| Bar {
            name: name.clone(),
            note: String::new(),
            length: share(*value),
            value: if *value < most { format!("{value:.1}") } else { "no noise".into() },
            below: *value < bound,
        };
        let scale = ["0".into(), format!("{:.0}", end / 2.0), format!("{end:.0} dB")];
        Self {
            rows: values.iter().map(bar).collect(),
            bound: (bound >= 0.0).then(|| share(bound)),
            scale,
        }
    }

    /// Of bytes. `values`: names, notes and bytes.
    pub(super) fn bytes(values: &[(String, String, usize)]) -> Self {
        let most = values.iter().map(|&(.., bytes)| bytes).max().unwrap_or(0).max(1);
        let bar = |(name, note, bytes): &(String, String, usize)| Bar {
            name: name.clone(),
            note: note.clone(),
            length: at(100.0 * *bytes as f64 / most as f64),
            value: crate::table::grouped(*bytes),
            below: false,
        };
        let scale = [0, most / 2, most].map(crate::table::grouped);
        Self { rows: values.iter().map(bar).collect(), bound: None, scale }
    }
}

impl Map {
    /// Of attention between words. `rows`: `[target_len × source_len]`
    pub(super) fn of_words(look: &Look, rows: &[Vec<f32>]) -> Self {
        let [source, target] = [&look.source, &look.target]
            .map(|words| words.iter().map(|word| label(word)).collect::<Vec<_>>());
        let widest = |labels: &[String]| labels.iter().map(|word| width(word)).fold(0.0, f64::max);
        let (left, up) = (widest(&target) + 10.0, widest(&source));
        let top = up * UP + 16.0;
        let middle = |index: usize| (index as f64 + 0.5) * CELL;
        let column = |(word, index): (String, usize)| Label {
            x: at(left + middle(index)),
            y: at(top - 6.0),
            word,
        };
        let row = |(word, index): (String, usize)| Label {
            x: at(left - 6.0),
            y: at(top + middle(index) + 4.0),
            word,
        };
        let (across, down) = (source.len() as f64 * CELL, target.len() as f64 * CELL);
        Self {
            width: at(left + across.max(across - CELL + up * ACROSS) + 8.0),
            height: at(top + down + 4.0),
            side: at(CELL - 1.0),
            columns: source.into_iter().zip(0..).map(column).collect(),
            rows: target.into_iter().zip(0..).map(row).collect(),
            cells: cells(rows, [left, top], CELL),
        }
    }

    /// Where one word of a caption was looked for. `row`: `[height · width]`
    pub(super) fn of_places([height, width]: [usize; 2], row: &[f32]) -> Self {
        let rows: Vec<Vec<f32>> = row.chunks(width.max(1)).map(<[f32]>::to_vec).collect();
        Self {
            width: at(width as f64 * PLACE),
            height: at(height as f64 * PLACE),
            side: at(PLACE),
            columns: Vec::new(),
            rows: Vec::new(),
            cells: cells(&rows, [0.0, 0.0], PLACE),
        }
    }
}

fn cells(rows: &[Vec<f32>], [left, top]: [f64; 2], side: f64) -> Vec<Cell> {
    let of_row = |(row, down): (&Vec<f32>, u32)| {
        let cell = move |(&weight, across): (&f32, u32)| Cell {
            x: at(left + f64::from(across) * side),
            y: at(top + f64::from(down) * side),
            alignment: format!("{:.2}", weight.clamp(0.0, 1.0)),
        };
        let drawn = row.iter().zip(0..).filter(|(weight, _)| **weight >= LEAST_ALIGNMENT);
        drawn.map(cell).collect::<Vec<_>>()
    };
    rows.iter().zip(0..).flat_map(of_row).collect()
}

#[cfg(test)]
mod tests {
    use super::{Bars, MOST_LETTERS, label};

    #[test]
    fn a_bar_is_as_long_as_its_part_of_the_scale() {
        let values = [("a".into(), 30.0), ("b".into(), -5.0), ("c".into(), 999.0)];
        let bars = Bars::decibels(&values, 20.0, 999.0);
        assert_eq!((bars.scale[2].as_str(), bars.bound.as_deref()), ("30 dB", Some("66.7")));
        let lengths: Vec<&str> = bars.rows.iter().map(|bar| bar.length.as_str()).collect();
        assert_eq!(lengths, ["100.0", "0.0", "100.0"]);
        let below: Vec<bool> = bars.rows.iter().map(|bar| bar.below).collect();
        assert_eq!(below, [false, true, false]);
        assert_eq!(
            (bars.rows[1].value.as_str(), bars.rows[2].value.as_str()),
            ("-5.0", "no noise")
        );
    }

    #[test]
    fn labels_are_short_and_cannot_turn_the_page_around() {
        assert_eq!(label("drink"), "drink");
        assert_eq!(label("a\u{202E}b\0c\n"), "a\u{FFFD}b\u{FFFD}c\u{FFFD}");
        assert_eq!(label(&"x".repeat(999)).chars().count(), MOST_LETTERS);
    }
}
