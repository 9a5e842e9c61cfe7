//! What a Transformer does between its matrices: energies, softmax, and what is done to each number.

use super::{Bench, Counter};
use core::hint::black_box;
use embedded_io::Write;
use regard::attention::conformance::{self as suite, Case, TestKeys, TestVector};
use regard::kernel::NAME;

/// 32 queries with 32 keys in 4 heads of 32 numbers, the packing of the keys included: whether the
/// energies are those of every core. `arena`: [`ARENA_BYTES`](super::ARENA_BYTES).
#[inline(never)] // Its frame is gone before others are there: a small board has a small stack.
pub fn energies<C: Counter, W: Write>(bench: &mut Bench<'_, C, W>, arena: &mut [u8]) -> bool {
    let name = "energies/4h,t32,d32";
    let Some(mut test) = TestKeys::new(arena) else {
        return bench.differs(name);
    };
    if test.hash() != suite::EXPECTED {
        return bench.differs(name);
    }
    let count =
        bench.counter.count(|| black_box(&mut test).run(|energies| _ = black_box(energies)));
    bench.report(name, NAME, suite::PRODUCTS as u64, count);
    true
}

/// What is done to each number of a vector: whether the results are those of every core.
#[inline(never)]
pub fn vectors<C: Counter, W: Write>(bench: &mut Bench<'_, C, W>) -> bool {
    suite::NUMBERS.iter().all(|&(case, numbers, hash)| {
        let name = match case {
            Case::Softmax => "softmax/32",
            Case::Add => "add/128",
            Case::Norm => "norm/128",
            Case::Narrow => "narrow/128",
        };
        let mut test = TestVector::new(case);
        let count = bench.counter.count(|| black_box(&mut test).run(black_box(case)));
        if test.hash(case) != hash {
            return bench.differs(name);
        }
        bench.report(name, NAME, numbers as u64, count);
        true
    })
}
