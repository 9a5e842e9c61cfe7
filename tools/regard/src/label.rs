//! Words as small pictures, black on white.

use embedded_graphics::Drawable;
use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Point, Size};
use embedded_graphics::mono_font::iso_8859_1::FONT_9X18;
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::text::{Baseline, Text};
use image::{GrayImage, Luma};
use std::convert::Infallible;

const FONT: MonoFont<'static> = FONT_9X18;
/// Height of a label.
pub(crate) const HEIGHT: u32 = FONT.character_size.height;
const WHITE: Luma<u8> = Luma([255]);

/// Width of a label.
pub(crate) fn width(word: &str) -> u32 {
    latin(word).chars().count() as u32 * (FONT.character_size.width + FONT.character_spacing)
}

/// A word, black on white.
pub(crate) fn draw(word: &str) -> GrayImage {
    let mut canvas = Canvas(GrayImage::from_pixel(width(word).max(1), HEIGHT, WHITE));
    let style = MonoTextStyle::new(&FONT, BinaryColor::On);
    let word = latin(word);
    let Ok(_) = Text::with_baseline(&word, Point::zero(), style, Baseline::Top).draw(&mut canvas);
    canvas.0
}

/// The font knows Latin-1, which lacks the ligature of *cœur*.
fn latin(word: &str) -> String {
    word.replace('œ', "oe").replace('Œ', "OE").replace('’', "'")
}

/// Lets embedded-graphics draw on an image.
struct Canvas(GrayImage);

impl OriginDimensions for Canvas {
    fn size(&self) -> Size {
        Size::new(self.0.width(), self.0.height())
    }
}

impl DrawTarget for Canvas {
    type Color = BinaryColor;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<BinaryColor>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        for Pixel(at, colour) in pixels {
            let place = u32::try_from(at.x).ok().zip(u32::try_from(at.y).ok());
            if let Some(pixel) = place.and_then(|(x, y)| self.0.get_pixel_mut_checked(x, y)) {
                *pixel = Luma([if colour.is_on() { 0 } else { 255 }]);
            }
        }
        Ok(())
    }
}
