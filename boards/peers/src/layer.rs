//! A layer of arbitrary int8 numbers, and the formula that its outputs must follow.
//!
//! ```text
//! y_r = clamp(round(Σ_c w[r,c]·(x_c + OFFSET) / 2^DOWN))
//! ```

use crate::{Clock, Serial};
use app::bench::Counter as _;
use embedded_io::Write as _;

/// What is added to inputs: minus their zero point.
pub const OFFSET: i32 = 5;
/// What sums are divided by, as a power of two.
pub const DOWN: u32 = 10;

/// Input `at`.
pub const fn input(at: usize) -> i8 {
    (at as u32).wrapping_mul(37).wrapping_add(11) as u8 as i8
}

/// A row of `COLUMNS` weights for each output.
pub const fn weights<const COLUMNS: usize, const ROWS: usize>() -> [[i8; COLUMNS]; ROWS] {
    let (mut weights, mut random, mut row) = ([[0; COLUMNS]; ROWS], 1u32, 0);
    while row < ROWS {
        let mut column = 0;
        while column < COLUMNS {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            weights[row][column] = (random >> 24) as u8 as i8;
            column += 1;
        }
        row += 1;
    }
    weights
}

/// Where counts go.
pub struct Report<'r> {
    pub serial: &'r mut Serial,
    pub clock: &'r Clock,
    pub core: &'static str,
}

impl Report<'_> {
    /// Counts `layer`, which fills `out` for `x`, and prints that if it is right.
    pub fn count<const COLUMNS: usize, const ROWS: usize>(
        &mut self,
        name: &str,
        weights: &[[i8; COLUMNS]; ROWS],
        layer: impl FnOnce() -> [i8; ROWS],
    ) -> bool {
        let mut out = [0; ROWS];
        let count = self.clock.count(|| out = layer());
        let right = weights.iter().zip(out).all(|(row, out)| {
            let products = row.iter().zip(0..);
            let products = products.map(|(&w, at)| i32::from(w) * (i32::from(input(at)) + OFFSET));
            let exact = products.sum::<i32>() >> DOWN;
            (i32::from(out) - exact.clamp(-128, 127)).abs() <= 1
        });
        let (macs, core) = ((COLUMNS * ROWS) as u64, self.core);
        if !right {
            _ = write!(self.serial, "{name} 1x{COLUMNS}x{ROWS}: output differs\r\n");
            return false;
        }
        let milli = (count * 1000 + macs / 2) / macs;
        let (whole, part) = (milli / 1000, milli % 1000);
        let case = format_args!("1x{COLUMNS}x{ROWS}");
        _ = write!(self.serial, "{core} {name} {case} {macs} {count} {whole}.{part:03}\r\n");
        true
    }
}
