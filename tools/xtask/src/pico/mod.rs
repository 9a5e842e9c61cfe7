//! The Raspberry Pi Pico under Node.js: `tools/pico` runs its UF2 image, display included, and counts
//! cycles, with a model of what reading its flash costs.
//!
//! ```text
//! firmware ─► UF2 image ─► tools/pico/run.mjs ─┬► serial port    compared as on other boards
//!                                              ├► display        compared with PICTURE
//!                                              └► LED, cycles    what a sentence takes
//! ```
//! Without Node.js the firmware is built and not run, and the command says so.

mod costs;

pub(crate) use costs::print;

use crate::board::{self, Board};
use crate::build::Firmware;
use crate::cargo::{root, run, target_dir};
use crate::emulator::Session;
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::{Command, Stdio};

const FOLDER: &str = "tools/pico";
const NODE: &str = "node";
const BOARD: &str = "rpi-pico";
/// What the display shows for [`SENTENCE`].
const PICTURE: &str = "boards/attention/tests/display.pbm";
/// That of the README's picture.
const SENTENCE: &str = "does your brother drink cold milk ?";

/// Is a board emulated by it?
pub(crate) fn is_emulator(board: &Board) -> bool {
    board.emulated().is_ok_and(|(program, _)| program == NODE)
}

/// The command that runs a firmware.
pub(crate) fn command(firmware: &Path) -> Command {
    let mut command = Command::new(NODE);
    command.arg(root().join(FOLDER).join("run.mjs")).arg(firmware);
    command
}

/// What is said of a board that there is nothing to run with. Else all is there, afterwards.
pub(crate) fn missing(board: &Board) -> Result<Option<String>> {
    if !is_emulator(board) {
        return Ok(None);
    }
    if Command::new(NODE).arg("--version").output().is_err() {
        return Ok(Some("built, and not run: there is no node".into()));
    }
    let folder = root().join(FOLDER);
    // npm writes this file last, and it is newer than the list that it follows.
    let written =
        |file: &str| std::fs::metadata(folder.join(file)).and_then(|data| data.modified());
    let installed = written("node_modules/.package-lock.json");
    if installed.is_err() || installed.ok() < written("package-lock.json").ok() {
        let mut npm = Command::new("npm");
        npm.current_dir(&folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        run(npm.stdout(Stdio::null()))?;
    }
    Ok(None)
}

/// The board, if it can be run.
fn board() -> Result<&'static Board> {
    let board = board::find(BOARD)?;
    let missing = missing(board)?;
    ensure!(missing.is_none(), "{}", missing.unwrap_or_default());
    Ok(board)
}

/// What no other board is asked: the emulator's own tests, the picture, and what a sentence costs.
pub(crate) fn check(board: &Board) -> Result<Vec<String>> {
    if !is_emulator(board) {
        return Ok(Vec::new());
    }
    let (golden, file) = (root().join(PICTURE), target_dir().join("display.pbm"));
    draw_to(board, &file)?;
    let [expected, drawn] = [&golden, &file].map(std::fs::read_to_string);
    let (expected, drawn) = (expected.with_context(|| PICTURE.to_owned())?, drawn?);
    let different = expected.bytes().zip(drawn.bytes()).filter(|(a, b)| a != b).count();
    ensure!(
        expected == drawn,
        "the display differs in {different} pixels from {PICTURE}: it shows {}; \
         `cargo xtask pico picture` takes that over",
        file.display()
    );
    Ok(vec![
        own_tests()?,
        format!("attention: the display shows {PICTURE}"),
        costs::finding(board)?,
    ])
}

/// The tests of `tools/pico`.
fn own_tests() -> Result<String> {
    let mut tests = Command::new(NODE);
    tests.current_dir(root().join(FOLDER)).args(["--test", "--test-reporter", "tap"]);
    let output = tests.output().context("cannot start node")?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "the tests of {FOLDER} failed:\n{said}");
    let passed = said.lines().find_map(|line| line.strip_prefix("# pass "));
    let passed = passed.context("node counted no tests")?;
    ensure!(passed != "0", "node found no tests in {FOLDER}");
    Ok(format!("{FOLDER}: {passed} tests passed"))
}

/// Draws the picture that the display is compared with anew.
pub(crate) fn draw() -> Result<()> {
    draw_to(board()?, &root().join(PICTURE))
}

/// Lets the firmware draw, and writes what its display shows.
fn draw_to(board: &Board, file: &Path) -> Result<()> {
    let images = Firmware::release(&["attention"], &["attention"]).build(board)?;
    let image = images.first().context("nothing was built")?;
    let file = file.display().to_string();
    let said = talk(board, image, &format!("{SENTENCE}\n:quit\n"), &["--oled", &file])?;
    ensure!(said.contains("lait froid"), "the firmware did not translate {SENTENCE:?}:\n{said}");
    Ok(())
}

/// Types `text`; what was heard. `extra`: what the emulator is told.
fn talk(board: &Board, image: &Path, text: &str, extra: &[&str]) -> Result<String> {
    let session = Session { input: text.as_bytes(), extra, ..Session::silent(board, image) };
    let outcome = session.run()?;
    outcome.check()?;
    Ok(outcome.text())
}
