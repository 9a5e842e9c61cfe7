//! Executed instructions per product, exact: SysTick under `qemu-system-arm -icount shift=8`.
//!
//! Prints `core kernel case macs instructions per_mac`, each line only after the output equalled
//! that of the portable kernel.

#![no_std]
#![no_main]

use core::fmt::Write as _;
use core::hint::black_box;
use cortex_m_rt::entry;
use qemu_mps2::clock::{Clock, core_name};
use qemu_mps2::{Serial, exit};
use regard::convolution::conformance::{self as convolution, TestConvolution};
use regard::format::{Cell, ConvKind};
use regard::kernel::{self, NAME, Rows, portable};
use regard::recurrent::conformance::{self, HIDDEN, TestCell};

/// Turns of the calibration loop.
const TURNS: u32 = 100_000;

static M64X64: [u32; Rows::words_needed(64, 64)] = matrix(64);
static M128X128: [u32; Rows::words_needed(128, 128)] = matrix(128);
static M512X128: [u32; Rows::words_needed(128, 512)] = matrix(512);
static M67X33: [u32; Rows::words_needed(33, 67)] = matrix(67);

/// Blocks of arbitrary weights, with multipliers of 15 bits.
const fn matrix<const WORDS: usize>(columns: usize) -> [u32; WORDS] {
    let block = Rows::words_needed(1, columns);
    let (mut words, mut random, mut at) = ([0; WORDS], 1u32, 0);
    while at < WORDS {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        words[at] = if at % block < block - 4 { random } else { random >> 17 << 16 };
        at += 1;
    }
    words
}

#[repr(align(4))]
struct Aligned([i16; 514]);

#[entry]
fn main() -> ! {
    let mut serial = Serial::new();
    let Some(clock) = Clock::new(TURNS, &mut serial) else {
        _ = writeln!(serial, "instructions do not take a constant time: -icount shift=8?\r");
        exit(2)
    };
    exit(i32::from(!measure(&clock, &mut serial)))
}

/// Whether all outputs were equal.
fn measure(clock: &Clock, serial: &mut Serial) -> bool {
    let mut x = Aligned([0; 514]);
    for (at, x) in x.0.iter_mut().enumerate() {
        *x = (at * at * 37 % 991) as i16 - 495;
    }
    let even = |columns| &x.0[..columns];
    let odd = |columns| &x.0[1..][..columns];
    let mut same = true;
    for (name, words, rows, x) in [
        ("1x64x64", &M64X64[..], 64, even(64)),
        ("1x128x128", &M128X128, 128, even(128)),
        ("1x512x128", &M512X128, 128, even(512)),
        ("1x67x33", &M67X33, 33, even(67)),
        ("1x128x128/odd", &M128X128, 128, odd(128)),
    ] {
        let Some(rows) = Rows::new(words, rows, x.len()) else { return false };
        let (mut out, mut expected) = ([0; 128], [0; 128]);
        let slow = clock.instructions(|| portable::matvec(black_box(&rows), x, 7, &mut expected));
        let fast = clock.instructions(|| kernel::matvec(black_box(&rows), x, 7, &mut out));
        same &= out == expected;
        let macs = (rows.rows() * rows.columns()) as u64;
        if out == expected {
            report(serial, name, "portable", macs, slow);
            if NAME != "portable" {
                report(serial, name, NAME, macs, fast);
            }
        } else {
            _ = writeln!(serial, "{name}: output differs\r");
        }
    }
    same &= measure_pair(clock, serial, &x.0[..256]);
    for (kind, columns, hash) in conformance::EXPECTED {
        same &= measure_cell(clock, serial, kind, columns, hash);
    }
    same & measure_convolution(clock, serial)
}

/// Two vectors at once, if they come out as each alone.
fn measure_pair(clock: &Clock, serial: &mut Serial, x: &[i16]) -> bool {
    let name = "2x128x128";
    let Some(rows) = Rows::new(&M128X128, 128, 128) else { return false };
    let words: &[[u32; 2]] = bytemuck::try_cast_slice(x).unwrap_or_default();
    let (mut found, mut expected) = ([[0; 128]; 2], [[0; 128]; 2]);
    let [a, b] = &mut expected;
    portable::matvec_pair(&rows, words, 7, [a, b]);
    let [a, b] = &mut found;
    let both = || kernel::matvec_pair(black_box(&rows), words, 7, [a, b]);
    let instructions = clock.instructions(both);
    if found != expected {
        _ = writeln!(serial, "{name}: output differs\r");
        return false;
    }
    report(serial, name, NAME, 2 * 128 * 128, instructions);
    true
}

/// A step of a recurrent cell of 128 units, if its states are those of every core.
fn measure_cell(clock: &Clock, serial: &mut Serial, kind: Cell, columns: usize, hash: u32) -> bool {
    let name = match kind {
        Cell::Rnn => "rnn/128,h128",
        Cell::GruAfter => "gru/128,h128",
        Cell::GruBefore => "gru-before/128,h128",
        Cell::Lstm => "lstm/64,h128",
    };
    let cell = TestCell::new(kind, columns);
    if conformance::hash(&cell, columns) != hash {
        _ = writeln!(serial, "{name}: output differs\r");
        return false;
    }
    let mut narrow = Aligned([0; 514]);
    let (mut h, mut c, mut wide) = ([77; HIDDEN], [99; HIDDEN], [0; 3 * HIDDEN]);
    conformance::input(&mut narrow.0[..columns], 1);
    let step = || cell.step(black_box(&mut narrow.0), &mut h, &mut c, &mut wide);
    let instructions = clock.instructions(step);
    report(serial, name, NAME, (kind.gates() * HIDDEN * (columns + HIDDEN)) as u64, instructions);
    true
}

/// A convolution of a whole map, if its rows are those of every core.
fn measure_convolution(clock: &Clock, serial: &mut Serial) -> bool {
    let name = "conv3x3/16x16,16-32";
    let mut arena = [0u32; convolution::BYTES / 4];
    let arena = bytemuck::cast_slice_mut(&mut arena);
    let Some(mut test) = TestConvolution::new(ConvKind::Conv, arena) else { return false };
    let mut instructions = 0;
    let hash = test.hash(|test| {
        let mut made = false;
        let taken = clock.instructions(|| made = test.make());
        instructions += if made { taken } else { 0 };
        made
    });
    if !convolution::EXPECTED.contains(&(ConvKind::Conv, hash)) {
        _ = writeln!(serial, "{name}: output differs\r");
        return false;
    }
    report(serial, name, NAME, convolution::PRODUCTS as u64, instructions);
    true
}

fn report(serial: &mut Serial, case: &str, kernel: &str, macs: u64, instructions: u64) {
    let milli = (instructions * 1000 + macs / 2) / macs;
    let (core, whole, part) = (core_name(), milli / 1000, milli % 1000);
    _ = writeln!(serial, "{core} {kernel} {case} {macs} {instructions} {whole}.{part:03}\r");
}
