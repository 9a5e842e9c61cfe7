//! Matrices with one vector, and with two at once.

use super::{Bench, Counter};
use core::hint::black_box;
use embedded_io::Write;
use regard::kernel::{self, Layout, NAME, Rows, portable};

/// A matrix of arbitrary weights.
pub struct Case {
    name: &'static str,
    layout: Layout,
    words: &'static [u32],
    rows: usize,
    columns: usize,
    /// Half-words that x starts behind a multiple of four bytes.
    start: usize,
    /// Vectors at once.
    vectors: usize,
}

const fn one(
    name: &'static str,
    words: &'static [u32],
    [columns, rows]: [usize; 2],
    start: usize,
) -> Case {
    Case { name, layout: Layout::Pairs, words, rows, columns, start, vectors: 1 }
}

/// What fits a board with little flash.
pub static SMALL: [Case; 5] = [
    one("1x64x64", &M64X64, [64, 64], 0),
    one("1x128x128", &M128X128, [128, 128], 0),
    one("1x67x33", &M67X33, [67, 33], 0),
    one("1x128x128/odd", &M128X128, [128, 128], 1),
    Case { vectors: 2, ..one("2x128x128", &M128X128, [128, 128], 0) },
];
/// What needs 64 KiB more.
pub static LARGE: [Case; 1] = [one("1x512x128", &M512X128, [512, 128], 0)];

/// A matrix that others were counted with on an RP2040.
pub static SHORT: [Case; 1] = [one("1x128x32", &M128X32, [128, 32], 0)];

/// The same, with weights of four bits.
#[cfg(feature = "int4")]
pub static FOURS: [Case; 6] = [
    fours("int4/1x64x64", &F64X64, [64, 64], 0),
    fours("int4/1x128x128", &F128X128, [128, 128], 0),
    fours("int4/1x67x33", &F67X33, [67, 33], 0),
    fours("int4/1x128x128/odd", &F128X128, [128, 128], 1),
    Case { vectors: 2, ..fours("int4/2x128x128", &F128X128, [128, 128], 0) },
    fours("int4/1x512x128", &F512X128, [512, 128], 0),
];

#[cfg(feature = "int4")]
const fn fours(name: &'static str, words: &'static [u32], shape: [usize; 2], start: usize) -> Case {
    Case { layout: Layout::Fours, ..one(name, words, shape, start) }
}

#[cfg(feature = "int4")]
static F64X64: [u32; Layout::Fours.words_needed(64, 64)] = words(32);
#[cfg(feature = "int4")]
static F128X128: [u32; Layout::Fours.words_needed(128, 128)] = words(64);
#[cfg(feature = "int4")]
static F512X128: [u32; Layout::Fours.words_needed(128, 512)] = words(256);
#[cfg(feature = "int4")]
static F67X33: [u32; Layout::Fours.words_needed(33, 67)] = words(34);

/// The same, with rows of bytes, and x of eight bits.
#[cfg(feature = "bytes")]
pub static BYTES: [Case; 6] = [
    bytes("bytes/1x64x64", &B64X64, [64, 64], 0),
    bytes("bytes/1x128x128", &B128X128, [128, 128], 0),
    bytes("bytes/1x67x33", &B67X33, [67, 33], 0),
    bytes("bytes/1x128x128/odd", &B128X128, [128, 128], 1),
    Case { vectors: 2, ..bytes("bytes/2x128x128", &B128X128, [128, 128], 0) },
    bytes("bytes/1x512x128", &B512X128, [512, 128], 0),
];

#[cfg(feature = "bytes")]
const fn bytes(name: &'static str, words: &'static [u32], shape: [usize; 2], start: usize) -> Case {
    Case { layout: Layout::Bytes, ..one(name, words, shape, start) }
}

#[cfg(feature = "bytes")]
static B64X64: [u32; Layout::Bytes.words_needed(64, 64)] = words(64);
#[cfg(feature = "bytes")]
static B128X128: [u32; Layout::Bytes.words_needed(128, 128)] = words(128);
#[cfg(feature = "bytes")]
static B512X128: [u32; Layout::Bytes.words_needed(128, 512)] = words(512);
#[cfg(feature = "bytes")]
static B67X33: [u32; Layout::Bytes.words_needed(33, 67)] = words(80);

static M128X32: [u32; Rows::words_needed(32, 128)] = matrix(128);
static M64X64: [u32; Rows::words_needed(64, 64)] = matrix(64);
static M128X128: [u32; Rows::words_needed(128, 128)] = matrix(128);
static M512X128: [u32; Rows::words_needed(128, 512)] = matrix(512);
static M67X33: [u32; Rows::words_needed(33, 67)] = matrix(67);

/// Blocks of arbitrary weights, with multipliers of 15 bits.
const fn matrix<const WORDS: usize>(columns: usize) -> [u32; WORDS] {
    words(Rows::words_needed(1, columns) - 8)
}

/// Blocks with so many words of weights.
const fn words<const WORDS: usize>(weights: usize) -> [u32; WORDS] {
    let block = weights + 8;
    let (mut words, mut random, mut at) = ([0; WORDS], 1u32, 0);
    while at < WORDS {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // The lower weight of each half is odd: no −128, which no model has.
        words[at] = if at % block < block - 4 { random | 0x1_0001 } else { random >> 17 << 16 };
        at += 1;
    }
    words
}

/// Most rows and columns of a case, and columns where there are two vectors.
const ROWS: usize = 128;
const COLUMNS: usize = 512;
const PAIR_COLUMNS: usize = 128;

#[repr(align(4))]
struct Aligned([i16; COLUMNS + 2]);

/// The kernel that is selected and, in its place where it is that, `portable`: whether both agree.
#[inline(never)]
pub fn matrices<C: Counter, W: Write>(bench: &mut Bench<'_, C, W>, cases: &[Case]) -> bool {
    let mut x = Aligned([0; COLUMNS + 2]);
    let narrow = cases.iter().all(|case| case.layout.most_bits() == 8);
    for (at, x) in x.0.iter_mut().enumerate() {
        let wide = (at * at * 37 % 991) as i16 - 495;
        *x = if narrow { wide % 128 } else { wide };
    }
    cases.iter().all(|case| matrix_case(bench, case, &x.0))
}

fn matrix_case<C: Counter, W: Write>(
    bench: &mut Bench<'_, C, W>,
    case: &Case,
    x: &[i16; COLUMNS + 2],
) -> bool {
    let Some(rows) = Rows::of(case.layout, case.words, case.rows, case.columns) else {
        return false;
    };
    let x = &x[case.start..][..case.columns * case.vectors];
    let macs = (case.rows * case.columns * case.vectors) as u64;
    let (mut found, mut expected) = ([[0; ROWS]; 2], [[0; ROWS]; 2]);
    // Zeros before the counting begins, not in it.
    black_box((&mut found, &mut expected));
    let (slow, fast) = if case.vectors == 2 {
        let mut both = [[0; 2]; PAIR_COLUMNS / 2];
        let both = &mut both[..case.columns / 2];
        for (both, x) in both.iter_mut().zip(x.as_chunks::<4>().0) {
            let word = |low: i16, high: i16| u32::from(low as u16) | u32::from(high as u16) << 16;
            *both = [word(x[0], x[1]), word(x[2], x[3])];
        }
        let ([a, b], [c, d]) = (&mut expected, &mut found);
        let slow = || portable::matvec_pair(black_box(&rows), both, [7, 8], [a, b]);
        let slow = bench.counter.count(slow);
        let fast = || kernel::matvec_pair(black_box(&rows), both, [7, 8], [c, d]);
        (slow, bench.counter.count(fast))
    } else {
        let ([a, _], [b, _]) = (&mut expected, &mut found);
        let slow = bench.counter.count(|| portable::matvec(black_box(&rows), x, 7, a));
        (slow, bench.counter.count(|| kernel::matvec(black_box(&rows), x, 7, b)))
    };
    if found != expected {
        return bench.differs(case.name);
    }
    bench.report(case.name, "portable", macs, slow);
    if NAME != "portable" {
        bench.report(case.name, NAME, macs, fast);
    }
    true
}
