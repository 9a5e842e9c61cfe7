//! A firmware as a new user makes it: `regard new` outside the project, `cargo build`, a sentence.
//!
//! Limits: it shares compiled crates with the other firmwares, so its seconds are not a new user's.

use crate::board;
use crate::cargo::{cargo, lines, root, run, target_dir};
use crate::emulator::Session;
use crate::{command, jobs};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Boards, a model for each, and what is said and answered.
const CONVERSATIONS: [[&str; 4]; 2] = [
    ["an386", "eng-fra", "I drink milk", "je bois du lait"],
    ["rv32", "eng-fra-additive", "I drink milk", "je bois du lait"],
];

/// All of them.
pub(crate) fn check() -> Result<Vec<String>> {
    let regard = command::file()?;
    CONVERSATIONS.iter().map(|row| converse(&regard, row)).collect()
}

fn converse(regard: &Path, &[name, model, said, answer]: &[&str; 4]) -> Result<String> {
    let start = Instant::now();
    let outside = tempfile::tempdir()?;
    let project = outside.path().join("greeter");
    let file = root().join("models").join(model).join(format!("{model}.rgd"));
    let mut new = Command::new(regard);
    new.arg("new").arg(&project).args(["--board", name, "--model"]).arg(file);
    run(new.stdout(Stdio::null()))?;
    let image = build(&project)?;
    let input = format!("{said}\n:quit\n");
    let session = Session::silent(board::find(name)?, &image);
    let outcome = Session { input: input.as_bytes(), ..session }.run()?;
    outcome.check()?;
    let text = outcome.text();
    ensure!(text.contains(answer), "{name}: {answer:?} is missing in\n{text}");
    let seconds = start.elapsed().as_secs();
    Ok(format!("{name} with {model} says {answer:?}, {seconds} s after `regard new`"))
}

/// Builds a project with its own `.cargo/config.toml`; the firmware.
fn build(project: &Path) -> Result<PathBuf> {
    let folder = project.to_str().context("a folder with a name in UTF-8")?;
    let mut command = cargo(folder, &["build", "--release", "--quiet"]);
    command.args(["--message-format", "json-render-diagnostics"]);
    command.arg("--target-dir").arg(target_dir().join(format!("boards/{}", jobs::worker())));
    let messages = lines(&mut command, false)?;
    let built = messages.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut files =
        built.filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
    files.next().context("cargo built no firmware")
}
