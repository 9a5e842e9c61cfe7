//! Executed instructions of the kernels, exact: every instruction takes the emulator the same time.

use crate::board;
use crate::build::Firmware;
use crate::emulator::Session;
use anyhow::{Context, Result};

/// An instruction takes 2^8 ns.
const SHIFT: u32 = 8;

/// Prints the table of M3, M4 and M33.
pub(crate) fn print() -> Result<()> {
    for name in ["an385", "an386", "an500", "an505"] {
        for line in lines(name)? {
            println!("{line}");
        }
    }
    Ok(())
}

/// The table of one board: core, kernel, case, products, instructions, instructions per product.
pub(crate) fn lines(name: &str) -> Result<Vec<String>> {
    let board = board::find(name)?;
    let images = Firmware::release(&["bench"], &["conformance"]).build(board)?;
    let firmware = images.first().context("nothing was built")?;
    let outcome = Session { icount: Some(SHIFT), ..Session::silent(board, firmware) }.run()?;
    outcome.check()?;
    Ok(outcome.text().lines().map(str::to_owned).collect())
}
