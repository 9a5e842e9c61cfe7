//! The alignment as a heat map of characters.
//!
//! ```text
//!          i drink milk .
//! je       @ .
//! bois       %     :
//! ```
//! A column is as wide as its source word; when the line would be wider than the terminal, columns
//! are two wide and the words stand upright.

use std::fmt::Write as _;

/// From nothing to everything, in ASCII.
const ASCII: &[u8] = b" .:-=+*#%@";
/// The same in Unicode shades.
const SHADES: &[char] = &[' ', '░', '▒', '▓', '█'];
/// Columns of a 256-colour ramp: black over blue and cyan to yellow.
const RAMP: &[u8] = &[16, 17, 18, 19, 20, 26, 32, 38, 44, 79, 114, 149, 184, 220, 226];

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Palette {
    /// Not a terminal.
    Ascii,
    /// A terminal that asks for no colours.
    Shades,
    /// A terminal.
    Colours,
}

/// `rows`: `[target_len × source_len]`, each row sums to 1.
pub(crate) struct HeatMap<'a> {
    pub(crate) source: &'a [String],
    pub(crate) target: &'a [String],
    pub(crate) rows: &'a [Vec<f32>],
}

impl HeatMap<'_> {
    /// Lines of at most `columns` characters, if two per source word are enough for that.
    pub(crate) fn draw(&self, palette: Palette, columns: usize) -> String {
        let margin = self.target.iter().map(|word| width(word)).max().unwrap_or(0) + 1;
        let wide: Vec<usize> = self.source.iter().map(|word| width(word).max(2)).collect();
        let total = margin + wide.iter().map(|width| width + 1).sum::<usize>();
        let mut text = String::new();
        let widths = if total <= columns {
            let words = self.source.iter().zip(&wide);
            line(&mut text, margin, words.map(|(word, &width)| format!("{word:width$} ")));
            wide
        } else {
            self.upright(&mut text, margin);
            vec![2; self.source.len()]
        };
        let gap = if total <= columns { " " } else { "" };
        for (word, row) in self.target.iter().zip(self.rows) {
            let _ = write!(text, "{word:margin$}");
            let cells =
                row.iter().zip(&widths).map(|(&weight, &width)| cell(palette, weight, width) + gap);
            line(&mut text, 0, cells);
        }
        text
    }

    /// Source words from top to bottom, one letter a line.
    fn upright(&self, text: &mut String, margin: usize) {
        let height = self.source.iter().map(|word| width(word)).max().unwrap_or(0);
        for at in 0..height {
            let letter = |word: &String| {
                let skipped = height - width(word);
                at.checked_sub(skipped).and_then(|at| word.chars().nth(at)).unwrap_or(' ')
            };
            line(text, margin, self.source.iter().map(|word| format!("{} ", letter(word))));
        }
    }
}

/// Characters, which for the Latin alphabets of the models is columns too.
fn width(word: &str) -> usize {
    word.chars().count()
}

pub(crate) fn line(text: &mut String, margin: usize, cells: impl Iterator<Item = String>) {
    let start = text.len();
    text.extend(std::iter::repeat_n(' ', margin));
    text.extend(cells);
    let end = text[start..].trim_end().len();
    text.truncate(start + end);
    text.push('\n');
}

/// `width` characters for a weight in 0…1.
pub(crate) fn cell(palette: Palette, weight: f32, width: usize) -> String {
    match palette {
        Palette::Ascii => char::from(pick(ASCII, weight)).to_string().repeat(width),
        Palette::Shades => pick(SHADES, weight).to_string().repeat(width),
        Palette::Colours => {
            format!("\x1b[48;5;{}m{:width$}\x1b[0m", pick(RAMP, weight), "")
        }
    }
}

/// The step of a ramp for a weight in 0…1.
fn pick<T: Copy>(ramp: &[T], weight: f32) -> T {
    let last = ramp.len() - 1;
    ramp[((weight * last as f32).round().max(0.0) as usize).min(last)]
}

#[cfg(test)]
mod tests {
    use super::{HeatMap, Palette};

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    fn draw(columns: usize) -> String {
        let rows = [vec![0.95, 0.05, 0.0], vec![0.0, 0.5, 0.5]];
        let (source, target) = (words("i drink milk"), words("je bois"));
        HeatMap { source: &source, target: &target, rows: &rows }.draw(Palette::Ascii, columns)
    }

    #[test]
    fn words_lie_when_there_is_room() {
        assert_eq!(draw(80), concat!("     i  drink milk\n", "je   @@\n", "bois    +++++ ++++\n"));
    }

    #[test]
    fn words_stand_when_there_is_none() {
        let expected = [
            "       d",
            "       r m",
            "       i i",
            "       n l",
            "     i k k",
            "je   @@",
            "bois   ++++",
            "",
        ];
        assert_eq!(draw(10), expected.join("\n"));
    }
}
