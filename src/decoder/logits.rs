//! The output layer, some words at a time: no RAM holds the logits of a step.
//!
//! ```text
//! what the layer reads ─► its next rows, as many as scratch has room for ─► logits ─► who looks
//! ```

use crate::kernel::BLOCK_ROWS;
use crate::layer::{Linear, Pass, first_mut};
use crate::number::Block;
#[cfg(all(test, feature = "emit"))]
use crate::{format::Section, kernel::Layout};

/// Scores of all words of the target language, before the softmax: `mantissa · 2^exponent`.
///
/// Nothing keeps them: each look computes them, the same at every look.
#[derive(Debug)]
pub struct Logits<'a> {
    pass: Pass<'a>,
    x: &'a [i16],
    room: &'a mut [i32],
}

impl<'a> Logits<'a> {
    /// `x`: as `output` reads it · `room`: scratch, a block of four or more.
    pub(crate) fn of(output: &Linear<'a>, x: Block<'a>, room: &'a mut [i32]) -> Self {
        let whole = room.len() & !(BLOCK_ROWS - 1);
        Self { pass: output.pass(x.exponent), x: x.mantissas, room: first_mut(room, whole) }
    }

    /// The exponent they share.
    #[must_use]
    pub fn exponent(&self) -> i32 {
        self.pass.exponent()
    }

    /// Those from the token `first` on, as many as scratch has room for; none behind the last.
    pub(crate) fn some(&mut self, first: usize) -> &[i32] {
        let mut pass = self.pass.clone();
        pass.skip(first);
        pass.announce();
        pass.next(self.x, self.room)
    }

    /// Computes them, and shows the mantissas to `see`, some at a time: the token of the first of
    /// them, then they.
    pub fn each(&mut self, mut see: impl FnMut(usize, &[i32])) {
        let (mut pass, mut first) = (self.pass.clone(), 0usize);
        pass.announce();
        loop {
            let some = pass.next(self.x, self.room);
            if some.is_empty() {
                break;
            }
            see(first, some);
            first = first.wrapping_add(some.len());
        }
    }
}

/// Shows `work` the logits of `weights`: `[rows × columns]`, with the largest multiplier there is,
/// and of `biases`: `[rows]`, which are shifted by 2 bits; `room` at a time. Their exponent is −28.
#[cfg(all(test, feature = "emit"))]
pub(crate) fn with_logits(
    layout: Layout,
    weights: &[i8],
    biases: &[i32],
    x: &[i16],
    room: usize,
    work: impl FnOnce(Logits<'_>),
) {
    let (rows, columns) = (biases.len(), x.len());
    let section = Section {
        words: &layout.pack(weights, columns, biases, &vec![32767; rows]),
        rows,
        columns,
        layout,
        scale_exponent: -36,
        bias_exponent: -30,
        bits: 8,
        ..Section::EMPTY
    };
    let x = Block { mantissas: x, exponent: 0 };
    work(Logits::of(&Linear::from_section(&section), x, &mut vec![0; room]));
}

#[cfg(all(test, feature = "emit"))]
mod tests {
    use super::with_logits;
    use crate::kernel::{self, Layout, Rows};
    use alloc::vec::Vec;

    const LAYOUTS: &[Layout] = &[
        Layout::Pairs,
        #[cfg(feature = "int4")]
        Layout::Fours,
        #[cfg(feature = "bytes")]
        Layout::Bytes,
    ];

    #[test]
    fn every_look_shows_what_the_whole_product_is_however_many_words_and_however_little_room() {
        for (layout, rows) in LAYOUTS.iter().flat_map(|&l| (1..140).map(move |rows| (l, rows))) {
            let (columns, room) = (5 + rows % 13, 4 + rows * 7 % 97);
            let weights: Vec<i8> = (0..rows * columns).map(|i| (i * 7 % 16) as i8 - 8).collect();
            let biases: Vec<i32> = (0..rows as i32).map(|r| (r * 7919 - 9999) << 10).collect();
            let x: Vec<i16> = (0..columns as i16).map(|c| c * 37 % 256 - 128).collect();
            let words = layout.pack(&weights, columns, &biases, &vec![32767; rows]);
            let matrix = Rows::of(layout, &words, rows, columns).expect("exact length");
            let mut whole = vec![0; rows];
            kernel::matvec(&matrix, &x, 2, &mut whole);
            with_logits(layout, &weights, &biases, &x, room, |mut logits| {
                for _look in 0..2 {
                    let mut seen = Vec::new();
                    logits.each(|first, some| {
                        assert_eq!(first, seen.len());
                        seen.extend_from_slice(some);
                    });
                    assert_eq!(seen, whole, "{layout:?} {rows}×{columns}, {room} at a time");
                }
                assert_eq!(logits.exponent(), -28);
            });
        }
    }
}
