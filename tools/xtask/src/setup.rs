//! What a new machine lacks: formatter and lints, the compiler's targets, the emulator.

use crate::board::BOARDS;
use crate::targets::TARGETS;
use anyhow::{Result, bail};
use std::collections::BTreeSet;
use std::process::{Command, Stdio};

const EMULATOR: &str = "qemu-system-arm";
/// For the proof: without floating-point registers every float is a call, and calls have names.
pub(crate) const PROOF_TARGET: &str = "thumbv7em-none-eabi";

/// Components, targets and emulator.
pub(crate) fn all() -> Result<()> {
    let is_missing = |tool: &&str| !succeeds("cargo", &[tool, "--version"]);
    let missing: Vec<&str> = ["fmt", "clippy"].into_iter().filter(is_missing).collect();
    rustup("component", &missing.join(" ").replace("fmt", "rustfmt"))?;
    targets()?;
    emulator()
}

/// `rustup WHAT add NAMES`, if there are names.
fn rustup(what: &str, names: &str) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let command = format!("rustup {what} add {names}");
    println!("{command}");
    let added = Command::new("rustup").args([what, "add"]).args(names.split(' ')).status();
    if !added.is_ok_and(|status| status.success()) {
        bail!("the compiler lacks a {what}; this command adds it:\n  {command}");
    }
    Ok(())
}

/// Adds the targets that are missing.
pub(crate) fn targets() -> Result<()> {
    let mut wanted: BTreeSet<&str> = BOARDS.iter().map(|board| board.target).collect();
    wanted.extend(TARGETS);
    wanted.insert(PROOF_TARGET);
    let missing: Vec<&str> = wanted.into_iter().filter(|target| !has_target(target)).collect();
    rustup("target", &missing.join(" "))
}

/// Does the compiler have the core library of this target?
fn has_target(target: &str) -> bool {
    let mut command = Command::new("rustc");
    command.args(["--print", "target-libdir", "--target", target]);
    let Ok(output) = command.output() else { return false };
    std::path::Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
}

/// Installs the emulator if it is missing and this user may.
fn emulator() -> Result<()> {
    if succeeds(EMULATOR, &["--version"]) {
        return Ok(());
    }
    let install = "apt-get update && apt-get install -y --no-install-recommends qemu-system-arm";
    let sudo = if succeeds("sudo", &["-n", "true"]) { "sudo -n " } else { "" };
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    if succeeds("apt-get", &["--version"]) && (root || !sudo.is_empty()) {
        println!("{sudo}sh -c '{install}'");
        let shell = format!("{}sh -c '{install}'", if root { "" } else { sudo });
        _ = Command::new("sh")
            .args(["-c", &shell])
            .env("DEBIAN_FRONTEND", "noninteractive")
            .status();
    }
    if !succeeds(EMULATOR, &["--version"]) {
        bail!(
            "the emulator {EMULATOR} is missing; this command installs it on Debian and Ubuntu:\n  \
             sudo sh -c '{install}'\n(macOS: brew install qemu)"
        );
    }
    Ok(())
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
