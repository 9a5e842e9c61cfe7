//! The alignment as a PNG: source words across, target words down, the darker the stronger.

use crate::label;
use crate::problem::Problem;
use image::{GrayImage, ImageFormat, Luma, imageops};
use std::io::Cursor;

/// Side of a cell in pixels.
const CELL: u32 = 26;
/// Between words and cells, and around everything.
const MARGIN: u32 = 8;
const WHITE: Luma<u8> = Luma([255]);

/// The bytes of a PNG. `rows`: `[target_len × source_len]`.
pub(crate) fn png(
    source: &[String],
    target: &[String],
    rows: &[Vec<f32>],
) -> Result<Vec<u8>, Problem> {
    let longest = |words: &[String]| words.iter().map(|word| label::width(word)).max().unwrap_or(0);
    let (left, top) = (longest(target) + 2 * MARGIN, longest(source) + 2 * MARGIN);
    let width = left + CELL * source.len() as u32 + MARGIN;
    let height = top + CELL * target.len() as u32 + MARGIN;
    let mut picture = GrayImage::from_pixel(width, height, WHITE);
    for (word, column) in source.iter().zip(0..) {
        let label = imageops::rotate270(&label::draw(word));
        let y = top - MARGIN - label.height();
        paste(&mut picture, &label, left + column * CELL + centred(label.width()), y);
    }
    for (word, row) in target.iter().zip(0..) {
        let label = label::draw(word);
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
