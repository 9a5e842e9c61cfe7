//! Executed instructions, exact: every instruction takes the emulator the same time.

use crate::board::{self, Board};
use crate::build::Firmware;
use crate::cargo::root;
use crate::counts::{self, Row};
use crate::elf;
use crate::emulator::Session;
use crate::extras::Extras;
use crate::parts::Parts;
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
const OTHERS: [Bench; 2] = [
    Bench { bin: "bench", features: &["bench", "int4"], shift: 8 },
    Bench { bin: "bench_models", features: &["bench"], shift: 1 },
];

/// Layers of other crates, and the boards that they are counted on, with the feature for each.
const CRATES: Bench = Bench { bin: "peers", features: &[], shift: 7 };
pub(crate) const PEERS: [(&str, &str); 2] = [("microbit", "m0"), ("an386", "m4")];

/// What the micro:bit counts: its timer tells single instructions of models too, of which one fits.
const MICROBIT: [Bench; 4] = [
    Bench { bin: "bench", features: &["bench"], shift: 7 },
    Bench { bin: "bench_int4", features: &["bench", "int4"], shift: 7 },
    Bench { bin: "bench_translate", features: &["bench_models"], shift: 7 },
    Bench { bin: "bench_speak", features: &["bench_models"], shift: 7 },
];

/// The boards that the others run on, after this.
const MICROBIT_NAME: &str = "microbit";
const BOARDS: [&str; 6] = ["an385", "an386", "an500", "an505", "an547", "rv32"];
/// The board whose core counts its instructions itself: of 1 ns each.
const COUNTS_ITSELF: &str = "rv32";
const BASELINE: &str = "docs/bench.json";
const PAGE: &str = "docs/BENCH.md";

/// Counts on all boards, and writes the baseline and its page.
pub(crate) fn write() -> Result<()> {
    let (compiler, lines) = (compiler()?, all_lines()?);
    let (rows, extras) = (rows_of(&lines), extras(&lines)?);
    let page = counts::as_page(&rows, &extras, &compiler);
    let (root, json) = (root(), counts::as_json(&rows, &extras, &compiler));
    std::fs::write(root.join(BASELINE), json).context(BASELINE)?;
    std::fs::write(root.join(PAGE), &page).context(PAGE)?;
    print!("{page}");
    Ok(())
}

/// None of the counts above the baseline, if that was built by the same compiler.
pub(crate) fn check(found: &[Row]) -> Result<String> {
    let text = std::fs::read_to_string(root().join(BASELINE)).context(BASELINE)?;
    let (known_compiler, known, _) = counts::of_json(&text).context(BASELINE)?;
    let (compiler, compared) = (compiler()?, counts::compare(found, &known));
    if compiler == known_compiler {
        return compared;
    }
    let said = compared.unwrap_or_else(|worse| worse.to_string());
    Ok(format!("not a fault, for {compiler} is not the {known_compiler} of {BASELINE}: {said}"))
}

/// The boards that count.
pub(crate) fn boards() -> impl Iterator<Item = &'static str> {
    [MICROBIT_NAME].into_iter().chain(BOARDS)
}

/// What a board counts.
pub(crate) fn rows(board: &Board) -> Result<Vec<Row>> {
    lines_of(board).map(|lines| rows_of(&lines))
}

fn rows_of(lines: &[String]) -> Vec<Row> {
    lines.iter().filter_map(|line| Row::of_line(line)).collect()
}

fn all_lines() -> Result<Vec<String>> {
    let mut all = Vec::new();
    for name in boards() {
        all.extend(lines_of(board::find(name)?)?);
    }
    Ok(all)
}

fn lines_of(board: &Board) -> Result<Vec<String>> {
    let programs: &[Bench] = if board.name == MICROBIT_NAME { &MICROBIT } else { &OTHERS };
    let mut all = Vec::new();
    for bench in programs {
        all.extend(lines(board, bench)?);
    }
    Ok(all)
}

/// What is not compared with the baseline: RAM, flash, bytes read, other crates.
fn extras(lines: &[String]) -> Result<Extras> {
    let mut extras = Extras::default();
    for line in lines {
        extras.add_model(line)?;
    }
    for board in board::all()? {
        if !Parts::of(board)?.has("proof") {
            continue;
        }
        let images = Firmware::release(&["proof"], &["proof"]).build(board)?;
        let image = images.first().context("nothing was built")?;
        extras.add_kernels(&board.core, &elf::sizes(image, "regard::kernel::")?);
    }
    for (name, feature) in PEERS {
        let rows = rows_of(&self::lines(&with_peers(board::find(name)?, feature), &CRATES)?);
        extras.crates.extend(rows.iter().map(Row::as_json));
    }
    Ok(extras)
}

/// A board with the folder of other crates in place of its own.
pub(crate) fn with_peers(board: &Board, feature: &str) -> Board {
    let mut peers = board.clone();
    peers.folder = "peers".into();
    peers.features = vec![feature.into()];
    peers.emulator.features.clear();
    peers
}

fn compiler() -> Result<String> {
    let output = Command::new("rustc").arg("--version").output().context("rustc")?;
    let version = String::from_utf8_lossy(&output.stdout);
    Ok(version.split(' ').take(2).collect::<Vec<_>>().join(" "))
}

fn lines(board: &Board, bench: &Bench) -> Result<Vec<String>> {
    let images = Firmware::release(&[bench.bin], bench.features).build(board)?;
    let firmware = images.first().context("nothing was built")?;
    let shift = if board.name == COUNTS_ITSELF { 0 } else { bench.shift };
    let session = Session { icount: Some(shift), ..Session::silent(board, firmware) };
    let outcome = session.run()?;
    outcome.check()?;
    Ok(outcome.text().lines().map(str::to_owned).collect())
}
