//! One suite for every kernel, on the host and in firmware: the same cases, one hash of all results.
//!
//! ```text
//! shapes   columns 0…67 and 127…129 (each unroll ±1) × rows 1…9, x at an even and an odd half-word
//! values   small · at the proven limit, |Σ w·x| just below 2²³ · that limit with alternating signs
//! lengths  x and out shorter and longer than the matrix
//! ```
//! What a kernel must not see is poison: columns that only fill a group (a zero x makes them
//! harmless), x behind its end and words behind the blocks; `out` behind its end must survive.

#[cfg(any(feature = "int4", feature = "bytes"))]
mod layouts;
mod vectors;
mod weights;

#[cfg(any(feature = "int4", feature = "bytes"))]
pub use layouts::LAYOUTS;

use super::Layout;
use super::rows::{BLOCK_ROWS, GROUP, Rows};

/// Layouts beside row pairs, and what [`run_layout`] returns of each.
#[cfg(not(any(feature = "int4", feature = "bytes")))]
pub const LAYOUTS: &[(&str, Layout, Report)] = &[];

/// Largest matrix of the suite.
const ROWS: usize = 9;
const COLUMNS: usize = 129;
const WORDS: usize = {
    let (mut most, mut i) = (Layout::Pairs.words_needed(ROWS, COLUMNS), 0);
    while i < LAYOUTS.len() {
        let words = LAYOUTS[i].1.words_needed(ROWS, COLUMNS);
        most = if words > most { words } else { most };
        i += 1;
    }
    most
};
const GUARD: i32 = 0x5A5A_5A5A;
const POISON: i16 = 0x7FFF;

/// One call of [`super::matvec`].
#[derive(Debug)]
pub struct Case<'c> {
    /// The matrix.
    pub rows: Rows<'c>,
    /// `[columns]`, or longer or shorter.
    pub x: &'c [i16],
    /// 2…31.
    pub bias_shift: u32,
    /// Outputs asked for: the number of rows, or more or fewer.
    pub outputs: usize,
}

/// What a run of the suite found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// Cases so far.
    pub cases: u32,
    /// Cases in which the selected kernel differed from `portable` or wrote behind its output.
    pub failures: u32,
    /// FNV-1a over all outputs of the selected kernel: equal on every core.
    pub hash: u32,
}

/// What [`run`] returns on every core and on the host.
pub const EXPECTED: Report = Report { cases: 15_198, failures: 0, hash: 0xFE06_D236 };

impl Report {
    const START: Self = Self { cases: 0, failures: 0, hash: 0x811C_9DC5 };

    fn count(&mut self, same: bool, output: &[i32]) {
        self.cases += 1;
        self.failures += u32::from(!same);
        for byte in output.iter().flat_map(|word| word.to_le_bytes()) {
            self.hash = (self.hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
}

/// All cases through the selected kernels, each compared with [`super::portable`].
#[must_use]
#[inline(never)] // Its frame is gone before other suites run.
pub fn run() -> Report {
    let mut report = run_layout(Layout::Pairs);
    attention(&mut report);
    vectors::run(&mut report);
    weights::run(&mut report);
    weights::run_puts(&mut report);
    report
}

/// All cases of matrices of a layout.
#[must_use]
#[inline(never)] // As above.
pub fn run_layout(layout: Layout) -> Report {
    let mut report = Report::START;
    for_each_case(layout, |case| {
        let mut found = [GUARD; ROWS + 3];
        let mut expected = found;
        super::matvec(&case.rows, case.x, case.bias_shift, &mut found[..case.outputs]);
        super::portable::matvec(&case.rows, case.x, case.bias_shift, &mut expected[..case.outputs]);
        report.count(found == expected, &found);
        pair(case, &mut report);
    });
    report
}

/// x and −x side by side, against each alone.
fn pair(case: &Case<'_>, report: &mut Report) {
    let columns = case.rows.columns().min(case.x.len());
    let mut vectors = [[0; COLUMNS + 3]; 2];
    for (column, &x) in case.x.iter().take(columns).enumerate() {
        vectors[0][column] = x;
        vectors[1][column] = -x;
    }
    let word =
        |v: &[i16], i: usize| u32::from(v[2 * i] as u16) | u32::from(v[2 * i + 1] as u16) << 16;
    let both: [[u32; 2]; (COLUMNS + 3) / 2] =
        core::array::from_fn(|i| [word(&vectors[0], i), word(&vectors[1], i)]);
    let both = &both[..case.rows.columns().div_ceil(GROUP) * GROUP / 2];
    let mut found = [[GUARD; ROWS + 3]; 2];
    let mut expected = found;
    let [a, b] = &mut found;
    let out = [&mut a[..case.outputs], &mut b[..case.outputs]];
    let shifts = [case.bias_shift, 33 - case.bias_shift];
    super::matvec_pair(&case.rows, both, shifts, out);
    for ((out, x), shift) in expected.iter_mut().zip(&vectors).zip(shifts) {
        let out = &mut out[..case.outputs];
        super::portable::matvec(&case.rows, &x[..columns], shift, out);
    }
    report.count(found == expected, found.as_flattened());
}

/// Matrices without biases and multipliers: fours of x, in matrices that are wider or not, at both
/// alignments.
fn attention(report: &mut Report) {
    let mut random = Random(7);
    let mut words = [0; 3 * 72];
    let mut x = Aligned([0; COLUMNS + 2 * GROUP]);
    for wider in [0, 1, 7] {
        for columns in (0..=17).map(|groups| groups * GROUP) {
            for word in &mut words {
                *word = random.next() as u32 & 0xFF7F_FF7F; // The sums stay below 2²³.
            }
            for (start, rows) in [(0, 1), (1, 2), (0, 5), (0, 8), (2, 7), (0, 9)] {
                inputs(Layout::Pairs, &mut x.0[start..][..columns], Values::Small, &mut random);
                let x = x.0[start..][..columns].as_chunks().0;
                let mut found = [GUARD; ROWS + 3];
                let mut expected = found;
                let width = (columns + wider).min(72);
                super::dots(&words, width, x, &mut found[..rows]);
                super::portable::dots(&words, width, x, &mut expected[..rows]);
                report.count(found == expected, &found);
            }
        }
    }
}

/// Every case of [`super::matvec`], in order.
pub fn for_each_case(layout: Layout, mut judge: impl FnMut(&Case<'_>)) {
    let mut random = Random(1);
    for columns in (0..=67).chain(127..=COLUMNS) {
        for rows in 1..=ROWS {
            for values in [Values::Small, Values::Limit, Values::Alternating] {
                shape((layout, rows, columns), values, &mut random, &mut judge);
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Values {
    Small,
    Limit,
    Alternating,
}

/// So that the start decides whether x is aligned.
#[repr(align(4))]
struct Aligned([i16; COLUMNS + 2 * GROUP]);

/// The cases of one shape: both alignments of x, then lengths that differ from the shape.
fn shape(
    (layout, rows, columns): (Layout, usize, usize),
    values: Values,
    random: &mut Random,
    judge: &mut impl FnMut(&Case<'_>),
) {
    let mut words = [0xA5A5_A5A5; WORDS];
    let words = &mut words[..layout.words_needed(rows, columns)];
    match layout {
        Layout::Pairs => fill(words, columns, values, random),
        #[cfg(any(feature = "int4", feature = "bytes"))]
        _ => layouts::fill(layout, words, columns, values, random),
    }
    let Some(view) = Rows::of(layout, words, rows, columns) else { return };
    let bias_shift = [2, 31, 5, 3][(rows + columns) % 4];
    let mut aligned = Aligned([POISON; COLUMNS + 2 * GROUP]);
    for start in 0..2 {
        let store = &mut aligned.0;
        inputs(layout, &mut store[start..][..columns], values, random);
        let mut case = |x, outputs| judge(&Case { rows: view, x, bias_shift, outputs });
        case(&store[start..][..columns], rows);
        if values == Values::Small && rows % 4 == 1 {
            case(&store[start..][..columns + 3], rows + 2);
            case(&store[start..][..columns / 2], rows);
            case(&store[start..][..columns], rows - 1);
        }
        store.fill(POISON);
    }
}

/// The words of whole blocks of row pairs; filling columns are poison. Packs on its own, without
/// `Layout::pack`.
fn fill(words: &mut [u32], columns: usize, values: Values, random: &mut Random) {
    let block_words = Rows::words_needed(1, columns);
    for block in words.chunks_exact_mut(block_words) {
        let groups = block_words - 2 * BLOCK_ROWS;
        for (at, word) in block.iter_mut().enumerate() {
            *word = if at < BLOCK_ROWS {
                (random.next() >> 1) as u32
            } else if at < BLOCK_ROWS + groups {
                let (pair, column) = ((at - BLOCK_ROWS) % 2, (at - BLOCK_ROWS) / 2 * 2);
                let mut half = |column| {
                    let high = weight(values, 2 * pair, column, random);
                    let low = weight(values, 2 * pair + 1, column, random);
                    (256 * high + low) as u32 & 0xFFFF
                };
                half(column) | half(column + 1) << 16
            } else {
                [0, 1, 32767, random.next() as u32 >> 17][(at + columns) % 4] << 16
            };
        }
    }
}

/// ±127 against the signs of [`inputs`]: the four rows of a block reach +limit, −limit, both again.
fn weight(values: Values, row: usize, column: usize, random: &mut Random) -> i32 {
    let sign = 1 - 2 * (row as i32 % 2);
    match values {
        Values::Small => random.within(128),
        Values::Limit => 127 * sign,
        Values::Alternating => {
            127 * sign * (1 - 2 * (column as i32 % 2)) * (1 - row as i32 / 2 * 2)
        }
    }
}

/// Inputs whose sums with those weights stay below the limit, at most 126 below it.
fn inputs(layout: Layout, x: &mut [i16], values: Values, random: &mut Random) {
    let most = (layout.sum_limit() as i32 - 1) / i32::from(layout.most_weight());
    let widest = if layout.most_bits() == 8 { 127 } else { 32_767 };
    let share = most / x.len().max(1) as i32;
    let rest = most - share * x.len() as i32;
    for (column, x) in x.iter_mut().enumerate() {
        let even = column % 2 == 0;
        let value = if column == 0 { share + rest } else { share }.min(widest);
        *x = match values {
            Values::Small => random.within(500.min(share.min(widest) + 1)) as i16,
            Values::Limit => value as i16,
            Values::Alternating => {
                if even {
                    value as i16
                } else {
                    -value as i16
                }
            }
        };
    }
}

/// Numerical Recipes' linear congruence, high bits.
struct Random(u32);

impl Random {
    fn next(&mut self) -> i32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 ^ self.0 >> 16) as i32
    }

    /// In `-(bound - 1)..bound`.
    fn within(&mut self, bound: i32) -> i32 {
        let high = (self.next() as u32 >> 8) as i32;
        high % (2 * bound - 1) - (bound - 1)
    }
}

#[cfg(test)]
mod tests;
