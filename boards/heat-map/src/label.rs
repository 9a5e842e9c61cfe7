//! Words in a font of one width, which knows Latin-1.

use embedded_graphics::Drawable as _;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::Point;
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::text::{Baseline, Text};

/// Height of a word.
#[must_use]
pub fn height(font: &MonoFont<'_>) -> u32 {
    font.character_size.height
}

/// Width of a word.
#[must_use]
pub fn width(word: &str, font: &MonoFont<'_>) -> u32 {
    let letters: usize = pieces(word).map(|piece| piece.chars().count()).sum();
    letters as u32 * (font.character_size.width + font.character_spacing)
}

/// Draws a word with its upper left corner at `at`.
///
/// # Errors
/// Those of `target`.
pub fn draw<D: DrawTarget>(
    word: &str,
    target: &mut D,
    font: &MonoFont<'_>,
    at: Point,
    ink: D::Color,
) -> Result<(), D::Error> {
    let style = MonoTextStyle::new(font, ink);
    let mut next = at;
    for piece in pieces(word) {
        next = Text::with_baseline(piece, next, style, Baseline::Top).draw(target)?;
    }
    Ok(())
}

/// A letter that Latin-1 lacks, as it has it: the ligature of *cœur*, the apostrophe of printers.
fn spelled(letter: char) -> Option<&'static str> {
    match letter {
        'œ' => Some("oe"),
        'Œ' => Some("OE"),
        '’' => Some("'"),
        _ => None,
    }
}

/// A word in pieces that Latin-1 has.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    word.split_inclusive(|letter| spelled(letter).is_some()).flat_map(|piece| {
        let mut letters = piece.chars();
        match letters.next_back().and_then(spelled) {
            Some(instead) => [letters.as_str(), instead],
            None => [piece, ""],
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{pieces, width};
    use embedded_graphics::mono_font::iso_8859_1::FONT_4X6;

    #[test]
    fn ligatures_are_two_letters_wherever_they_stand() {
        let whole = |word| pieces(word).fold(0, |sum, piece| sum + piece.len());
        assert!(pieces("cœur").eq(["c", "oe", "ur", ""]));
        assert!(pieces("œ’").eq(["", "oe", "", "'"]));
        assert_eq!((whole("été"), whole("")), (5, 0));
        assert_eq!(width("cœur", &FONT_4X6), 5 * 4);
        assert_eq!(width("été", &FONT_4X6), 3 * 4);
    }
}
