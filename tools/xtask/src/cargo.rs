//! Running other programs: what they say is shown, and that they fail is an error.

use crate::output;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The root of the project.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// Where the compiler's output goes; firmware has its own place in it.
pub(crate) fn target_dir() -> PathBuf {
    let own = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    own.map_or_else(|| root().join("target"), |own| root().join(own))
}

/// `cargo`, in a folder of the project.
pub(crate) fn cargo(folder: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command.current_dir(root().join(folder)).args(arguments);
    // What `cargo run` told this program about itself is not for its children.
    command.env_remove("CARGO_MANIFEST_DIR");
    command
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    output::go_on()?;
    command.stdout(output::stdio()?).stderr(output::stdio()?);
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs a program to its end and returns the lines it wrote, which are shown too if `visible`.
pub(crate) fn lines(command: &mut Command, visible: bool) -> Result<Vec<String>> {
    output::go_on()?;
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(output::stdio()?)
        .spawn()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    let output = child.stdout.take().context("its output is not piped")?;
    let mut lines = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line?;
        if visible {
            output::say(&line);
        }
        lines.push(line);
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(lines)
}

/// A command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
