//! The alignment as a PNG: source words across, target words down, the darker the stronger.

use crate::problem::Problem;
use embedded_graphics::Drawable;
use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Point, Size};
use embedded_graphics::mono_font::iso_8859_1::FONT_9X18;
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::text::{Baseline, Text};
use image::{GrayImage, ImageFormat, Luma, imageops};
use std::convert::Infallible;
use std::io::Cursor;

/// Side of a cell in pixels.
const CELL: u32 = 26;
/// Between words and cells, and around everything.
const MARGIN: u32 = 8;
const FONT: MonoFont<'static> = FONT_9X18;
const WHITE: Luma<u8> = Luma([255]);

/// The bytes of a PNG. `rows`: `[target_len × source_len]`.
pub(crate) fn png(
    source: &[String],
    target: &[String],
    rows: &[Vec<f32>],
) -> Result<Vec<u8>, Problem> {
    let longest =
        |words: &[String]| words.iter().map(|word| pixels(&latin(word))).max().unwrap_or(0);
    let (left, top) = (longest(target) + 2 * MARGIN, longest(source) + 2 * MARGIN);
    let width = left + CELL * source.len() as u32 + MARGIN;
    let height = top + CELL * target.len() as u32 + MARGIN;
    let mut picture = GrayImage::from_pixel(width, height, WHITE);
    for (word, column) in source.iter().zip(0..) {
        let label = imageops::rotate270(&label(word));
        let y = top - MARGIN - label.height();
        paste(&mut picture, &label, left + column * CELL + centred(label.width()), y);
    }
    for (word, row) in target.iter().zip(0..) {
        let label = label(word);
        let x = left - MARGIN - label.width();
        paste(&mut picture, &label, x, top + row * CELL + centred(label.height()));
    }
    for (weights, row) in rows.iter().zip(0..target.len() as u32) {
        for (weight, column) in weights.iter().zip(0..source.len() as u32) {
            fill(&mut picture, left + column * CELL, top + row * CELL, *weight);
        }
    }
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).map_err(Problem::Picture)?;
    Ok(bytes.into_inner())
}

fn centred(size: u32) -> u32 {
    CELL.saturating_sub(size) / 2
}

fn pixels(word: &str) -> u32 {
    word.chars().count() as u32 * (FONT.character_size.width + FONT.character_spacing)
}

/// The font knows Latin-1, which lacks the ligature of *cœur*.
fn latin(word: &str) -> String {
    word.replace('œ', "oe").replace('Œ', "OE").replace('’', "'")
}

/// One cell with a thin white frame.
fn fill(picture: &mut GrayImage, left: u32, top: u32, weight: f32) {
    let shade = Luma([(255.0 - 235.0 * weight.clamp(0.0, 1.0) - 8.0) as u8]);
    for (x, y) in (1..CELL).flat_map(|x| (1..CELL).map(move |y| (x, y))) {
        picture.put_pixel(left + x, top + y, shade);
    }
}

fn paste(picture: &mut GrayImage, label: &GrayImage, x: u32, y: u32) {
    imageops::replace(picture, label, x.into(), y.into());
}

/// A word, black on white.
fn label(word: &str) -> GrayImage {
    let word = latin(word);
    let size = (pixels(&word).max(1), FONT.character_size.height);
    let mut canvas = Canvas(GrayImage::from_pixel(size.0, size.1, WHITE));
    let style = MonoTextStyle::new(&FONT, BinaryColor::On);
    let Ok(_) = Text::with_baseline(&word, Point::zero(), style, Baseline::Top).draw(&mut canvas);
    canvas.0
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
