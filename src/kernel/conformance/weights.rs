//! The part of the suite on what attention does beside its products: exponents up to 255 apart, sums that
//! saturate, energies that differ by any number, and matrices that grow by rows and by columns.

use super::{Random, Report};
use crate::kernel::{self, portable};

const FOURS: usize = 5;
/// Longer than what `portable` cuts at once.
const LONGEST: usize = 37;
const WORDS: usize = kernel::bare_words(LONGEST, LONGEST);

/// All cases of weights.
#[inline(never)] // Its frame is gone before the next suite.
pub(super) fn run(report: &mut Report) {
    let mut random = Random(13);
    for common in (-128..=127).step_by(5) {
        for fours in 0..=FOURS {
            let exponents: [[i8; 4]; FOURS] =
                core::array::from_fn(|_| core::array::from_fn(|_| within(&mut random, common)));
            let exponents = &exponents[..fours];
            let sums: [i32; 4 * FOURS + 1] =
                core::array::from_fn(|_| random.next() >> (random.next() as u32 % 31));
            energies(report, sums, exponents, common);
            let words: [[i32; 2]; FOURS + 1] = core::array::from_fn(|_| {
                core::array::from_fn(|_| random.next() ^ random.next() << 7)
            });
            let highest = random.next() as i16;
            powers(report, words, fours, highest.into());
            mantissas(
                report,
                words.map(|four| four.map(|two| two & 0x7FFF_7FFF)),
                exponents,
                common,
            );
        }
    }
}

/// An exponent that is at most `common`; near it, three times of four.
fn within(random: &mut Random, common: i8) -> i8 {
    let below = random.next() as u32;
    let below = below % if (random.next() as u32).is_multiple_of(4) { 256 } else { 32 };
    (i32::from(common) - below as i32).max(-128) as i8
}

/// All cases of keys and values, in matrices over what was there before.
#[inline(never)] // As above.
pub(super) fn run_puts(report: &mut Report) {
    let mut random = Random(17);
    for length in 0..=LONGEST {
        for count in [1, 2, 7] {
            let shift = 1 + random.next() as u32 % 23;
            let mut found: [u32; WORDS] = core::array::from_fn(|_| random.next() as u32);
            let mut expected = found;
            // The least of 8 bits, and what rounds up to more than the most.
            let value = |random: &mut Random| match random.next() as u32 % 8 {
                0 => -(128 << shift),
                1 => (128 << shift) - 1,
                _ => random.next() >> (24 - shift),
            };
            for at in 0..count {
                let values: [i32; LONGEST] = core::array::from_fn(|_| value(&mut random));
                let values = &values[..length];
                kernel::put_row(&mut found, length, at, values, shift);
                portable::put_row(&mut expected, length, at, values, shift);
            }
            report.count(found == expected, &found.map(|word| word as i32));
            for at in 0..count {
                let values: [i32; LONGEST] = core::array::from_fn(|_| value(&mut random));
                let values = &values[..length];
                kernel::put_column(&mut found, count, at, values, shift);
                portable::put_column(&mut expected, count, at, values, shift);
            }
            report.count(found == expected, &found.map(|word| word as i32));
        }
    }
}

fn energies(report: &mut Report, sums: [i32; 4 * FOURS + 1], exponents: &[[i8; 4]], common: i8) {
    let (mut found, mut expected) = (sums, sums);
    let highest = kernel::energies(&mut found, exponents, common);
    let same = highest == portable::energies(&mut expected, exponents, common);
    // Behind the energies lies what is left of the sums.
    let halves = 2 * exponents.len();
    let rest = found[4 * exponents.len()..] == sums[4 * exponents.len()..];
    report.count(same && rest && found[..halves] == expected[..halves], &found[..halves]);
    report.count(same, &[highest]);
}

fn powers(report: &mut Report, words: [[i32; 2]; FOURS + 1], fours: usize, highest: i32) {
    let (mut found, mut expected) = (words, words);
    let sum = kernel::powers(highest, &mut found[..fours]);
    let same = sum == portable::powers(highest, &mut expected[..fours]);
    report.count(same && found == expected, found.as_flattened());
    report.count(same, &[sum as i32]);
}

fn mantissas(report: &mut Report, words: [[i32; 2]; FOURS + 1], exponents: &[[i8; 4]], common: i8) {
    let (mut found, mut expected) = (words, words);
    kernel::mantissas(&mut found, exponents, common);
    portable::mantissas(&mut expected, exponents, common);
    report.count(found == expected, found.as_flattened());
}
