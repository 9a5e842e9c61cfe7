//! A token at a position: `embedding[token] · scale + position[i]`.

#[cfg(feature = "far-flash")]
use crate::far;
use crate::format::{Dims, Directory, Hook, Role, Section, Stack};
use crate::kernel::{Rows, scale};
use crate::number::{align, narrow};

/// The tables of a stack.
pub(crate) struct Embedding<'m> {
    table: Section<'m>,
    /// Empty where places are distances.
    positions: Section<'m>,
    multiplier: i32,
    exponent: i32,
    hook: Hook,
}

/// A row of a table as it is, as a 16-bit block: the embedding of recurrent models. Returns its
/// exponent. `wide`, `out`: `[width]`.
#[inline(always)]
pub(crate) fn look_up_anywhere(
    (table, hook): (&Section<'_>, Hook),
    token: usize,
    wide: &mut [i32],
    out: &mut [i16],
) -> i32 {
    #[cfg(feature = "far-flash")]
    if table.far.is_far() {
        let (tables, mut exponent) = ([table, &Section::EMPTY], 0);
        far::with_rows(tables, [token, 0], &mut |[(table, row), _]| {
            exponent = look_up((&table, Hook::NONE), row, wide, out);
        });
        return exponent;
    }
    look_up((table, hook), token, wide, out)
}

/// The same in place.
fn look_up(
    (table, hook): (&Section<'_>, Hook),
    token: usize,
    wide: &mut [i32],
    out: &mut [i16],
) -> i32 {
    let words = table.matrix();
    hook.announce(words.block_of(token));
    let multiplier = words.multiplier(token) >> 16;
    spread(words, token, [multiplier << 2, 1 << 30], wide);
    narrow(wide, table.scale_exponent, 16, i32::MIN, out)
}

/// `out = round(row · a · b / 2³²)`, where b is as [`scale`] wants it.
#[inline(never)] // For the flash.
fn spread(words: Rows<'_>, row: usize, [a, b]: [i32; 2], out: &mut [i32]) {
    words.each_weight(row, out, |out, weight| *out = scale(weight.wrapping_mul(a), b));
}

/// [`crate::number::round_shift`] without a branch, for |value| < 2³⁰.
fn rounded(value: i32, shift: u32) -> i32 {
    (value << 1 >> shift.min(31)).wrapping_add(1) >> 1
}

/// Digits kept below those of the weights.
const FRACTION: i32 = 7;

impl<'m> Embedding<'m> {
    /// What is next in a directory.
    pub(crate) fn next(directory: &mut Directory<'_, 'm>, stack: Stack) -> Self {
        let Dims { embedding_multiplier, embedding_exponent, .. } = *directory.model.dims();
        Self {
            table: directory.next(stack, 0, Role::Embedding),
            positions: directory.next(stack, 0, Role::Position),
            multiplier: i32::from(embedding_multiplier) << 16,
            exponent: embedding_exponent,
            hook: directory.model.hook(),
        }
    }

    /// `out`: `[d_model]`. Returns its exponent.
    #[inline(always)]
    pub(crate) fn apply_anywhere(&self, token: usize, position: usize, out: &mut [i32]) -> i32 {
        #[cfg(feature = "far-flash")]
        if self.table.far.is_far() || self.positions.far.is_far() {
            let (tables, mut exponent) = ([&self.table, &self.positions], 0);
            far::with_rows(tables, [token, position], &mut |[(table, row), (positions, place)]| {
                let near = Embedding { table, positions, hook: Hook::NONE, ..*self };
                exponent = near.apply(row, place, out);
            });
            return exponent;
        }
        self.apply(token, position, out)
    }

    /// The same in place.
    fn apply(&self, token: usize, position: usize, out: &mut [i32]) -> i32 {
        let (words, places) = (self.table.matrix(), self.positions.matrix());
        self.hook.announce(words.block_of(token));
        self.hook.announce(places.block_of(position));
        let word_scale = words.multiplier(token) >> (16 - FRACTION);
        let place_scale = places.multiplier(position) >> (16 - FRACTION);
        let word_exponent =
            self.table.scale_exponent.wrapping_add(self.exponent).wrapping_add(16 - FRACTION);
        let place_exponent = self.positions.scale_exponent.wrapping_sub(FRACTION);
        #[cfg(feature = "variants")]
        let place_exponent = if self.positions.rows > 0 { place_exponent } else { word_exponent };
        let (common, word_down, place_down) = align(word_exponent, place_exponent);
        spread(words, token, [word_scale, self.multiplier], out);
        if word_down > 0 {
            for out in out.iter_mut() {
                *out = rounded(*out, word_down);
            }
        }
        places.each_weight(position, out, |out, weight| {
            *out = out.wrapping_add(rounded(weight.wrapping_mul(place_scale), place_down));
        });
        common
    }
}
