//! What a model promises, whatever file it came from.

use super::{Trace, pixels, trace, trace_picture};
use regard::Token;
use regard::format::Model;

/// Words in front of the layers of a picture, or of the directory.
pub const HEADER: usize = 64;

/// The first word behind the directory: that of the first section.
pub fn directory_end(words: &[u32]) -> usize {
    let convolutions = words[34] >> 8 & 0xFF;
    words[HEADER + 2 * convolutions as usize + 3] as usize / 4
}

/// What a model says to its first words, or to a picture.
pub fn says(model: &Model<'_>) -> Trace {
    const DIRT: u32 = 0xA5A5_A5A5;
    let dims = model.dims();
    if !dims.reads_words() {
        return trace_picture(model, &pixels(13, 11), DIRT);
    }
    let words = (0..dims.source_vocabulary as Token).filter(|&token| token != dims.source_pad);
    let source: Vec<Token> = words.take(dims.max_source_len.min(3)).collect();
    if source.is_empty() { Trace::new() } else { trace(model, &source, DIRT, &[]) }
}

/// What an accepted model promises: it ends, inside its vocabulary and length.
pub fn check_promise(model: &Model<'_>) {
    if model.arena_bytes() > 1 << 20 {
        return; // Refusing to allocate is the caller's part of the promise.
    }
    let (dims, steps) = (model.dims(), says(model));
    assert!(steps.len() <= dims.max_target_len);
    assert!(steps.iter().all(|step| usize::from(step.0) < dims.target_vocabulary));
}
