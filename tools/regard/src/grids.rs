//! The attention of a caption as grids of characters, one a word, side by side.
//!
//! ```text
//!  a        red      car
//! |      | |      | |      |
//! |  %%@@| |  @@##| |  ::@@|
//! |      | |      | |    ..|
//! ```
//! The strongest place of each word is the fullest: attention over many places is little on each.

use crate::heat::{Palette, cell, line};

/// Columns of a place.
const WIDE: usize = 2;
/// Columns of the frame of a grid, and between grids.
const FRAME: usize = 2;
const GAP: usize = 1;

/// `rows`: per word, a weight for each place, `width` of them a line.
pub(crate) struct Grids<'a> {
    pub(crate) words: &'a [String],
    pub(crate) rows: &'a [Vec<f32>],
    pub(crate) width: usize,
}

impl Grids<'_> {
    /// Lines of at most `columns` characters, if one grid is not wider.
    pub(crate) fn draw(&self, palette: Palette, columns: usize) -> String {
        let words = self.words.iter().map(|word| word.chars().count()).max().unwrap_or(0);
        let wide = (words + 1).max(self.width * WIDE + FRAME);
        let across = ((columns + GAP) / (wide + GAP)).max(1);
        let mut text = String::new();
        for (words, rows) in self.words.chunks(across).zip(self.rows.chunks(across)) {
            if !text.is_empty() {
                text.push('\n');
            }
            let gap = wide + GAP;
            line(&mut text, 0, words.iter().map(|word| format!(" {word:0$}", gap - 1)));
            let height = rows.iter().map(|row| row.len().div_ceil(self.width)).max().unwrap_or(0);
            for y in 0..height {
                line(&mut text, 0, rows.iter().map(|row| self.cells(row, y, palette, gap)));
            }
        }
        text
    }

    /// Line `y` of one grid, as wide as `gap`.
    fn cells(&self, row: &[f32], y: usize, palette: Palette, gap: usize) -> String {
        let most = row.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let places = row.chunks(self.width).nth(y).unwrap_or_default();
        let cells: String =
            places.iter().map(|weight| cell(palette, weight / most, WIDE)).collect();
        let rest = gap - FRAME - WIDE * places.len();
        format!("|{cells}|{}", " ".repeat(rest))
    }
}

#[cfg(test)]
mod tests {
    use super::Grids;
    use crate::heat::Palette;

    #[test]
    fn grids_stand_side_by_side_as_far_as_there_is_room() {
        let words = ["a", "car", "x"].map(str::to_owned);
        let rows = [vec![0.1, 0.0, 0.0, 0.1], vec![0.0, 0.5, 0.0, 0.0], vec![0.0; 4]];
        let grids = Grids { words: &words, rows: &rows, width: 2 };
        let wide = [" a      car    x", "|@@  | |  @@| |    |", "|  @@| |    | |    |", ""];
        assert_eq!(grids.draw(Palette::Ascii, 80), wide.join("\n"));
        let narrow = [" a      car", "|@@  | |  @@|", "|  @@| |    |"];
        let below = ["", " x", "|    |", "|    |", ""];
        assert_eq!(grids.draw(Palette::Ascii, 14), [&narrow[..], &below].concat().join("\n"));
    }
}
