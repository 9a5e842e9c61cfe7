//! What lies around all that a model computes in its arena.
//!
//! ```text
//! ┌ tokens ┬ what encoding and decoding carve (parts.rs) ┬ alignment rows ┐
//! └        ┴                                             ┴                ┘
//! ```
//! Tokens are taken first. Rows are taken when the encoding is over, which has their place until then
//! (plan.rs).

use crate::Token;
use crate::arena::Carver;
use crate::format::{Dims, alignment_rows, source_room};

/// The source, from the start of an arena; nothing of a picture. `[max_source_len]`
#[inline(always)] // For the flash.
pub(crate) fn take_tokens<'a>(arena: &mut Carver<'a>, dims: &Dims) -> &'a mut [Token] {
    arena.take(source_room(dims))
}

/// Alignment rows, from the end of an arena, and the length of one: `[max_target_len × length]`, or more.
/// Nothing, and 0, of a decoder that does not look.
#[inline(always)] // For the flash.
pub(crate) fn take_rows<'a>(
    arena: &mut Carver<'a>,
    dims: &Dims,
    source_len: usize,
) -> (&'a mut [u16], usize) {
    let rows: &mut [u16] = arena.take_last(alignment_rows(dims));
    let row_len = if rows.is_empty() { 0 } else { source_len };
    (rows, row_len)
}
