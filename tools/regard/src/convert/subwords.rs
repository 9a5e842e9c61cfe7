//! What splits words of a source into pieces, and how those of a target are joined.

use crate::problem::Problem;
use regard::format::emit::{Content, arena_bytes};
use regard::format::{Dims, SourcePieces, SubwordDims};
use tokenizer::Packed;
use twin::Description;

/// Room for a word, in bytes: the first that costs no RAM, or the last.
const ROOMS: [usize; 4] = [1024, 512, 256, 128];

/// Says in the dims what the description says.
pub(super) fn describe(dims: &mut Dims, d: &Description) -> Result<(), Problem> {
    let target = d.target.tokenizer.as_ref().map(tokenizer::target);
    dims.subwords = SubwordDims { source: None, target };
    let Some(source) = &d.source else { return Ok(()) };
    let Some(tokenizer) = &source.tokenizer else { return Ok(()) };
    let packed = Packed::new(tokenizer, &source.words)?.dims;
    let without = arena_bytes(dims);
    for longest_word in ROOMS {
        dims.subwords.source = Some(SourcePieces { longest_word, ..packed });
        if arena_bytes(dims) == without {
            break;
        }
    }
    Ok(())
}

/// The section. [`describe`] has made it once, so that it can be made.
pub(super) fn of(twin: &twin::Model) -> Content {
    let source = twin.description.source.as_ref();
    let packed = source.and_then(|source| {
        let tokenizer = source.tokenizer.as_ref()?;
        Packed::new(tokenizer, &source.words).ok()
    });
    packed.map_or_else(Content::default, |packed| packed.content)
}
