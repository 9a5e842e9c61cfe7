//! A caption as a PNG: the picture, and for each word the picture under the attention for it, as in
//! the figures of *Show, Attend and Tell* (arXiv 1502.03044).

use crate::canvas;
use crate::problem::Problem;
use image::imageops::{self, FilterType};
use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, Rgb, RgbImage};
use std::io::Cursor;

/// Longer side of a panel in pixels.
const SIDE: u32 = 192;
/// Between panels, and around everything.
const MARGIN: u32 = 8;
/// Most panels of a row.
const MOST_ACROSS: u32 = 6;
/// What is left of a picture where no attention lies.
const DIM: f32 = 0.3;
/// How white a picture becomes where most attention lies.
const LIGHT: f32 = 0.45;
const WHITE: Rgb<u8> = Rgb([255; 3]);

/// The bytes of a PNG. `rows`: per word `[height · width]` of the `map`'s places, width and height.
pub(crate) fn png(
    photo: &RgbImage,
    words: &[String],
    rows: &[Vec<f32>],
    map: [u32; 2],
) -> Result<Vec<u8>, Problem> {
    let small = shrunk(photo);
    let widest = words.iter().map(|word| canvas::width(word)).max().unwrap_or(0);
    let cell = [small.width().max(widest) + MARGIN, small.height() + canvas::HEIGHT + MARGIN];
    let count = words.len() as u32 + 1;
    let down = count.div_ceil(MOST_ACROSS);
    let across = count.div_ceil(down);
    let [width, height] = [across * cell[0] + MARGIN, down * cell[1] + MARGIN];
    let mut page = RgbImage::from_pixel(width, height, WHITE);
    let panels = words.iter().zip(rows).map(|(word, row)| (word.as_str(), lit(&small, row, map)));
    let panels = std::iter::once(("", small.clone())).chain(panels);
    for ((word, panel), index) in panels.zip(0..) {
        let (left, top) = (MARGIN + index % across * cell[0], MARGIN + index / across * cell[1]);
        let label = DynamicImage::from(canvas::word(word)).into_rgb8();
        let middle = (small.width().saturating_sub(label.width())) / 2;
        imageops::replace(&mut page, &label, (left + middle).into(), top.into());
        imageops::replace(&mut page, &panel, left.into(), (top + canvas::HEIGHT).into());
    }
    let mut bytes = Cursor::new(Vec::new());
    page.write_to(&mut bytes, ImageFormat::Png).map_err(Problem::Picture)?;
    Ok(bytes.into_inner())
}

/// The picture as large as a panel.
fn shrunk(photo: &RgbImage) -> RgbImage {
    let longer = photo.width().max(photo.height()).max(1);
    let side = |side: u32| (u64::from(side) * u64::from(SIDE) / u64::from(longer)).max(1) as u32;
    let (width, height) = (side(photo.width()), side(photo.height()));
    imageops::resize(photo, width, height, FilterType::CatmullRom)
}

/// The picture under the attention of one word, the most of it as the brightest.
fn lit(picture: &RgbImage, weights: &[f32], map: [u32; 2]) -> RgbImage {
    let light = smooth(weights, map, picture.dimensions());
    let mut lit = picture.clone();
    for (pixel, &Luma([light])) in lit.pixels_mut().zip(light.pixels()) {
        let kept = DIM + (1.0 - DIM - LIGHT) * light;
        pixel.0 = pixel.0.map(|byte| (f32::from(byte) * kept + 255.0 * LIGHT * light) as u8);
    }
    lit
}

/// Weights of places as light of pixels, 0 to 1: linear between the middles of the places.
fn smooth(
    weights: &[f32],
    [width, height]: [u32; 2],
    (to_width, to_height): (u32, u32),
) -> ImageBuffer<Luma<f32>, Vec<f32>> {
    let most = weights.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let at = |x: u32, y: u32| weights.get((y * width + x) as usize).map_or(0.0, |w| w / most);
    let small = ImageBuffer::from_fn(width, height, |x, y| Luma([at(x, y)]));
    imageops::resize(&small, to_width, to_height, FilterType::Triangle)
}
