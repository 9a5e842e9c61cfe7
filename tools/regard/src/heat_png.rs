//! The alignment as a PNG: source words across, target words down, the darker the stronger. Drawn as
//! boards draw it on their displays.

use crate::canvas::{Canvas, FONT};
use crate::problem::Problem;
use embedded_graphics::pixelcolor::{Gray8, GrayColor as _};
use heat_map::{HeatMap, Style};
use image::ImageFormat;
use std::io::Cursor;

const STYLE: Style = Style { font: FONT, cell: 26, margin: 8 };
/// The weight 1.
const ONE: f32 = regard::ALIGNMENT_ONE as f32;

/// The bytes of a PNG. `rows`: `[target_len × source_len]`.
pub(crate) fn png(
    source: &[String],
    target: &[String],
    rows: &[Vec<f32>],
) -> Result<Vec<u8>, Problem> {
    let rows: Vec<Vec<u16>> = rows.iter().map(|row| row.iter().map(q15).collect()).collect();
    let map = HeatMap { source, target, rows: &rows };
    let mut canvas = Canvas::new(map.size(&STYLE));
    let Ok(()) = map.draw(&mut canvas, &STYLE, Gray8::BLACK, |weight, _| shade(weight));
    let mut bytes = Cursor::new(Vec::new());
    canvas.0.write_to(&mut bytes, ImageFormat::Png).map_err(Problem::Picture)?;
    Ok(bytes.into_inner())
}

/// A weight as the engine has it; the conversion saturates.
fn q15(weight: &f32) -> u16 {
    (weight * ONE).round().min(ONE) as u16
}

fn shade(weight: u16) -> Gray8 {
    Gray8::new((255.0 - 235.0 * f32::from(weight) / ONE - 8.0) as u8)
}
