//! A grey picture that embedded-graphics draws on, and words as such pictures, black on white.

use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Point, Size};
use embedded_graphics::mono_font::MonoFont;
use embedded_graphics::mono_font::iso_8859_1::FONT_9X18;
use embedded_graphics::pixelcolor::{Gray8, GrayColor as _};
use heat_map::label;
use image::{GrayImage, Luma};
use std::convert::Infallible;

/// The letters of all pictures.
pub(crate) const FONT: &MonoFont<'static> = &FONT_9X18;
/// Height of a word.
pub(crate) const HEIGHT: u32 = FONT.character_size.height;
const WHITE: Luma<u8> = Luma([255]);

/// Width of a word.
pub(crate) fn width(word: &str) -> u32 {
    label::width(word, FONT)
}

/// A word, black on white.
pub(crate) fn word(word: &str) -> GrayImage {
    let mut canvas = Canvas::new(Size::new(width(word).max(1), HEIGHT));
    let Ok(()) = label::draw(word, &mut canvas, FONT, Point::zero(), Gray8::BLACK);
    canvas.0
}

/// Lets embedded-graphics draw on an image.
pub(crate) struct Canvas(pub(crate) GrayImage);

impl Canvas {
    /// White.
    pub(crate) fn new(size: Size) -> Self {
        Self(GrayImage::from_pixel(size.width, size.height, WHITE))
    }
}

impl OriginDimensions for Canvas {
    fn size(&self) -> Size {
        Size::new(self.0.width(), self.0.height())
    }
}

impl DrawTarget for Canvas {
    type Color = Gray8;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Gray8>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        for Pixel(at, colour) in pixels {
            let place = u32::try_from(at.x).ok().zip(u32::try_from(at.y).ok());
            if let Some(pixel) = place.and_then(|(x, y)| self.0.get_pixel_mut_checked(x, y)) {
                *pixel = Luma([colour.luma()]);
            }
        }
        Ok(())
    }
}
