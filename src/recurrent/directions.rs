//! States of the directions of an encoder, side by side or added: in a row of the memory, or in the first
//! state of a decoder.

use crate::format::Directions;
use crate::layer::row_mut;
use crate::number::{Block, round_shift};

/// Writes a state of a direction, the forward one first, into a row of the exponent `common`, that of
/// the state or a larger one. Returns the row's exponent: what is added is halved first.
#[inline(never)] // For the flash.
pub(crate) fn merge(
    directions: Directions,
    direction: usize,
    state: Block<'_>,
    common: i32,
    row: &mut [i16],
) -> i32 {
    let halve = i32::from(directions == Directions::Sum);
    // Beside a single direction, there is no room for another.
    let half = if halve == 1 { 0 } else { direction };
    let down = common.wrapping_sub(state.exponent).wrapping_add(halve) as u32;
    for (out, &m) in row_mut(row, half, state.mantissas.len()).iter_mut().zip(state.mantissas) {
        let other = if half == direction { 0 } else { *out };
        *out = other.saturating_add(round_shift(m.into(), down) as i16);
    }
    common.wrapping_add(halve)
}
