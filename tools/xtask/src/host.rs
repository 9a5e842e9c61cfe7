//! What needs no other machine: format, lints, docs, tests.

use crate::board::BOARDS;
use crate::cargo::{cargo, lines, run, target_dir};
use crate::goldens;
use anyhow::{Result, ensure};

/// Folders with a workspace of their own.
const FOLDERS: [&str; 8] = [
    ".",
    "tools/bench",
    "tools/wasm",
    "boards/app",
    "boards/qemu-mps2",
    "boards/qemu-riscv32",
    "boards/microbit",
    "boards/peers",
];

/// Boards whose code is linted: the others of `qemu-mps2` differ from these in constants alone.
const LINTED: [&str; 4] = ["microbit", "an386", "an547", "rv32"];

/// Feature sets of the engine that change what its tests see, beside the workspace's own.
const FEATURES: [&str; 2] = ["", "emit,micromath,conformance,far-flash"];
/// What the demo of the boards can do on the host too.
const APP: [&str; 2] = ["--features", "banks,far"];

/// Everything is formatted.
pub(crate) fn format() -> Result<Vec<String>> {
    for folder in FOLDERS {
        run(&mut cargo(folder, &["fmt", "--all", "--check"]))?;
    }
    Ok(Vec::new())
}

/// No warnings, in the tools, the engine and the firmware.
pub(crate) fn lints() -> Result<Vec<String>> {
    let deny = ["--", "-D", "warnings"];
    let all = ["clippy", "--quiet", "--workspace", "--all-targets", "--all-features"];
    run(cargo(".", &all).args(deny))?;
    let mut app = cargo("boards/app", &["clippy", "--locked", "--quiet", "--all-targets"]);
    run(app.args(APP).arg("--target-dir").arg(target_dir().join("boards")).args(deny))?;
    let mut wasm = cargo("tools/wasm", &["clippy", "--locked", "--quiet"]);
    wasm.args(["--target", "wasm32-unknown-unknown"]);
    run(wasm.arg("--target-dir").arg(target_dir().join("wasm")).args(deny))?;
    let bench = ["clippy", "--locked", "--quiet", "--all-targets"];
    run(cargo("tools/bench", &bench)
        .arg("--target-dir")
        .arg(target_dir().join("bench"))
        .args(deny))?;
    goldens::convert()?;
    for board in BOARDS.iter().filter(|board| LINTED.contains(&board.name)) {
        let extra: &[&str] = if board.logs { &["defmt"] } else { &[] };
        let proof: &[&str] = if board.proves { &["proof"] } else { &[] };
        let golden: &[&str] = if board.goldens { &["goldens"] } else { &[] };
        let features = [board.features, extra, proof, golden, &["conformance"]].concat().join(",");
        let arguments = ["clippy", "--locked", "--quiet", "--no-default-features"];
        let mut command = cargo(&format!("boards/{}", board.folder), &arguments);
        command.args(["--target", board.target, "--features", &features]);
        command.arg("--target-dir").arg(target_dir().join("boards"));
        run(command.env(goldens::LIST, goldens::list(board)).args(deny))?;
    }
    Ok(Vec::new())
}

/// The documentation builds without a warning.
pub(crate) fn docs() -> Result<Vec<String>> {
    let mut command = cargo(".", &["doc", "--quiet", "--no-deps", "--all-features"]);
    run(command.args(["-p", "regard", "-p", "twin"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Vec::new())
}

/// `cargo test`: the workspace, the engine with other features, the demo of the boards.
pub(crate) fn tests() -> Result<Vec<String>> {
    let mut findings = tested(&mut cargo(".", &["test", "--workspace"]))?;
    for features in FEATURES {
        let arguments = ["test", "-p", "regard", "--features", features];
        findings.extend(tested(&mut cargo(".", &arguments))?);
    }
    let mut app = cargo("boards/app", &["test", "--locked"]);
    findings.extend(tested(app.args(APP).arg("--target-dir").arg(target_dir().join("boards")))?);
    let passed = |line: &String| line.split_whitespace().nth(3)?.parse::<u32>().ok();
    let passed: u32 = findings.iter().filter_map(passed).sum();
    findings.push(format!("{passed} tests passed, none failed"));
    Ok(findings)
}

/// Its lines `test result: …` that count any test.
fn tested(command: &mut std::process::Command) -> Result<Vec<String>> {
    let output = lines(command, true)?;
    let results = output.into_iter().filter(|line| line.starts_with("test result:"));
    let results: Vec<String> = results.filter(|line| !line.contains(" 0 passed")).collect();
    ensure!(!results.is_empty(), "no test ran");
    Ok(results)
}
