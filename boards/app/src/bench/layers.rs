//! A step of each recurrent cell, and a convolution of a whole map.

use super::{Bench, Counter};
use core::hint::black_box;
use embedded_io::Write;
use regard::convolution::conformance::{self as convolution_suite, TestConvolution};
use regard::format::{Cell, ConvKind};
use regard::kernel::{Layout, NAME};
use regard::recurrent::conformance::{self, HIDDEN, TestCell};

/// A step of the cells, of 128 units: whether their states are those of every core.
pub fn cells<C: Counter, W: Write>(bench: &mut Bench<'_, C, W>) -> bool {
    let mut all = |layout, expected: &[(Cell, usize, u32)]| {
        expected.iter().all(|&(kind, columns, hash)| cell(bench, layout, (kind, columns, hash)))
    };
    let same = all(Layout::Pairs, &conformance::EXPECTED);
    #[cfg(feature = "bytes")]
    let same = same && all(Layout::Bytes, &conformance::EXPECTED_OF_BYTES);
    same
}

#[repr(align(4))]
struct Aligned([i16; 2 * HIDDEN]);

fn cell<C: Counter, W: Write>(
    bench: &mut Bench<'_, C, W>,
    layout: Layout,
    (kind, columns, hash): (Cell, usize, u32),
) -> bool {
    let [name, of_bytes] = match kind {
        Cell::Rnn => ["rnn/128,h128", "bytes/rnn/128,h128"],
        Cell::GruAfter => ["gru/128,h128", "bytes/gru/128,h128"],
        Cell::GruBefore => ["gru-before/128,h128", "bytes/gru-before/128,h128"],
        Cell::Lstm => ["lstm/64,h128", "bytes/lstm/64,h128"],
    };
    let name = if layout == Layout::Pairs { name } else { of_bytes };
    let cell = TestCell::new(kind, columns, layout);
    if conformance::hash(&cell, columns) != hash {
        return bench.differs(name);
    }
    let count = step(bench, &cell, columns);
    bench.report(name, NAME, (kind.gates() * HIDDEN * (columns + HIDDEN)) as u64, count);
    true
}

/// A step of `cell`.
#[inline(never)] // Its frame is not there while hashes are made: a small board has a small stack.
fn step<C: Counter, W: Write>(bench: &Bench<'_, C, W>, cell: &TestCell, columns: usize) -> u64 {
    let mut narrow = Aligned([0; 2 * HIDDEN]);
    let (mut h, mut c, mut wide) = ([77; HIDDEN], [99; HIDDEN], [0; 3 * HIDDEN]);
    cell.input(&mut narrow.0[..columns], 1);
    let step = || cell.step(black_box(&mut narrow.0), &mut h, &mut c, &mut wide);
    bench.counter.count(step)
}

/// A convolution 3 × 3 of a map of 16 × 16 places, 16 to 32 channels: whether its rows are those of
/// every core. `arena`: [`ARENA_BYTES`](super::ARENA_BYTES).
pub fn convolution<C: Counter, W: Write>(bench: &mut Bench<'_, C, W>, arena: &mut [u8]) -> bool {
    let expected = convolution_suite::EXPECTED.iter().find(|(kind, _)| *kind == ConvKind::Conv);
    let hash = expected.map_or(0, |(_, hash)| *hash);
    let same = map(bench, "conv3x3/16x16,16-32", Layout::Pairs, hash, arena);
    #[cfg(feature = "bytes")]
    let same = same && {
        let hash = convolution_suite::EXPECTED_OF_BYTES;
        map(bench, "bytes/conv3x3/16x16,16-32", Layout::Bytes, hash, arena)
    };
    same
}

#[inline(never)]
fn map<C: Counter, W: Write>(
    bench: &mut Bench<'_, C, W>,
    name: &str,
    layout: Layout,
    expected: u32,
    arena: &mut [u8],
) -> bool {
    let Some(mut test) = TestConvolution::new(ConvKind::Conv, layout, arena) else { return false };
    let mut count = 0;
    let hash = test.hash(|test| {
        let mut made = false;
        let taken = bench.counter.count(|| made = test.make());
        count += if made { taken } else { 0 };
        made
    });
    if hash != expected {
        return bench.differs(name);
    }
    bench.report(name, NAME, convolution_suite::PRODUCTS as u64, count);
    true
}
