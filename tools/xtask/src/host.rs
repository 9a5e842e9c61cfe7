//! What needs no other machine: format, lints, docs, tests.

use crate::bench::{self, PEERS};
use crate::board::{self, Board};
use crate::build;
use crate::cargo::{cargo, lines, root, run, target_dir};
use crate::parts::Parts;
use anyhow::{Result, ensure};

/// Folders with a workspace of their own, but those in `boards/`.
const FOLDERS: [&str; 4] = [".", "tools/bench", "tools/c", "tools/wasm"];

/// Boards that differ from others, in their folder or beside it, in pins, clocks and constants alone: they are built, and
/// not linted as well.
const ALIKE: [&str; 9] = [
    "an385",
    "an500",
    "an505",
    "esp32c6",
    "nrf5340-dk",
    "nrf54l15-dk",
    "nucleo-f746zg",
    "nucleo-h743zi",
    "rpi-pico2-riscv",
];

/// Feature sets of the engine that change what its tests see, beside the workspace's own.
const FEATURES: [&str; 3] =
    ["", "emit,micromath,conformance,far-flash", "emit,far-flash,int4,bytes,subwords,variants"];
/// What the boards share, and what of it can be done on the host too.
const SHARED: [(&str, &[&str]); 2] =
    [("boards/app", &["--features", "banks,far"]), ("boards/attention", &[])];

/// Everything is formatted.
pub(crate) fn format() -> Result<Vec<String>> {
    for folder in FOLDERS {
        run(&mut cargo(folder, &["fmt", "--all", "--check"]))?;
    }
    let mut folders: Vec<_> = root().join("boards").read_dir()?.collect::<std::io::Result<_>>()?;
    folders.retain(|folder| folder.path().join("Cargo.toml").is_file());
    for folder in folders {
        let folder = format!("boards/{}", folder.file_name().display());
        run(&mut cargo(&folder, &["fmt", "--all", "--check"]))?;
    }
    Ok(Vec::new())
}

/// No warnings, in the tools, the engine and the firmware.
pub(crate) fn lints() -> Result<Vec<String>> {
    let deny = ["--", "-D", "warnings"];
    let all = ["clippy", "--quiet", "--workspace", "--all-targets", "--all-features"];
    run(cargo(".", &all).args(deny))?;
    for (folder, features) in SHARED {
        let mut shared = cargo(folder, &["clippy", "--locked", "--quiet", "--all-targets"]);
        run(shared.args(features).arg("--target-dir").arg(target_dir().join("app")).args(deny))?;
    }
    let mut wasm = cargo("tools/wasm", &["clippy", "--locked", "--quiet"]);
    wasm.args(["--target", "wasm32-unknown-unknown"]);
    run(wasm.arg("--target-dir").arg(target_dir().join("wasm")).args(deny))?;
    let mut c =
        cargo("tools/c", &["clippy", "--locked", "--quiet", "--features", "variants,subwords"]);
    run(c.arg("--target-dir").arg(target_dir().join("c")).args(deny))?;
    let bench = ["clippy", "--locked", "--quiet", "--all-targets"];
    run(cargo("tools/bench", &bench)
        .arg("--target-dir")
        .arg(target_dir().join("bench"))
        .args(deny))?;
    Ok(Vec::new())
}

/// The boards whose firmware is linted, with the folder of other crates beside two of them.
pub(crate) fn linted() -> Result<Vec<Board>> {
    let all = board::all()?.iter().filter(|board| !ALIKE.contains(&board.name.as_str()));
    let mut linted: Vec<Board> = all.cloned().collect();
    for (name, feature) in PEERS {
        let mut peers = bench::with_peers(board::find(name)?, feature);
        peers.name = format!("peers on {name}");
        linted.push(peers);
    }
    Ok(linted)
}

/// No warnings in the firmware of a board, with all its features.
pub(crate) fn firmware_lints(board: &Board) -> Result<Vec<String>> {
    let features = if board.folder == "peers" {
        board.features.clone()
    } else {
        Parts::of(board)?.all_features(board)?
    };
    let mut command = build::command("clippy", board);
    command.args(["--target", &board.target, "--features", &features.join(",")]);
    run(command.args(["--", "-D", "warnings"]))?;
    Ok(Vec::new())
}

/// The documentation builds without a warning.
pub(crate) fn docs() -> Result<Vec<String>> {
    let mut command = cargo(".", &["doc", "--quiet", "--no-deps", "--all-features"]);
    run(command
        .args(["-p", "regard", "-p", "twin", "-p", "import"])
        .env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Vec::new())
}

/// `cargo test`: the workspace, the engine with other features, the demo of the boards.
pub(crate) fn tests() -> Result<Vec<String>> {
    let mut findings = tested(&mut cargo(".", &["test", "--workspace"]))?;
    for features in FEATURES {
        let arguments = ["test", "-p", "regard", "--features", features];
        findings.extend(tested(&mut cargo(".", &arguments))?);
    }
    for (folder, features) in SHARED {
        let mut shared = cargo(folder, &["test", "--locked"]);
        shared.args(features).arg("--target-dir").arg(target_dir().join("app"));
        findings.extend(tested(&mut shared)?);
    }
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
