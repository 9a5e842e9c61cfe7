//! Cells of arbitrary weights, with one hash of their states on every core: for tests and benches.
//! Also with weights as bytes, for what they read in 8 bits.

use super::{CellLayer, State};
use crate::format::{Cell, Section};
use crate::kernel::{Layout, Rows};
use crate::layer::first;

/// Words of one matrix: arbitrary weights below 64 (so that every sum keeps its width), biases
/// below 2²⁸, multipliers of 15 bits.
#[must_use]
pub const fn matrix<const WORDS: usize>(columns: usize) -> [u32; WORDS] {
    let block = Rows::words_needed(1, columns);
    let (mut words, mut random, mut at) = ([0; WORDS], 1u32, 0);
    while at < WORDS {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let place = at % block;
        words[at] = if place < 4 {
            ((random as i32) >> 3) as u32
        } else if place < block - 4 {
            // Bytes −32 … 31, and as many of each sign.
            let sign = if at % 2 == 0 { 0xE0E0_E0E0 } else { 0 };
            (random & 0x1F1F_1F1F) | sign
        } else {
            random >> 17 << 16
        };
        at += 1;
    }
    words
}

/// A cell of [`HIDDEN`] units over such matrices.
pub struct TestCell {
    kind: Cell,
    layer: CellLayer<'static>,
    /// Bits that inputs have less than [`BITS`].
    narrower: u32,
}

/// Bits of inputs, if the weights allow it.
const BITS: u32 = 10;
/// Exponent of such inputs.
const EXPONENT: i32 = -9;
/// Exponent of biases.
const BIAS_EXPONENT: i32 = -30;
/// Exponent of c: four steps stay below 8.
const C_EXPONENT: i32 = -12;
/// Units of a [`TestCell`].
pub const HIDDEN: usize = 128;

/// What all cells read, from the front: those of 64 columns, and of [`HIDDEN`].
static NARROW: [u32; Rows::words_needed(4 * HIDDEN, 64)] = matrix(64);
static WIDE: [u32; Rows::words_needed(4 * HIDDEN, HIDDEN)] = matrix(HIDDEN);

/// Rows and words of the matrices of a cell: input, state, candidate.
fn matrices(kind: Cell, columns: usize) -> [(usize, &'static [u32]); 3] {
    let part = |source: &'static [u32], rows, columns| {
        (rows, first(source, Rows::words_needed(rows, columns)))
    };
    let all = kind.gates() * HIDDEN;
    let state_rows = if kind == Cell::GruBefore { 2 * HIDDEN } else { all };
    let source = if columns == HIDDEN { &WIDE[..] } else { &NARROW };
    [part(source, all, columns), part(&WIDE, state_rows, HIDDEN), part(&WIDE, HIDDEN, HIDDEN)]
}

impl TestCell {
    /// `columns`: 64 or [`HIDDEN`] · `layout`: pairs or bytes, whose blocks have as many words.
    #[must_use]
    pub fn new(kind: Cell, columns: usize, layout: Layout) -> Self {
        let [input, state, candidate] = matrices(kind, columns);
        let bits = BITS.min(layout.most_bits());
        let section = |(rows, words), columns| Section {
            words,
            rows,
            columns,
            layout,
            scale_exponent: -26,
            bias_exponent: BIAS_EXPONENT,
            bits,
            ..Section::EMPTY
        };
        let sections =
            [section(input, columns), section(state, HIDDEN), section(candidate, HIDDEN)];
        let layer = CellLayer::from_sections(kind, sections);
        Self { kind, layer, narrower: BITS - bits }
    }

    /// One step of `h` and `c`, `[HIDDEN]` each. `narrow`: `[columns]` mantissas, then room for
    /// `[HIDDEN]` · `wide`: `[3·HIDDEN]`.
    pub fn step(&self, narrow: &mut [i16], h: &mut [i16], c: &mut [i16], wide: &mut [i32]) {
        let c = if self.kind == Cell::Lstm { c } else { &mut [] };
        let state = State { h, h_exponent: &mut -15, c, c_exponent: C_EXPONENT };
        self.layer.step(narrow, EXPONENT + self.narrower as i32, state, wide);
    }

    /// Mantissas that it can read.
    pub fn input(&self, x: &mut [i16], seed: usize) {
        input(x, seed);
        x.iter_mut().for_each(|x| *x >>= self.narrower);
    }
}

/// What some steps came to, from an input and a state of their own: FNV-1a over h and c.
#[must_use]
#[inline(never)] // Its frame is gone before the next case.
pub fn hash(cell: &TestCell, columns: usize) -> u32 {
    let mut narrow = [0; 2 * HIDDEN];
    let (mut h, mut c, mut wide) = ([0i16; HIDDEN], [0i16; HIDDEN], [0; 3 * HIDDEN]);
    let mut hash = 0x811C_9DC5u32;
    for step in 0..4 {
        cell.input(&mut narrow[..columns], step);
        cell.step(&mut narrow, &mut h, &mut c, &mut wide);
        for value in h.iter().chain(&c) {
            hash = (hash ^ u32::from(*value as u16)).wrapping_mul(0x0100_0193);
        }
    }
    hash
}

/// Mantissas of 10 bits.
pub fn input(x: &mut [i16], seed: usize) {
    for (at, x) in x.iter_mut().enumerate() {
        *x = ((at + 3 * seed) * (at + 1) * 37 % 991) as i16 - 495;
    }
}

/// [`hash`] of each kind of cell, with 64 inputs for the LSTM and 128 for the others.
pub const EXPECTED: [(Cell, usize, u32); 4] = [
    (Cell::Rnn, 128, 3_770_231_975),
    (Cell::GruAfter, 128, 363_858_676),
    (Cell::GruBefore, 128, 517_214_313),
    (Cell::Lstm, 64, 3_829_505_428),
];

/// The same with weights as bytes, and inputs of 8 bits.
#[cfg(feature = "bytes")]
pub const EXPECTED_OF_BYTES: [(Cell, usize, u32); 4] = [
    (Cell::Rnn, 128, 1_814_827_769),
    (Cell::GruAfter, 128, 2_867_005_145),
    (Cell::GruBefore, 128, 2_353_771_331),
    (Cell::Lstm, 64, 3_907_734_968),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_comes_to_the_hash_of_every_core() {
        let found = |layout| {
            EXPECTED.map(|(kind, columns, _)| {
                (kind, columns, hash(&TestCell::new(kind, columns, layout), columns))
            })
        };
        assert_eq!(found(Layout::Pairs), EXPECTED);
        #[cfg(feature = "bytes")]
        assert_eq!(found(Layout::Bytes), EXPECTED_OF_BYTES);
    }

    /// A matrix, as `Rows` has it.
    type Matrix = (Layout, usize, &'static [u32]);

    /// Row `row` of a matrix with `x`, in floats, from its weights one by one.
    fn product((layout, rows, words): Matrix, x: &[f64], row: usize) -> f64 {
        let view = Rows::of(layout, words, rows, x.len()).expect("exact length");
        let sum: f64 = x.iter().zip(0..).map(|(x, c)| x * f64::from(view.weight(row, c))).sum();
        let scale = f64::from(view.multiplier(row) >> 16) * (-26f64).exp2();
        sum * scale + f64::from(view.bias(row)) * f64::from(BIAS_EXPONENT).exp2()
    }

    /// The formulas of docs/WEIGHTS.md, unit after unit.
    fn exact(kind: Cell, words: [Matrix; 3], x: &[f64], h: &[f64], c: &mut [f64]) -> Vec<f64> {
        let gates = kind.gates();
        let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
        let input = |u, g| product(words[0], x, gates * u + g);
        let state = |u, g| product(words[1], h, gates * u + g);
        let early = |u, g| product(words[1], h, 2 * u + g);
        let reset: Vec<f64> = match kind {
            Cell::GruBefore => {
                h.iter().zip(0..).map(|(h, u)| h * sigmoid(input(u, 0) + early(u, 0))).collect()
            }
            _ => Vec::new(),
        };
        (0..HIDDEN)
            .map(|u| match kind {
                Cell::Rnn => (input(u, 0) + state(u, 0)).tanh(),
                Cell::GruAfter => {
                    let r = sigmoid(input(u, 0) + state(u, 0));
                    let z = sigmoid(input(u, 1) + state(u, 1));
                    let n = (input(u, 2) + r * state(u, 2)).tanh();
                    (1.0 - z) * n + z * h[u]
                }
                Cell::GruBefore => {
                    let z = sigmoid(input(u, 1) + early(u, 1));
                    let n = (input(u, 2) + product(words[2], &reset, u)).tanh();
                    (1.0 - z) * n + z * h[u]
                }
                Cell::Lstm => {
                    let [i, f, g, o] = [0, 1, 2, 3].map(|g| input(u, g) + state(u, g));
                    c[u] = sigmoid(f) * c[u] + sigmoid(i) * g.tanh();
                    sigmoid(o) * c[u].tanh()
                }
            })
            .collect()
    }

    #[test]
    fn a_step_of_every_cell_is_near_the_formula() {
        steps_are_near(Layout::Pairs, 4e-3);
        #[cfg(feature = "bytes")]
        steps_are_near(Layout::Bytes, 16e-3);
    }

    /// Every cell, off by at most `most`.
    fn steps_are_near(layout: Layout, most: f64) {
        for (kind, columns, _) in EXPECTED {
            let matrices = matrices(kind, columns).map(|(rows, words)| (layout, rows, words));
            let cell = TestCell::new(kind, columns, layout);
            let mut narrow = [0; 2 * HIDDEN];
            let (mut h, mut c, mut wide) = ([0i16; HIDDEN], [0i16; HIDDEN], [0; 3 * HIDDEN]);
            for step in 0..4 {
                cell.input(&mut narrow[..columns], step);
                let real = |values: &[i16], e: i32| -> Vec<f64> {
                    values.iter().map(|&m| f64::from(m) * f64::from(e).exp2()).collect()
                };
                let (x, before) =
                    (real(&narrow[..columns], EXPONENT + cell.narrower as i32), real(&h, -15));
                let mut c_exact = real(&c, C_EXPONENT);
                let h_exact = exact(kind, matrices, &x, &before, &mut c_exact);
                cell.step(&mut narrow, &mut h, &mut c, &mut wide);
                let largest = |values: &[i16], e, exact: &[f64]| {
                    let pairs = real(values, e).into_iter().zip(exact);
                    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
                };
                let error = largest(&h, -15, &h_exact);
                assert!(error < most, "{layout:?} {kind:?}, step {step}: h is off by {error}");
                if kind == Cell::Lstm {
                    assert!(largest(&c, C_EXPONENT, &c_exact) < most, "step {step}");
                }
            }
        }
    }
}
