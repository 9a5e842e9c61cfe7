//! Attention with arbitrary weights over an arbitrary memory, with one hash of alignments and
//! contexts on every core: for tests.

use super::Scorer;
use super::conformance::{input, matrix};
use crate::arena::{Carver, footprint};
use crate::format::{Checksum, RowsPlan, Score, Section};
use crate::kernel::{Layout, Rows};
use crate::layer::{Blocks, Scratch, block};

/// Numbers of a state, of a row of the memory and of a key.
const WIDTH: usize = 32;
/// Rows of the memory.
const ROWS: usize = 9;
const MEMORY: RowsPlan = RowsPlan { width: WIDTH, rows: ROWS };
/// Bytes of RAM that [`hash`] takes.
pub const BYTES: usize = 2 * rows_bytes() + 3 * bytes(WIDTH, 4) + bytes(ROWS, 4);

const fn bytes(n: usize, size: usize) -> usize {
    footprint(n as u64, size as u64) as usize
}

const fn rows_bytes() -> usize {
    bytes(WIDTH * ROWS, 2) + bytes(ROWS, 1)
}

static WORDS: [u32; Rows::words_needed(WIDTH, WIDTH)] = matrix(WIDTH);

/// log₂e, as dot products have it alone, and over √[`WIDTH`].
const ALONE: (i16, i32) = (23_637, -14);
const SCALED: (i16, i32) = (16_714, -16);

/// The checksum of the alignments and contexts of some states, the memory's exponents being as
/// different as they come; 0 if `arena` is smaller than [`BYTES`].
#[inline(never)] // Its frame is gone before the next case.
pub fn hash(score: Score, factor: (i16, i32), arena: &mut [u8]) -> u32 {
    let Some(Ok(mut arena)) = arena.get_mut(..BYTES).map(Carver::new) else { return 0 };
    arena.clear();
    let section = |rows| {
        let words = &WORDS[..Rows::words_needed(rows, WIDTH)];
        let (scale_exponent, bias_exponent) = (-20, -28);
        Section {
            words,
            rows,
            columns: WIDTH,
            scale_exponent,
            bias_exponent,
            bits: 10,
            layout: Layout::Pairs,
            ..Section::EMPTY
        }
    };
    let sections = [section(WIDTH), section(WIDTH), section(1)];
    let scorer = Scorer::from_sections(score, sections, factor);
    let mut memory = Blocks::carve(&mut arena, &MEMORY, ROWS);
    let mut keys = Blocks::carve(&mut arena, &MEMORY, ROWS);
    let mut scratch = Scratch {
        wide: arena.take(2 * WIDTH),
        narrow: arena.take(WIDTH),
        stream: &mut [],
        energies: arena.take(ROWS),
        alignment: &mut [],
    };
    for row in 0..ROWS {
        memory.update(row, |mantissas, _| {
            input(mantissas, row);
            -9 - row as i32 % 3
        });
    }
    scorer.prepare(&memory, &mut keys, &mut scratch, &mut ());
    let mut sum = Checksum::new();
    for step in 0..4 {
        let (mut state, mut context) = ([0; WIDTH], [0; WIDTH]);
        input(&mut state, 5 * step + 1);
        let state = block(&state, -10);
        let exponent = scorer.look(state, &memory, &keys, &mut scratch, &mut context);
        sum = sum.word(exponent as u32);
        sum = scratch.energies.iter().fold(sum, |sum, &weight| sum.word(weight as u32));
        sum = context.iter().fold(sum, |sum, &m| sum.word(m as u32));
    }
    sum.finish()
}

/// [`hash`] of each kind: additive with tanh and with ReLU, dot products, those scaled, general.
pub const EXPECTED: [(Score, (i16, i32), u32); 5] = [
    (Score::Additive, ALONE, 3_793_918_451),
    (Score::AdditiveRelu, ALONE, 3_768_512_348),
    (Score::Dot, ALONE, 1_316_883_518),
    (Score::Dot, SCALED, 3_459_418_861),
    (Score::General, ALONE, 910_341_366),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attention_comes_to_the_hash_of_every_core() {
        let mut arena = [0u32; BYTES / 4];
        let arena = bytemuck::cast_slice_mut(&mut arena);
        let found = EXPECTED.map(|(score, factor, _)| (score, factor, hash(score, factor, arena)));
        assert_eq!(found, EXPECTED);
    }
}
