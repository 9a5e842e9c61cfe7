//! What is done to each number of a vector between two matrices, by the functions that layers call.

use super::arbitrary;
use crate::attention::enter;
use crate::format::{Checksum, Section};
use crate::kernel::{mantissas, powers};
use crate::layer::{Norm, block, first_mut};
use crate::number::{Share, add_aligned, narrow};

/// Numbers of a vector of the residual stream.
pub const LONGEST: usize = 128;
/// Energies of a row of [`Case::Softmax`].
const ENERGIES: usize = 32;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// Energies of 32 positions become mantissas, for values of several exponents.
    Softmax,
    /// What a layer computed is added to the stream, and stored as such.
    Add,
    /// LayerNorm of the stream.
    Norm,
    /// What a layer computed becomes what the next one reads.
    Narrow,
}

/// [`TestVector::hash`] of each, on every core.
pub const NUMBERS: [(Case, usize, u32); 4] = [
    (Case::Softmax, ENERGIES, 2_339_561_461),
    (Case::Add, LONGEST, 1_788_458_745),
    (Case::Norm, LONGEST, 3_005_318_532),
    (Case::Narrow, LONGEST, 2_039_147_153),
];

/// Of the values that weights meet.
static EXPONENTS: [[i8; 4]; ENERGIES / 4] = {
    let (mut exponents, mut at) = ([[0; 4]; ENERGIES / 4], 0);
    while at < ENERGIES {
        exponents[at / 4][at % 4] = -((at * at % 5) as i8);
        at += 1;
    }
    exponents
};

/// Words of a norm: ε, gammas of 14 bits, betas.
static NORM: [u32; 2 + 2 * LONGEST] = {
    let (mut words, mut at) = ([0; 2 + 2 * LONGEST], 0);
    (words[0], words[1]) = (20_000, -34i32 as u32);
    while at < LONGEST {
        words[2 + at] = ((arbitrary(at) + 16_384) << 16) as u32;
        words[2 + LONGEST + at] = (arbitrary(at * 3) << 12) as u32;
        at += 1;
    }
    words
};

/// A vector that a layer computed, and one of the stream.
pub struct TestVector {
    wide: [i32; LONGEST],
    stream: [i16; LONGEST],
    exponent: i32,
}

impl TestVector {
    /// Arbitrary numbers.
    #[must_use]
    pub fn new(case: Case) -> Self {
        // Energies lie within 16 octaves, two in a word.
        let energy = |at| arbitrary(at) >> 2;
        let energies = |at| energy(2 * at) & 0xFFFF | energy(2 * at + 1) << 16;
        let wide = |at| if case == Case::Softmax { energies(at) } else { arbitrary(at) << 7 };
        Self {
            wide: core::array::from_fn(wide),
            stream: core::array::from_fn(|at| arbitrary(at * 5 + 1) as i16),
            exponent: (0..ENERGIES).map(energy).max().unwrap_or(0),
        }
    }

    /// Does it once.
    #[inline(never)]
    pub fn run(&mut self, case: Case) {
        let Self { wide, stream, exponent } = self;
        *exponent = match case {
            Case::Softmax => {
                let (fours, _) = first_mut(wide, ENERGIES / 2).as_chunks_mut();
                let share = Share::of(powers(*exponent, fours));
                mantissas(fours, &EXPONENTS, share.down as i8);
                0
            }
            Case::Add => {
                let common = add_aligned(wide, -24, block(stream, -8));
                enter(wide, common, stream)
            }
            Case::Norm => {
                let section = Section {
                    words: &NORM,
                    rows: LONGEST,
                    columns: 1,
                    scale_exponent: -14,
                    bias_exponent: -26,
                    bits: 8,
                    ..Section::EMPTY
                };
                Norm::from_section(&section).apply(block(stream, -12), wide)
            }
            Case::Narrow => narrow(wide, -20, 14, i32::MIN, stream),
        };
    }

    /// The checksum of what that came to.
    #[must_use]
    pub fn hash(&self, case: Case) -> u32 {
        let mut sum = Checksum::new().word(self.exponent as u32);
        if matches!(case, Case::Softmax | Case::Norm) {
            sum = self.wide.iter().fold(sum, |sum, &value| sum.word(value as u32));
        }
        if matches!(case, Case::Add | Case::Narrow) {
            sum = self.stream.iter().fold(sum, |sum, &value| sum.word(value as u32));
        }
        sum.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vector_comes_to_the_hash_of_every_core() {
        let found = NUMBERS.map(|(case, numbers, _)| {
            let mut test = TestVector::new(case);
            test.run(case);
            (case, numbers, test.hash(case))
        });
        assert_eq!(found, NUMBERS);
    }

    #[test]
    fn each_case_is_an_ordinary_one() {
        let run = |case| {
            let mut test = TestVector::new(case);
            test.run(case);
            test
        };
        let softmax = run(Case::Softmax);
        let weights = bytemuck::cast_slice::<i32, i16>(&softmax.wide[..ENERGIES / 2]);
        assert!(weights.iter().filter(|&&weight| weight > 0).count() > ENERGIES / 2);
        // Shifts that round, and shifts of both parts of the sum.
        assert!(run(Case::Narrow).exponent > -20 && run(Case::Add).exponent > -22);
        let norm = run(Case::Norm);
        assert!(norm.wide.iter().any(|&value| value != 0));
    }
}
