//! A token at a position: `embedding[token] · scale + position[i]`.

use crate::format::{Hook, Model, Role, Section, Stack};
use crate::kernel::scale;
use crate::number::{align, narrow, round_shift};

/// The tables of a stack, read in place.
pub(crate) struct Embedding<'m> {
    table: Section<'m>,
    positions: Section<'m>,
    multiplier: i32,
    exponent: i32,
    hook: Hook,
}

/// A row of a table as it is, as a 16-bit block: the embedding of recurrent models. Returns its
/// exponent. `wide`, `out`: `[width]`.
pub(crate) fn look_up(
    (table, hook): (&Section<'_>, Hook),
    token: usize,
    wide: &mut [i32],
    out: &mut [i16],
) -> i32 {
    let words = table.matrix();
    hook.announce(words.block_of(token));
    let multiplier = words.multiplier(token) >> 16;
    for (column, wide) in wide.iter_mut().enumerate() {
        *wide = i32::from(words.weight(token, column)).wrapping_mul(multiplier);
    }
    narrow(wide, table.scale_exponent, 16, i32::MIN, out)
}

/// Digits kept below those of the weights.
const FRACTION: i32 = 7;

impl<'m> Embedding<'m> {
    pub(crate) fn of(model: &Model<'m>, stack: Stack) -> Self {
        Self {
            table: model.find(stack, 0, Role::Embedding),
            positions: model.find(stack, 0, Role::Position),
            multiplier: i32::from(model.dims().embedding_multiplier) << 16,
            exponent: model.dims().embedding_exponent,
            hook: model.hook(),
        }
    }

    /// `out`: `[d_model]`. Returns its exponent.
    pub(crate) fn apply(&self, token: usize, position: usize, out: &mut [i32]) -> i32 {
        let (words, places) = (self.table.matrix(), self.positions.matrix());
        self.hook.announce(words.block_of(token));
        self.hook.announce(places.block_of(position));
        let word_scale = words.multiplier(token) >> (16 - FRACTION);
        let place_scale = places.multiplier(position) >> (16 - FRACTION);
        let word_exponent =
            self.table.scale_exponent.wrapping_add(self.exponent).wrapping_add(16 - FRACTION);
        let place_exponent = self.positions.scale_exponent.wrapping_sub(FRACTION);
        let (common, word_down, place_down) = align(word_exponent, place_exponent);
        for (column, out) in out.iter_mut().enumerate() {
            let word = i32::from(words.weight(token, column)).wrapping_mul(word_scale);
            let place = i32::from(places.weight(position, column)).wrapping_mul(place_scale);
            let word = round_shift(scale(word, self.multiplier), word_down);
            *out = word.wrapping_add(round_shift(place, place_down));
        }
        common
    }
}
