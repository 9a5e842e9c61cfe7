//! Attention in the first sentences that are short enough to be drawn.

use super::data::Item;
use crate::answer::Step;
use crate::engine::Engine;
use crate::given::Given;
use crate::report::Look;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _};

/// Sentences that are kept.
const SENTENCES: usize = 3;
/// Most rows of a picture of attention, and most columns; and most places of a picture.
const MOST_WORDS: usize = 40;
const MOST_PLACES: usize = 400;

/// Keeps one teacher-forced sentence, float and integers, if there is room. The end of the target is
/// left out.
pub(super) fn keep(
    engine: &Engine<'_>,
    given: &Given,
    item: &Item,
    [float, integer]: [&[Step]; 2],
    looks: &mut Vec<Look>,
) {
    let source = match given {
        Given::Tokens(ids) => ids.iter().map(|&id| engine.source_word(id)).collect(),
        Given::Picture(_) => vec![item.source.clone()],
    };
    let places = engine.places();
    let columns = places.map_or(source.len() <= MOST_WORDS, |[h, w]| h * w <= MOST_PLACES);
    let said = |steps: &[Step]| -> Vec<Vec<f32>> {
        let said = steps.iter().filter(|step| step.token != engine.end());
        said.map(|step| step.alignment.clone()).collect()
    };
    let (float_rows, integer_rows) = (said(float), said(integer));
    let fits = columns && (1..=MOST_WORDS).contains(&integer_rows.len());
    if looks.len() == SENTENCES || !engine.looks() || !fits {
        return;
    }
    let said = integer.iter().filter(|step| step.token != engine.end());
    let target = said.map(|step| engine.target_word(step.token)).collect();
    let picture = match given {
        Given::Picture(picture) => png(picture),
        Given::Tokens(_) => None,
    };
    let (line, float, integer) = (item.line, float_rows, integer_rows);
    looks.push(Look { line, source, target, picture, places, float, integer });
}

/// The bytes of a PNG; none if there is no such picture, which no model reads.
fn png(picture: &twin::Picture) -> Option<Vec<u8>> {
    let (width, height) = (picture.width as u32, picture.height as u32);
    let color = match picture.channels {
        1 => ExtendedColorType::L8,
        _ => ExtendedColorType::Rgb8,
    };
    let mut png = Vec::new();
    let written = PngEncoder::new(&mut png).write_image(picture.bytes(), width, height, color);
    written.ok().map(|()| png)
}
