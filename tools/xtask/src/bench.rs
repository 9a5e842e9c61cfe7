//! Executed instructions, exact: every instruction takes the emulator the same time.

use crate::board;
use crate::build::Firmware;
use crate::cargo::root;
use crate::counts::{self, Row};
use crate::emulator::Session;
use anyhow::{Context, Result};
use std::process::Command;

/// A program that counts.
struct Bench {
    bin: &'static str,
    features: &'static [&'static str],
    /// How long an instruction takes in it, where a timer tells: 2^shift ns.
    shift: u32,
}

/// Kernels, to the very instruction, and whole models, by a timer to the next 20.
const KERNELS: Bench = Bench { bin: "bench", features: &["bench"], shift: 8 };
const MODELS: Bench = Bench { bin: "bench_models", features: &["bench"], shift: 1 };

/// What the micro:bit counts: its timer tells single instructions of models too, of which one fits.
const MICROBIT: [Bench; 3] = [
    Bench { bin: "bench", features: &["bench"], shift: 7 },
    Bench { bin: "bench_translate", features: &["bench_models"], shift: 7 },
    Bench { bin: "bench_speak", features: &["bench_models"], shift: 7 },
];

/// The boards that the others run on.
const BOARDS: [&str; 6] = ["an385", "an386", "an500", "an505", "an547", "rv32"];
/// The board whose core counts its instructions itself: of 1 ns each.
const COUNTS_ITSELF: &str = "rv32";
const BASELINE: &str = "docs/bench.json";
const PAGE: &str = "docs/BENCH.md";

/// Counts on all boards, and writes the baseline and its page.
pub(crate) fn write() -> Result<()> {
    let (compiler, rows) = (compiler()?, rows()?);
    let page = counts::as_page(&rows, &compiler);
    let root = root();
    std::fs::write(root.join(BASELINE), counts::as_json(&rows, &compiler)).context(BASELINE)?;
    std::fs::write(root.join(PAGE), &page).context(PAGE)?;
    print!("{page}");
    Ok(())
}

/// None of the counts above the baseline, if that was built by the same compiler.
pub(crate) fn check(found: &[Row]) -> Result<String> {
    let text = std::fs::read_to_string(root().join(BASELINE)).context(BASELINE)?;
    let (known_compiler, known) = counts::of_json(&text).context(BASELINE)?;
    let (compiler, compared) = (compiler()?, counts::compare(found, &known));
    if compiler == known_compiler {
        return compared;
    }
    let said = compared.unwrap_or_else(|worse| worse.to_string());
    Ok(format!("not a fault, for {compiler} is not the {known_compiler} of {BASELINE}: {said}"))
}

/// What all boards count.
pub(crate) fn rows() -> Result<Vec<Row>> {
    let own = MICROBIT.iter().map(|bench| ("microbit", bench));
    let others = BOARDS.iter().flat_map(|&board| [(board, &KERNELS), (board, &MODELS)]);
    let mut rows = Vec::new();
    for (board, bench) in own.chain(others) {
        rows.extend(lines(board, bench)?.iter().filter_map(|line| Row::of_line(line)));
    }
    Ok(rows)
}

fn compiler() -> Result<String> {
    let output = Command::new("rustc").arg("--version").output().context("rustc")?;
    let version = String::from_utf8_lossy(&output.stdout);
    Ok(version.split(' ').take(2).collect::<Vec<_>>().join(" "))
}

fn lines(name: &str, bench: &Bench) -> Result<Vec<String>> {
    let board = board::find(name)?;
    let images = Firmware::release(&[bench.bin], bench.features).build(board)?;
    let firmware = images.first().context("nothing was built")?;
    let shift = if name == COUNTS_ITSELF { 0 } else { bench.shift };
    let session = Session { icount: Some(shift), ..Session::silent(board, firmware) };
    let outcome = session.run()?;
    outcome.check()?;
    Ok(outcome.text().lines().map(str::to_owned).collect())
}
