//! The command `regard` as the tests have it, with every debug check: built once, and kept where no build
//! beside it takes it away. (Cargo replaces a program in its own folder by removing it first, and tests
//! that start it at that moment do not find it.)

use crate::cargo::{cargo, lines, root, target_dir};
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

static KEPT: Mutex<Option<PathBuf>> = Mutex::new(None);

/// `regard`, in the root of the project.
pub(crate) fn regard(arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(file()?);
    command.current_dir(root()).args(arguments);
    Ok(command)
}

/// Where it is.
pub(crate) fn file() -> Result<PathBuf> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = &*kept {
        return Ok(file.clone());
    }
    let built = build()?;
    let folder = target_dir().join("command");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(built.file_name().context("the command has no name")?);
    std::fs::copy(&built, &file).with_context(|| built.display().to_string())?;
    Ok(kept.insert(file).clone())
}

fn build() -> Result<PathBuf> {
    let arguments = ["build", "--quiet", "-p", "regard-cli"];
    let mut build = cargo(".", &arguments);
    let messages = lines(build.args(["--message-format", "json-render-diagnostics"]), false)?;
    let built = messages.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut files =
        built.filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
    files.next().context("cargo built no command `regard`")
}
