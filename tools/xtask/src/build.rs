//! Firmware, built in the board's own folder.

use crate::board::Board;
use crate::cargo::{cargo, lines, target_dir};
use crate::{goldens, jobs, marian};
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// `cargo WHAT` in the folder of a board, with the features that choose it to come.
pub(crate) fn command(what: &str, board: &Board) -> Command {
    let mut command = cargo(&format!("boards/{}", board.folder), &[what, "--locked", "--quiet"]);
    if !board.features.is_empty() {
        command.arg("--no-default-features");
    }
    command.arg("--target-dir").arg(target_dir().join(format!("boards/{}", jobs::worker())));
    command.env(goldens::LIST, goldens::list(board)).env(marian::LIST, marian::list());
    command
}

/// What to build.
#[derive(Debug)]
pub(crate) struct Firmware<'a> {
    /// The programs.
    pub(crate) bins: &'a [&'a str],
    /// Features besides those of the board.
    pub(crate) features: &'a [&'a str],
    /// `release`, or `checked`: with overflow checks.
    pub(crate) profile: &'a str,
    /// Another target than the board's own.
    pub(crate) target: Option<&'a str>,
    /// The kernels that every core has, instead of the fastest.
    pub(crate) portable: bool,
}

impl<'a> Firmware<'a> {
    /// Programs as people get them.
    pub(crate) fn release(bins: &'a [&'a str], features: &'a [&'a str]) -> Self {
        Self { bins, features, profile: "release", target: None, portable: false }
    }

    /// The command that builds it.
    fn command(&self, board: &Board) -> Command {
        let target = self.target.unwrap_or(&board.target);
        let mut command = command("build", board);
        let own = board.features.iter().chain(&board.emulator.features).map(String::as_str);
        let features: Vec<&str> = own.chain(self.features.iter().copied()).collect();
        command.args(["--features", &features.join(",")]);
        command.args(["--message-format", "json-render-diagnostics"]);
        command.args(["--profile", self.profile, "--target", target]);
        command.args(self.bins.iter().flat_map(|bin| ["--bin", bin]));
        command.env("REGARD_KERNEL", if self.portable { "portable" } else { "" });
        command
    }

    /// Builds the programs; their files, in the order of `bins`.
    pub(crate) fn build(&self, board: &Board) -> Result<Vec<PathBuf>> {
        let messages = lines(&mut self.command(board), false)?;
        let built: Vec<Value> =
            messages.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let file = |bin: &&str| {
            let made = built.iter().filter(|message| message["target"]["name"] == **bin);
            let file = made.filter_map(|message| message["executable"].as_str()).next();
            file.map(PathBuf::from)
                .with_context(|| format!("cargo built no {bin} for {}", board.name))
        };
        self.bins.iter().map(file).collect()
    }
}
