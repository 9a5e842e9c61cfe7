//! A step of each recurrent cell, and a convolution of a whole map.

use super::{Bench, Counter};
use core::fmt::Write;
use core::hint::black_box;
use regard::Arena;
use regard::convolution::conformance::{self as convolution_suite, TestConvolution};
use regard::format::{Cell, ConvKind};
use regard::kernel::NAME;
use regard::recurrent::conformance::{self, HIDDEN, TestCell};

/// A step of the cells, of 128 units: whether their states are those of every core.
pub fn cells<C: Counter, W: Write>(bench: &mut Bench<'_, C, W>) -> bool {
    conformance::EXPECTED.iter().all(|&(kind, columns, hash)| cell(bench, kind, columns, hash))
}

#[repr(align(4))]
struct Aligned([i16; 2 * HIDDEN]);

fn cell<C: Counter, W: Write>(
    bench: &mut Bench<'_, C, W>,
    kind: Cell,
    columns: usize,
    hash: u32,
) -> bool {
    let name = match kind {
        Cell::Rnn => "rnn/128,h128",
        Cell::GruAfter => "gru/128,h128",
        Cell::GruBefore => "gru-before/128,h128",
        Cell::Lstm => "lstm/64,h128",
    };
    let cell = TestCell::new(kind, columns);
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
    conformance::input(&mut narrow.0[..columns], 1);
    let step = || cell.step(black_box(&mut narrow.0), &mut h, &mut c, &mut wide);
    bench.counter.count(step)
}

static MAP: Arena<{ convolution_suite::BYTES }> = Arena::new();

/// A convolution 3 × 3 of a map of 16 × 16 places, 16 to 32 channels: whether its rows are those of
/// every core.
#[inline(never)]
pub fn convolution<C: Counter, W: Write>(bench: &mut Bench<'_, C, W>) -> bool {
    let name = "conv3x3/16x16,16-32";
    let test = MAP.take().ok().and_then(|map| TestConvolution::new(ConvKind::Conv, map));
    let Some(mut test) = test else { return false };
    let mut count = 0;
    let hash = test.hash(|test| {
        let mut made = false;
        let taken = bench.counter.count(|| made = test.make());
        count += if made { taken } else { 0 };
        made
    });
    if !convolution_suite::EXPECTED.contains(&(ConvKind::Conv, hash)) {
        return bench.differs(name);
    }
    bench.report(name, NAME, convolution_suite::PRODUCTS as u64, count);
    true
}
