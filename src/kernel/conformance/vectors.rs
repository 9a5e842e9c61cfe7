//! The part of the suite on vectors: every length up to 2·8 + 1, every shift, values of every size.

use super::{Random, Report};
use crate::kernel::{self, Norm, portable};

const LONGEST: usize = 17;

/// All cases of vectors.
#[inline(never)] // Its frame is gone before the next suite.
pub(super) fn run(report: &mut Report) {
    let mut random = Random(11);
    for shift in 0..=31 {
        for length in 0..=LONGEST {
            let wide: [i32; LONGEST] = core::array::from_fn(|i| sized(&mut random, i));
            let short: [i16; LONGEST] =
                core::array::from_fn(|i| (sized(&mut random, i) >> 15) as i16);
            let (wide, short) = (&wide[..length], &short[..length]);
            let magnitude = kernel::magnitude(wide);
            let same = magnitude == portable::magnitude(wide)
                && kernel::width(wide) == 32 - magnitude.leading_zeros()
                && relu(wide);
            report.count(same, &[magnitude as i32]);
            if shift > 0 {
                narrow(report, wide, shift);
            }
            add_scaled(report, wide, shift, short);
            moments(report, short);
            norm(report, wide, shift, short);
            moves(report, short);
            shorts(report, short, shift);
        }
    }
}

/// Short numbers, which have no cases either.
fn shorts(report: &mut Report, short: &[i16], shift: u32) {
    let same = kernel::width_short(short) == portable::width_short(short);
    report.failures += u32::from(!same);
    if shift > 0 {
        let (mut found, mut expected) = ([77; LONGEST], [77; LONGEST]);
        let limit = 0x7FFF >> (shift % 9);
        kernel::narrow_short(short, shift, limit, &mut found[..short.len()]);
        portable::narrow_short(short, shift, limit, &mut expected[..short.len()]);
        report.failures += u32::from(found != expected);
    }
}

/// What makes no new number has no cases: a difference is a failure, and the hash stays.
fn moves(report: &mut Report, short: &[i16]) {
    let mut other = [0; LONGEST];
    for (to, from) in other.iter_mut().zip(short.iter().rev()) {
        *to = !from;
    }
    let other = &other[..short.len()];
    let (mut pairs, mut expected_pairs) =
        ([[0xA5A5_A5A5; 2]; LONGEST], [[0xA5A5_A5A5; 2]; LONGEST]);
    let words = short.len().div_ceil(4) * 2;
    kernel::interleave(short, other, &mut pairs[..words]);
    portable::interleave(short, other, &mut expected_pairs[..words]);
    report.failures += u32::from(pairs != expected_pairs);
}

/// Values of 30 bits and fewer, the largest among them, of both signs.
fn sized(random: &mut Random, i: usize) -> i32 {
    match i % 5 {
        0 => random.next() >> 1,
        1 => random.next() >> 12,
        2 => [(1 << 30) - 1, -(1 << 30)][random.next() as usize % 2],
        3 => random.next() >> 24,
        _ => random.next() >> 30,
    }
}

/// Whether both cut what is negative.
fn relu(wide: &[i32]) -> bool {
    let (mut found, mut expected) = ([7; LONGEST], [7; LONGEST]);
    for both in [&mut found, &mut expected] {
        both[..wide.len()].copy_from_slice(wide);
    }
    let all = kernel::relu(&mut found[..wide.len()]);
    all == portable::relu(&mut expected[..wide.len()]) && found == expected
}

fn narrow(report: &mut Report, wide: &[i32], shift: u32) {
    let bits = 15 - shift % 9;
    let limit = (1 << bits) - 1;
    // Sign and as many bits behind it as the shift and the limit leave.
    let mut fitting = [0; LONGEST];
    for (to, &value) in fitting.iter_mut().zip(wide) {
        *to = value << 1 >> 31u32.saturating_sub(bits + shift);
    }
    let wide = &fitting[..wide.len()];
    let (mut found, mut expected) = ([77; LONGEST], [77; LONGEST]);
    kernel::narrow(wide, shift, limit, &mut found[..wide.len()]);
    portable::narrow(wide, shift, limit, &mut expected[..wide.len()]);
    report.count(found == expected, &found.map(i32::from));
}

fn add_scaled(report: &mut Report, wide: &[i32], shift: u32, x: &[i16]) {
    let (mut found, mut expected) = ([0; LONGEST], [0; LONGEST]);
    for both in [&mut found, &mut expected] {
        both[..wide.len()].copy_from_slice(wide);
    }
    let factor = 1 << (shift % 15);
    kernel::add_scaled(&mut found[..wide.len()], shift, x, factor);
    portable::add_scaled(&mut expected[..wide.len()], shift, x, factor);
    report.count(found == expected, &found);
}

fn moments(report: &mut Report, x: &[i16]) {
    let (sum, squares) = kernel::moments(x);
    let same = (sum, squares) == portable::moments(x);
    report.count(same, &[sum, squares as i32, (squares >> 32) as i32]);
}

#[expect(clippy::type_complexity, reason = "that of a kernel, once")]
fn norm(report: &mut Report, wide: &[i32], shift: u32, x: &[i16]) {
    let (mut gammas, mut betas) = ([0; LONGEST], [0; LONGEST]);
    for ((gamma, beta), &value) in gammas.iter_mut().zip(&mut betas).zip(wide) {
        (*gamma, *beta) = ((value << 3 >> 16 << 16) as u32, (value >> 1) as u32);
    }
    let run = |factor, of: fn(Norm, &[i16], &[u32], &[u32], &mut [i32])| {
        let norm = Norm { factor, offset: factor * 5, root: 23_170 << 16, beta_shift: shift + 2 };
        let mut out = [99; LONGEST];
        of(norm, x, &gammas, &betas, &mut out[..x.len()]);
        out
    };
    let factor = x.len() as i32 * 119;
    let found = run(factor, kernel::norm);
    // A factor of more than 16 bits has no case of its own.
    let same_large = run(40_001, kernel::norm) == run(40_001, portable::norm);
    report.count(same_large && found == run(factor, portable::norm), &found);
}
