//! Executed instructions, exact: every instruction takes the emulator the same time.

use crate::board;
use crate::build::Firmware;
use crate::emulator::Session;
use anyhow::{Context, Result};

/// A program that counts, and how long an instruction takes in it: 2^shift ns.
struct Bench {
    bin: &'static str,
    features: &'static [&'static str],
    shift: u32,
}

/// Kernels, to the very instruction, and whole models, to the next 20.
const KERNELS: Bench = Bench { bin: "bench", features: &["conformance"], shift: 8 };
const MODELS: Bench = Bench { bin: "bench_models", features: &[], shift: 1 };

/// Prints the tables of M3, M4, M7 and M33.
pub(crate) fn print() -> Result<()> {
    for name in ["an385", "an386", "an500", "an505"] {
        for line in kernels(name)?.iter().chain(&models(name)?) {
            println!("{line}");
        }
    }
    Ok(())
}

/// Of one board: core, kernel, case, products, instructions, instructions per product.
pub(crate) fn kernels(board: &str) -> Result<Vec<String>> {
    lines(board, &KERNELS)
}

/// Of one board: core, kernel, model and part, instructions.
pub(crate) fn models(board: &str) -> Result<Vec<String>> {
    lines(board, &MODELS)
}

fn lines(name: &str, bench: &Bench) -> Result<Vec<String>> {
    let board = board::find(name)?;
    let images = Firmware::release(&[bench.bin], bench.features).build(board)?;
    let firmware = images.first().context("nothing was built")?;
    let session = Session { icount: Some(bench.shift), ..Session::silent(board, firmware) };
    let outcome = session.run()?;
    outcome.check()?;
    Ok(outcome.text().lines().map(str::to_owned).collect())
}
