//! What the parts of a model take on a core, from the counts that the project keeps of each
//! ([docs/BENCH.md](../../../../docs/BENCH.md)).
//!
//! ```text
//! W·x        rows · (a + b · columns)     a, b: from 128 × 128 and 128 × 512
//! two at once   2 · pair · that           pair: from 2 × 128 × 128
//! cells      their matrices, and so much a unit
//! ```
//! Limits: executed instructions, emulated; no cycles, and nothing of flash that is slow. A core whose
//! weights of some layout nobody counted has no rates for them.

use regard::kernel::Layout;
use serde::Deserialize;

/// The one truth, written by `cargo xtask bench`.
const COUNTS: &str = include_str!("../../../../docs/bench.json");

/// The names of the counted cores, and those that a board's core begins with.
pub(crate) const CORES: [(&str, &str); 7] = [
    ("m0", "Cortex-M0"),
    ("m3", "Cortex-M3"),
    ("m4", "Cortex-M4"),
    ("m7", "Cortex-M7"),
    ("m33", "Cortex-M33"),
    ("m55", "Cortex-M55"),
    ("rv32", "RV32"),
];

/// The file, as far as it is of concern here.
#[derive(Deserialize)]
pub(super) struct Counts {
    rows: Vec<Row>,
    /// What was asked of whole models.
    #[cfg(test)]
    pub(super) models: Vec<Asked>,
}

#[derive(Deserialize)]
struct Row {
    core: String,
    kernel: String,
    case: String,
    instructions: f64,
}

/// A model, the core that ran it, and how much it read and said.
#[cfg(test)]
#[derive(Deserialize)]
pub(super) struct Asked {
    pub(super) core: String,
    pub(super) model: String,
    pub(super) source: usize,
    pub(super) steps: usize,
}

impl Counts {
    /// Those in the file.
    pub(super) fn read() -> Self {
        serde_json::from_str(COUNTS).expect("a test reads this constant")
    }

    /// Of a case, with the kernels that the core's firmware has.
    pub(super) fn of(&self, core: &str, case: &str) -> Option<f64> {
        let mut rows = self.rows.iter().filter(|row| row.core == core && row.case == case);
        let own = rows.clone().find(|row| row.kernel != "portable");
        own.or_else(|| rows.next()).map(|row| row.instructions)
    }
}

/// Instructions of a matrix by a vector.
#[derive(Clone, Copy)]
struct Line {
    /// For a row.
    row: f64,
    /// For a product.
    product: f64,
    /// What two vectors at once take of what they take one by one.
    pair: f64,
}

impl Line {
    fn of(counts: &Counts, core: &str, layout: &str) -> Option<Self> {
        let of = |case: &str| counts.of(core, &format!("{layout}{case}"));
        let [square, wide] = [of("1x128x128")?, of("1x512x128")?];
        let product = (wide - square) / f64::from((512 - 128) * 128);
        let row = square / 128.0 - 128.0 * product;
        Some(Self { row, product, pair: of("2x128x128")? / (2.0 * square) })
    }

    /// Rows come in blocks of four, and columns in groups of as many.
    fn matrix(self, rows: usize, columns: usize) -> f64 {
        let [rows, columns] = [rows, columns].map(|number| number.next_multiple_of(4));
        rows as f64 * (self.row + self.product * columns as f64)
    }
}

/// What a core takes for the parts of a model.
pub(super) struct Rates {
    pairs: Line,
    fours: Option<Line>,
    bytes: Option<Line>,
    /// For a product of a query with a key.
    pub(super) energy: f64,
    /// For a number: a share of attention, a sum, a normed one, and one that is made narrow.
    pub(super) softmax: f64,
    pub(super) add: f64,
    pub(super) norm: f64,
    pub(super) narrow: f64,
    /// For a unit of a cell, beside its matrices.
    pub(super) rnn: f64,
    pub(super) gru_after: f64,
    pub(super) gru_before: f64,
    pub(super) lstm: f64,
    /// For a number of a window that is gathered.
    pub(super) gather: f64,
}

impl Rates {
    /// Of a core, if it was counted.
    pub(super) fn of(counts: &Counts, core: &str) -> Option<Self> {
        let pairs = Line::of(counts, core, "")?;
        let each = |case: &str, numbers: f64| Some(counts.of(core, case)? / numbers);
        let unit = |case: &str, matrices: f64| Some((counts.of(core, case)? - matrices) / 128.0);
        let square = |rows| pairs.matrix(rows, 128);
        // Windows of 9 · 16 numbers at 16 · 16 places, 32 filters.
        let (places, window) = (256.0, 144);
        let filters = places * pairs.pair * pairs.matrix(32, window);
        let gathered = counts.of(core, "conv3x3/16x16,16-32")? - filters;
        Some(Self {
            pairs,
            fours: Line::of(counts, core, "int4/"),
            bytes: Line::of(counts, core, "bytes/"),
            // 32 queries with 32 keys in 4 heads of 32 numbers.
            energy: each("energies/4h,t32,d32", 131_072.0)?,
            softmax: each("softmax/32", 32.0)?,
            add: each("add/128", 128.0)?,
            norm: each("norm/128", 128.0)?,
            narrow: each("narrow/128", 128.0)?,
            rnn: unit("rnn/128,h128", 2.0 * square(128))?,
            gru_after: unit("gru/128,h128", 2.0 * square(3 * 128))?,
            gru_before: unit("gru-before/128,h128", 2.0 * square(3 * 128))?,
            lstm: unit("lstm/64,h128", pairs.matrix(4 * 128, 64) + square(4 * 128))?,
            gather: gathered / (places * window as f64),
        })
    }

    /// A matrix `[rows × columns]` by one vector; `two`: by each of two at once.
    pub(super) fn matrix(
        &self,
        layout: Layout,
        [rows, columns]: [usize; 2],
        two: bool,
    ) -> Option<f64> {
        let line = match layout {
            Layout::Pairs => Some(self.pairs),
            Layout::Fours => self.fours,
            Layout::Bytes => self.bytes,
        }?;
        Some(line.matrix(rows, columns) * if two { line.pair } else { 1.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::{CORES, Counts, Rates};
    use crate::boards;

    #[test]
    fn every_core_of_a_board_was_counted() {
        let counts = Counts::read();
        for board in boards::table().boards {
            let mut known = CORES.iter().filter(|(_, name)| board.core.starts_with(name));
            let (core, _) = known.next_back().expect("a core that was counted");
            assert!(Rates::of(&counts, core).is_some(), "{}", board.core);
        }
    }

    #[test]
    fn a_matrix_that_was_counted_apart_takes_what_it_was_counted_to() {
        let counts = Counts::read();
        for (core, _) in CORES {
            let rates = Rates::of(&counts, core).expect("counted");
            for (rows, columns) in [(64, 64), (67, 33)] {
                let shape = [rows, columns];
                let said = rates.matrix(regard::kernel::Layout::Pairs, shape, false).expect("int8");
                let counted = counts.of(core, &format!("1x{rows}x{columns}")).expect("a case");
                assert!((said / counted - 1.0).abs() < 0.15, "{core} {shape:?} {said} {counted}");
            }
        }
    }
}
